/// The pages' style: the single report's, with what a fleet needs besides. Colours are picked for a contrast of at least 4.5 to 1 in
/// light and dark, which a test computes; nothing is told by colour alone.
enum Stylesheet {
  static let text = colours + layout + parts + tables + charts + print

  /// Its address changes with its content, so that it may be kept for ever.
  static let address = "/style.css?v=" + digest(text)

  /// FNV-1a, 64 bits: it tells versions apart, and holds off nobody.
  private static func digest(_ text: String) -> String {
    let hash = text.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }

  /// `--heatN` and `--onN` are the ground and the text of the heat map's steps, from strong to weak.
  private static let colours = """
    :root{--back:#fff;--fore:#1c2024;--faint:#5b636b;--line:#d5dade;--panel:#f5f7f8;
    --good:#176b3a;--bad:#a8201a;--warn:#7a4d00;--info:#2a5a8c;
    --heat0:#ffffff;--on0:#1c2024;--heat1:#fdf1e7;--on1:#1c2024;--heat2:#fadcc2;--on2:#1c2024;--heat3:#f2b48b;--on3:#1c2024;
    --heat4:#c1502b;--on4:#ffffff;--heat5:#86160f;--on5:#ffffff;
    --level0:#a8201a;--level1:#d9734a;--level2:#e0b04f;--level3:#9dbb6a;--level4:#3f8f5b}
    @media (prefers-color-scheme:dark){:root{--back:#14171a;--fore:#e4e7ea;--faint:#9aa4ad;--line:#343b41;--panel:#1d2226;
    --good:#6fcf97;--bad:#ff8f87;--warn:#f0b75a;--info:#8ab8e6;
    --heat0:#14171a;--on0:#e4e7ea;--heat1:#2b1f18;--on1:#e4e7ea;--heat2:#48291a;--on2:#f0e6e0;--heat3:#73371d;--on3:#ffffff;
    --heat4:#d0683f;--on4:#14171a;--heat5:#ffb59e;--on5:#14171a;
    --level0:#ff8f87;--level1:#dd7a4f;--level2:#d2a548;--level3:#85a457;--level4:#4fae74}}

    """

  private static let layout = """
    *{box-sizing:border-box}
    html{scroll-padding-top:1rem}
    body{margin:0 auto;padding:0 1.5rem 2rem;max-width:80rem;background:var(--back);color:var(--fore);
    font:1rem/1.5 system-ui,sans-serif}
    a{color:var(--info);text-underline-offset:.15em}a:hover{text-decoration-thickness:2px}
    :focus-visible{outline:2px solid var(--info);outline-offset:2px}
    main:focus{outline:none}
    .skip{position:absolute;left:-100rem;top:0;padding:.5rem 1rem;background:var(--back);z-index:2}.skip:focus{left:0}
    .top{display:flex;flex-wrap:wrap;align-items:baseline;gap:.2rem 2rem;padding:.9rem 0 .5rem;border-bottom:1px solid var(--line);
    margin-bottom:1.4rem}
    .brand{margin:0;font-weight:700}.brand a{color:inherit;text-decoration:none;white-space:nowrap}
    .brand span{font-weight:400;color:var(--faint)}
    .bob{width:1rem;height:1rem;margin-right:.35rem;vertical-align:-.1rem;fill:var(--info)}
    .bob .cord{fill:none;stroke:var(--info);stroke-width:1.6}
    nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin:0;padding:0;list-style:none}
    .top nav a{display:inline-block;padding:.25rem 0;color:var(--fore);text-decoration:none;border-bottom:2px solid transparent}
    .top nav a:hover{border-color:var(--line)}.top nav a[aria-current]{border-color:var(--info);font-weight:600}
    .heading{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:.4rem 2rem}
    h1{margin:0;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere;min-width:0}
    h2{margin:2.2rem 0 .6rem;font-size:1.15rem}h3{margin:.9rem 0 .1rem;font-size:.95rem}
    .subtitle,.note{margin:.2rem 0;color:var(--faint)}.subtitle{overflow-wrap:anywhere}
    .prose{max-width:46rem}.empty{color:var(--faint);padding:1rem 0;margin:0}
    footer{margin-top:3rem;border-top:1px solid var(--line);font-size:.9rem;color:var(--faint)}footer a{margin-left:.4rem}
    .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    h2,h3,summary,.subtitle,.note,.score,.switch,.attention,.result,.problem,label{overflow-wrap:anywhere;min-width:0}
    .score>*,.heading>*,nav li{min-width:0}
    .beside{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,1fr);gap:0 2.5rem}.beside>section{min-width:0}
    @media (max-width:56rem){.beside{grid-template-columns:minmax(0,1fr)}}
    @media (max-width:30rem){body{padding:0 1rem 1.5rem}h1{font-size:1.35rem}nav ul{gap:.1rem .9rem}}

    """

  private static let parts = """
    code,td,tbody th{font-size:.85rem;line-height:1.45}code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}
    .score{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;margin:1.2rem 0;padding:1rem 1.2rem;background:var(--panel);
    border-radius:.5rem;align-items:start}
    .score b{display:block;font-size:1.7rem;line-height:1.2;font-variant-numeric:tabular-nums}
    .score span{color:var(--faint);font-size:.9rem}.score b span{font-size:inherit;color:inherit}
    .score .many{flex:1 1 17rem;min-width:0}.score .bad b{color:var(--bad)}.score .good b{color:var(--good)}
    .score ul{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:0;padding:0;list-style:none}.score>ul{flex-basis:100%}
    .mark{display:inline-block;font-size:.8rem;font-weight:700;text-transform:uppercase;white-space:nowrap}
    .score span.mark,.mark{color:var(--fore)}.score .mark.pass,.mark.pass{color:var(--good)}
    .score .mark.fail,.mark.fail,.mark.expired{color:var(--bad)}
    .score .mark.unknown,.score .mark.error,.mark.unknown,.mark.error,.mark.expiring,.mark.useless{color:var(--warn)}
    .score .mark.manual,.score .mark.waived,.mark.manual,.mark.waived,.mark.inUse{color:var(--info)}
    .score .mark.notApplicable,.mark.notApplicable{color:var(--faint)}
    .severity{font-size:.85rem;color:var(--faint)}.severity.critical,.severity.high{color:var(--fore);font-weight:700}
    .l0,.l1{color:var(--bad);font-weight:700}.l2,.l3{color:var(--warn);font-weight:700}.l4{color:var(--good);font-weight:700}
    .attention{list-style:none;margin:0;padding:0}.attention li{border-bottom:1px solid var(--line);padding:.5rem 0;display:flex;gap:.8rem;
    align-items:baseline}.attention b{min-width:3.2rem;text-align:right;font-variant-numeric:tabular-nums}
    .attention .urgent b{color:var(--bad)}.attention .none b{color:var(--faint)}
    form{display:flex;flex-wrap:wrap;gap:.6rem 1rem;margin:1rem 0;align-items:end}label{font-size:.85rem;color:var(--faint);max-width:100%}
    select,input,button{display:block;font:inherit;font-size:1rem;color:var(--fore);background:var(--back);border:1px solid var(--faint);
    border-radius:.3rem;padding:.3rem .5rem;max-width:100%}button{cursor:pointer;background:var(--panel);padding:.3rem 1rem}
    .switch{font-size:.9rem}.switch a[aria-current]{color:var(--fore);font-weight:600;text-decoration:none}
    summary{cursor:pointer}.result{border-bottom:1px solid var(--line)}.result>summary{display:flex;gap:.7rem;padding:.45rem .2rem;
    align-items:baseline;flex-wrap:wrap}.result>summary:hover{background:var(--panel)}.result>summary>:last-child{flex:1 1 18rem;min-width:0}
    .result>summary::before{content:"\\25b8";color:var(--faint);width:.8rem}.result[open]>summary::before{content:"\\25be"}
    .result .mark{min-width:4.6rem}.result .severity{min-width:4rem}
    .body{padding:.2rem 0 1rem 1rem;border-left:3px solid var(--line);margin:0 0 .6rem .3rem}.body p{margin:.3rem 0}
    .evidence{list-style:none;margin:0;padding:0}.evidence li{overflow-wrap:anywhere}.evidence li+li{margin-top:.3rem}
    .from{display:block;color:var(--faint);font:.8rem/1.4 ui-monospace,monospace}.why{margin:0}
    .problem{padding:1rem 1.2rem;background:var(--panel);border-left:3px solid var(--bad)}
    details.numbers{margin:.6rem 0}details.numbers>summary{color:var(--faint);font-size:.9rem}

    """

  private static let tables = """
    .wide{overflow-x:auto;position:relative}table{border-collapse:collapse;width:100%}
    th,td{padding:.35rem .7rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
    thead th{font-size:.85rem;color:var(--faint);font-weight:600;vertical-align:bottom}thead th a{color:inherit}
    tbody th{font-weight:400;overflow-wrap:anywhere;min-width:9rem}tbody tr:hover>*{background:var(--panel)}
    th:first-child,td:first-child{padding-left:.2rem}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}time{white-space:nowrap}
    td.n .bar{display:inline-block;vertical-align:middle;margin-left:.5rem}
    caption{text-align:left;color:var(--faint);font-size:.9rem;padding:0 0 .4rem .2rem}
    [aria-sort] a{color:var(--fore)}[aria-sort=ascending] a::after{content:" \\2191"}[aria-sort=descending] a::after{content:" \\2193"}
    .slug{display:block;color:var(--faint)}
    .heat{width:auto;min-width:100%;border-collapse:separate;border-spacing:2px}.heat th,.heat td{border:0}
    .heat thead th{padding:.3rem .6rem;max-width:9rem;overflow-wrap:anywhere}
    .heat thead th+th{text-align:right}.heat tbody tr:hover>*{background:none}
    .heat tbody th{position:sticky;left:0;background:var(--back);z-index:1;min-width:6.5rem;padding:.2rem .6rem .2rem .2rem}
    .heat tbody tr:hover>th{background:var(--back)}
    .heat tbody td{padding:0;min-width:4rem;text-align:right;font-variant-numeric:tabular-nums;border-radius:.2rem;
    outline:1px solid var(--line);outline-offset:-1px}
    .heat td a,.heat td span{display:block;padding:.2rem .6rem;color:inherit;text-decoration:none}
    .heat td a:hover{text-decoration:underline}.heat td a:focus-visible{outline-color:currentColor;outline-offset:-3px}
    .heat tbody tr>.h0{background:var(--heat0);color:var(--on0)}.heat tbody tr>.h1{background:var(--heat1);color:var(--on1)}
    .heat tbody tr>.h2{background:var(--heat2);color:var(--on2)}.heat tbody tr>.h3{background:var(--heat3);color:var(--on3)}
    .heat tbody tr>.h4{background:var(--heat4);color:var(--on4)}.heat tbody tr>.h5{background:var(--heat5);color:var(--on5)}
    .heat td span{color:var(--faint)}
    .pages{margin:.8rem 0;font-size:.9rem}

    """

  private static let charts = """
    .chart{margin:.6rem 0 0;display:grid;grid-template-columns:auto minmax(0,1fr);gap:.5rem .6rem}.plot{display:contents}
    .plot svg{height:11rem;width:100%;display:block}
    .scale{display:flex;flex-direction:column;justify-content:space-between;text-align:right;white-space:nowrap}
    .scale span{line-height:1;margin:-.4em 0}.scale,.days{font-size:.8rem;color:var(--faint);font-variant-numeric:tabular-nums}
    .days{display:flex;justify-content:space-between;grid-column:2}
    .line{fill:none;stroke:var(--info);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
    .under{fill:var(--info);opacity:.12}.rule{stroke:var(--line);fill:none}.hint{fill:transparent}.hint:hover{fill:var(--fore);opacity:.08}
    .spark{width:7.5rem;height:1.5rem;display:block}.stack{width:100%;height:.9rem;display:block;border-radius:.25rem;margin:.55rem 0 .5rem}
    td .stack{width:8rem;margin:.2rem 0}.bar{width:6rem;height:.55rem}.track{fill:var(--line)}.full{fill:var(--info)}
    .full.fail{fill:var(--bad)}.level0{fill:var(--level0)}.level1{fill:var(--level1)}.level2{fill:var(--level2)}
    .level3{fill:var(--level3)}.level4{fill:var(--level4)}
    .legend li::before{content:"";display:inline-block;width:.7rem;height:.7rem;border-radius:.15rem;margin-right:.35rem}
    .legend .level0::before{background:var(--level0)}.legend .level1::before{background:var(--level1)}
    .legend .level2::before{background:var(--level2)}.legend .level3::before{background:var(--level3)}
    .legend .level4::before{background:var(--level4)}.legend li{font-size:.9rem;white-space:nowrap}
    @media (forced-colors:active){.line{stroke:CanvasText}.full,.level0,.level1,.level2,.level3,.level4{fill:CanvasText}}

    """

  private static let print = """
    @media print{body{max-width:none;padding:0;font-size:.8rem}.top nav,.skip,form,.pages,.switch{display:none}
    .wide{overflow:visible}a{color:inherit}.result,tr,.chart{break-inside:avoid}h2{break-after:avoid}
    .heat td,.full,.stack,.score{print-color-adjust:exact}
    details::details-content{display:block;content-visibility:visible;height:auto}}

    """
}
