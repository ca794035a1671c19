import Facts
import Fleet
import Reports

/// `12,480`.
func grouped(_ number: Int) -> String {
  let digits = Array(String(abs(number)))
  var text = number < 0 ? "-" : ""
  for (place, digit) in digits.enumerated() {
    if place > 0, (digits.count - place) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// `1 node`, `2,000 nodes`.
func counted(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
  "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
}

func percentage(_ value: Double?) -> String { value.map { "\($0) %" } ?? "–" }

/// A moment as it is written (`2026-11-24T09:00:00Z`), for people: UTC, to the minute.
func when(_ text: String, seconds: Bool = false) -> HTML {
  guard let moment = Moment.seconds(text) else { return "\(text)" }
  let day = Moment.text(moment).prefix(10)
  let time = Moment.text(moment).dropFirst(11).prefix(seconds ? 8 : 5)
  return "<time datetime=\"\(Moment.text(moment))\">\(String(day)) \(String(time))</time>"
}

func mark(_ status: Status) -> HTML {
  "<span class=\"mark \(status.rawValue)\">\(status == .notApplicable ? "not applicable" : status.rawValue)</span>"
}

func mark(_ severity: Severity) -> HTML {
  "<span class=\"severity \(severity.rawValue)\">\(severity.rawValue)</span>"
}

func level(_ level: Int) -> HTML { "<span class=\"l\(min(max(level, 0), 4))\">\(level)</span>" }

func nodeLink(_ name: String, _ key: String) -> HTML { "<a href=\"\(Address.node(key))\">\(name)</a>" }

/// A key without the host's id, where only the key is known.
func shortened(_ key: String) -> String {
  key.lastIndex(of: "#").map { $0 == key.startIndex ? key : String(key[..<$0]) } ?? key
}

/// A number with its meaning, in a row of such.
func tile(_ number: HTML, _ meaning: HTML, _ name: String = "") -> HTML {
  "<div class=\"\(name)\"><b>\(number)</b><span>\(meaning)</span></div>"
}

/// What one piece of evidence says, as the other forms of a report put it.
func shown(_ evidence: Evidence) -> HTML {
  let entity: HTML = evidence.entity.isEmpty ? "" : "\(evidence.entity) "
  let expected: HTML =
    evidence.expected == Evidence.forInformation ? "" : ", expected \(evidence.expected)"
  let sources = evidence.sources.prefix(3).map { source -> HTML in "<span class=\"from\">\(source)</span>" }
  return "<li><code>\(entity)\(evidence.fact)</code> = <b>\(evidence.found)</b>\(expected)\(sources)</li>"
}

/// Evidence, or else the reason why there is none.
func found(_ evidence: [Evidence], dropped: Int = 0, _ reason: Reason?) -> HTML {
  let why: HTML? = reason.map { reason in
    let message: HTML = reason.message.map { ": \($0)" } ?? ""
    return "<p class=\"why\">\(reason.code.meaning)\(message)</p>"
  }
  guard !evidence.isEmpty else { return why ?? "" }
  let more: HTML = dropped > 0 ? "<li>and \(grouped(dropped)) more</li>" : ""
  return "\(why)<ul class=\"evidence\">\(evidence.map(shown))\(more)</ul>"
}

/// A table with a caption, in a frame that scrolls where it is wider than the window.
struct Grid {
  struct Column {
    let title: HTML
    var isNumber = false
    /// `ascending` or `descending` where the rows are in its order.
    var order: String?

    static func text(_ title: HTML) -> Column { Column(title: title) }
    static func number(_ title: HTML) -> Column { Column(title: title, isNumber: true) }
  }

  let caption: HTML
  /// The caption is for those who cannot see the heading above.
  var captionIsHidden = true
  let columns: [Column]
  /// A row's first cell is its heading.
  let rows: [[HTML]]

  var html: HTML {
    let heads = columns.map { column -> HTML in
      let order: HTML = column.order.map { " aria-sort=\"\($0)\"" } ?? ""
      return "<th scope=\"col\"\(column.isNumber ? " class=\"n\"" : "" as HTML)\(order)>\(column.title)</th>"
    }
    let lines = rows.map { row -> HTML in
      let cells = row.enumerated().map { place, cell -> HTML in
        if place == 0 { return "<th scope=\"row\">\(cell)</th>" }
        return columns[place].isNumber ? "<td class=\"n\">\(cell)</td>" : "<td>\(cell)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    return """
      <div class="wide" tabindex="0" role="group" aria-label="Table"><table><caption\(captionIsHidden ? " class=\"hidden\"" : "" as HTML)>\(caption)</caption>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(lines)</tbody></table></div>
      """
  }
}

/// A part of a list, and links to the others.
struct Slice {
  let page: Int
  let size: Int
  let total: Int

  /// - Parameter page: From 1; one after the last is the last.
  init(page: Int, size: Int, total: Int) {
    self.size = size
    self.total = total
    self.page = min(page, max(1, (total + size - 1) / size))
  }

  var pages: Int { max(1, (total + size - 1) / size) }
  var range: Range<Int> { min((page - 1) * size, total)..<min(page * size, total) }

  /// - Parameter address: The list with another page.
  func links(_ address: (Int) -> String) -> HTML {
    guard pages > 1 else { return "" }
    func link(_ number: Int, _ text: String, _ relation: String) -> HTML {
      (1...pages).contains(number) && number != page
        ? "<li><a href=\"\(address(number))\" rel=\"\(relation)\">\(text)</a></li>" : ""
    }
    return """
      <nav class="pages" aria-label="Parts of the list"><ul>\(page > 2 ? link(1, "First", "first") : "")\
      \(link(page - 1, "Previous", "prev"))<li>\(grouped(range.lowerBound + 1)) to \(grouped(range.upperBound)) of \(grouped(total))</li>\
      \(link(page + 1, "Next", "next"))\(page < pages - 1 ? link(pages, "Last", "last") : "")</ul></nav>
      """
  }
}

/// A form's choice among texts; the first choice is none of them.
func choice(
  _ name: String, _ label: String, _ options: [(value: String, text: String)], _ chosen: String?,
  any: String = "all"
) -> HTML {
  // What the address says stays chosen, though it may be gone.
  let extra = chosen.map { chosen in options.contains { $0.value == chosen } ? [] : [(chosen, chosen)] } ?? []
  let items = ([("", any)] + options + extra).map { value, text -> HTML in
    let selected: HTML = value == (chosen ?? "") ? " selected" : ""
    return "<option value=\"\(value)\"\(selected)>\(text)</option>"
  }
  return "<label>\(label) <select name=\"\(name)\">\(items)</select></label>"
}
