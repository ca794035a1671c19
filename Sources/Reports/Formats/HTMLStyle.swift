/// The page's style. Colours are picked for a contrast of at least 4.5 to 1 in light and dark; status is told by word, never by colour
/// alone.
let htmlStyle = """
  :root{--back:#fff;--fore:#1c2024;--faint:#5b636b;--line:#d5dade;--panel:#f5f7f8;
  --good:#176b3a;--bad:#a8201a;--warn:#7a4d00;--info:#2a5a8c}
  @media (prefers-color-scheme:dark){:root{--back:#14171a;--fore:#e4e7ea;--faint:#9aa4ad;--line:#343b41;--panel:#1d2226;
  --good:#6fcf97;--bad:#ff8f87;--warn:#f0b75a;--info:#8ab8e6}}
  *{box-sizing:border-box}
  body{margin:0 auto;padding:1.5rem;max-width:72rem;background:var(--back);color:var(--fore);
  font:1rem/1.5 system-ui,sans-serif}
  h1{margin:0;font-size:1.6rem;overflow-wrap:anywhere}h3{margin:.8rem 0 .1rem;font-size:.95rem}
  header p,footer p{margin:.2rem 0;color:var(--faint)}p,li{overflow-wrap:anywhere}
  code,td{font:.85rem/1.45 ui-monospace,monospace;overflow-wrap:break-word}code{overflow-wrap:anywhere}
  .score{display:flex;flex-wrap:wrap;gap:1rem 2.5rem;margin:1.2rem 0;padding:1rem 1.2rem;background:var(--panel);
  border-radius:.5rem;align-items:center}
  .score b{display:block;font-size:1.7rem;line-height:1.2}.score span{color:var(--faint);font-size:.9rem}
  .score ul{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:0;padding:0;list-style:none;flex-basis:100%}
  .mark{display:inline-block;min-width:5.6rem;font-size:.8rem;font-weight:700;text-transform:uppercase}
  .score .mark{min-width:0}.score .mark.pass,.mark.pass{color:var(--good)}.score .mark.fail,.mark.fail{color:var(--bad)}
  .score .mark.unknown,.score .mark.error,.mark.unknown,.mark.error{color:var(--warn)}
  .score .mark.manual,.score .mark.waived,.mark.manual,.mark.waived{color:var(--info)}.mark.notApplicable{color:var(--faint)}
  table{border-collapse:collapse;width:100%}th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:left;
  vertical-align:top}th{font-size:.85rem}.wide{overflow-x:auto}
  .areas{margin:1rem 0}.areas table{max-width:36rem}summary{cursor:pointer}
  .l0,.l1{color:var(--bad)}.l2,.l3{color:var(--warn)}.l4{color:var(--good)}
  .filters{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}fieldset{border:1px solid var(--line);border-radius:.4rem;
  padding:.2rem .7rem .4rem}legend{color:var(--faint);font-size:.85rem}label{margin-right:.8rem;white-space:nowrap}
  select{font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:.3rem}
  .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
  .result{border-bottom:1px solid var(--line)}.result summary{display:flex;gap:.7rem;padding:.45rem .2rem;align-items:baseline;
  flex-wrap:wrap}.result summary:hover{background:var(--panel)}.result summary>:last-child{flex:1 1 18rem;min-width:0}
  .result summary::before{content:"\\25b8";color:var(--faint);width:.8rem}.result[open] summary::before{content:"\\25be"}
  .severity{min-width:4.2rem;font-size:.85rem;color:var(--faint)}.severity.critical,.severity.high{color:var(--fore);font-weight:700}
  .body{padding:.2rem 0 1rem 1rem;border-left:3px solid var(--line);margin:0 0 .6rem .3rem}.body p{margin:.3rem 0}
  :focus-visible{outline:2px solid var(--info);outline-offset:2px}
  body:has(#s-pass:not(:checked)) .result.pass,body:has(#s-fail:not(:checked)) .result.fail,
  body:has(#s-manual:not(:checked)) .result.manual,body:has(#s-notApplicable:not(:checked)) .result.notApplicable,
  body:has(#s-unknown:not(:checked)) .result.unknown,body:has(#s-error:not(:checked)) .result.error,
  body:has(#s-waived:not(:checked)) .result.waived,body:has(#v-critical:not(:checked)) .result.critical,
  body:has(#v-high:not(:checked)) .result.high,body:has(#v-medium:not(:checked)) .result.medium,
  body:has(#v-low:not(:checked)) .result.low{display:none}
  @media print{body{max-width:none;padding:0;font-size:.8rem}td{overflow-wrap:anywhere}.filters{display:none}.result{break-inside:avoid}
  .result.notApplicable{display:none}details::details-content{display:block;content-visibility:visible;height:auto}}

  """
