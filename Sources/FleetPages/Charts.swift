import Fleet

/// Lines and bars as SVG. What they show is said in words as well, and stands beside them as a table or in its row; colours come
/// from the stylesheet alone.
enum Chart {
  /// One day's value; nil leaves a gap.
  typealias Point = (label: String, value: Double?)

  /// A line over days, with its scale. It is stretched to the width there is; its words are not part of it, so they keep their size.
  /// - Parameters:
  ///   - unit: After a number: ` %`.
  ///   - within: What values there can be.
  ///   - isWhole: The scale has all of it; otherwise it has what there is, and then nothing is filled under the line, since it does
  ///     not stand on nought.
  static func line(
    _ points: [Point], name: String, unit: String, within: ClosedRange<Double>, isWhole: Bool = false
  ) -> HTML {
    let values = points.compactMap(\.value)
    guard let first = points.first, let last = points.last, let low = values.min(), let high = values.max()
    else { return "<p class=\"empty\">No report of these days.</p>" }
    let scale = isWhole ? within : scale(low, high, within)
    let (width, height) = (600.0, 160.0)
    let step = points.count > 1 ? width / Double(points.count - 1) : width
    func y(_ value: Double) -> Double {
      height - (value - scale.lowerBound) / (scale.upperBound - scale.lowerBound) * height
    }
    let runs = runs(points).map { run in run.map { (x: Double($0.place) * step, y: y($0.value)) } }
    let lines = runs.map { run -> HTML in
      "<polyline class=\"line\" vector-effect=\"non-scaling-stroke\" points=\"\(path(run))\"/>"
    }
    let areas = (scale.lowerBound == 0 ? runs : []).map { run -> HTML in
      guard let left = run.first?.x, let right = run.last?.x else { return "" }
      let edge = [(x: left, y: height)] + run + [(x: right, y: height)]
      return "<polygon class=\"under\" points=\"\(path(edge))\"/>"
    }
    let hints = points.enumerated().map { place, point -> HTML in
      let left = max(0, (Double(place) - 0.5) * step)
      let right = min(width, (Double(place) + 0.5) * step)
      let value = point.value.map { text($0) + unit } ?? "no report"
      return """
        <rect class="hint" x="\(text(left))" y="0" width="\(text(right - left))" height="160"><title>\(point.label): \(value)</title></rect>
        """
    }
    let said =
      "\(name): \(said(points.first { $0.value != nil }, unit)), \(said(points.last { $0.value != nil }, unit)); lowest \(text(low))\(unit), highest \(text(high))\(unit)."
    let middle = (scale.lowerBound + scale.upperBound) / 2
    return """
      <figure class="chart"><div class="plot">\
      <div class="scale" aria-hidden="true"><span>\(text(scale.upperBound))\(unit)</span><span>\(text(middle))\(unit)</span>\
      <span>\(text(scale.lowerBound))\(unit)</span></div>\
      <svg viewBox="0 0 600 160" preserveAspectRatio="none" role="img" aria-label="\(said)">\
      <path class="rule" vector-effect="non-scaling-stroke" d="M0 0H600M0 80H600M0 160H600"/>\(areas)\(lines)\(hints)</svg></div>\
      <div class="days" aria-hidden="true"><span>\(first.label)</span><span>\(last.label)</span></div></figure>
      """
  }

  /// A small line without a scale, for a row of a table.
  static func spark(_ points: [Point], unit: String) -> HTML {
    let values = points.compactMap(\.value)
    guard points.count > 1, let low = values.min(), let high = values.max() else { return "" }
    let step = 118 / Double(points.count - 1)
    let spread = max(high - low, 0.5)
    let lines = runs(points).map { run -> HTML in
      let places = run.map { (x: 1 + Double($0.place) * step, y: 20 - ($0.value - low) / spread * 16) }
      return "<polyline class=\"line\" points=\"\(path(places))\"/>"
    }
    let said =
      "\(said(points.first { $0.value != nil }, unit)), \(said(points.last { $0.value != nil }, unit))"
    return "<svg class=\"spark\" viewBox=\"0 0 120 24\" role=\"img\" aria-label=\"\(said)\">\(lines)</svg>"
  }

  /// How a whole is made up, as one bar.
  static func stack(_ parts: [(name: String, count: Int, style: String)]) -> HTML {
    let total = max(1, parts.reduce(0) { $0 + $1.count })
    var left = 0.0
    let bars = parts.filter { $0.count > 0 }.map { part -> HTML in
      let width = Double(part.count) / Double(total) * 100
      defer { left += width }
      return """
        <rect class="\(part.style)" x="\(text(left))" y="0" width="\(text(width))" height="8"><title>\(part.name): \(grouped(part.count))</title></rect>
        """
    }
    let said = parts.map { "\($0.name): \(grouped($0.count))" }.joined(separator: ", ")
    return """
      <svg class="stack" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="\(said)">\(bars)</svg>
      """
  }

  /// A share of the greatest, beside the number that it stands for.
  static func bar(_ value: Double, of greatest: Double, _ style: String = "") -> HTML {
    let width = greatest > 0 ? max(0, min(100, value / greatest * 100)) : 0
    return """
      <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/>\
      <rect class="full \(style)" width="\(text(width))" height="8"/></svg>
      """
  }

  /// One decimal, and none where it is nought.
  static func text(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return sign + "\(abs(tenths) / 10)" + (tenths % 10 == 0 ? "" : ".\(abs(tenths) % 10)")
  }

  /// A little more than what there is, in steps that read well.
  private static func scale(_ low: Double, _ high: Double, _ within: ClosedRange<Double>) -> ClosedRange<
    Double
  > {
    let steps: [Double] = [1, 2, 4, 5, 10, 20, 40, 50, 100]
    let spread = max(high - low, 0.1)
    var step = steps.first { $0 >= spread / 2 } ?? 100
    while step < spread / 2 { step *= 2 }
    let bottom = max(within.lowerBound, (low / step).rounded(.down) * step)
    let top = min(within.upperBound, (high / step).rounded(.up) * step)
    return top > bottom ? bottom...top : max(within.lowerBound, bottom - step)...(bottom + step)
  }

  private static func runs(_ points: [Point]) -> [[(place: Int, value: Double)]] {
    var runs: [[(place: Int, value: Double)]] = [[]]
    for (place, point) in points.enumerated() {
      if let value = point.value {
        runs[runs.count - 1].append((place, value))
      } else if runs.last?.isEmpty == false {
        runs.append([])
      }
    }
    // A day between two gaps is a short line, so that it is seen.
    return runs.filter { !$0.isEmpty }.map { $0.count == 1 ? [$0[0], $0[0]] : $0 }
  }

  private static func path(_ places: [(x: Double, y: Double)]) -> String {
    places.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: " ")
  }

  private static func said(_ point: Point?, _ unit: String) -> String {
    point.map { "\($0.value.map(text) ?? "–")\(unit) on \($0.label)" } ?? "nothing"
  }
}
