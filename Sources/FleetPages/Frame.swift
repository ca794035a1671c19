import Fleet

/// What all pages have: head, navigation, of when the data is, and the stylesheet.
struct Frame: Sendable {
  /// The navigation's places.
  enum Place: String, CaseIterable {
    case overview = ""
    case checks, nodes, drift, outliers, stale, waivers, refused

    var name: String {
      self == .overview ? "Overview" : rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }
  }

  /// Below which place a page is; nil where it is below none.
  var place: Place?
  let title: String
  /// Beside the title: a switch, a form.
  var heading: HTML = ""
  /// Markup for the first heading; the title where there is none.
  var name: HTML?
  /// Under the heading.
  var subtitle: HTML = ""
  /// The same answer as JSON.
  var json: String?
  var moment: AnswerMoment?

  func page(status: Int = 200, _ content: HTML) -> Page {
    let places = Place.allCases.map { place -> HTML in
      let current: HTML = place == self.place ? " aria-current=\"page\"" : ""
      return "<li><a href=\"\(Address.to(place.rawValue))\"\(current)>\(place.name)</a></li>"
    }
    let html: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title) · plumbline fleet</title>
      <link rel="stylesheet" href="\(Stylesheet.address)">
      <link rel="icon" type="image/svg+xml" href="\(Icon.address)">
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header class="top">
      <p class="brand"><a href="/">\(Icon.markup)plumbline <span>fleet</span></a></p>
      <nav aria-label="Pages"><ul>\(places)</ul></nav>
      </header>
      <main id="content" tabindex="-1">
      <div class="heading"><h1>\(name ?? "\(title)")</h1>\(heading)</div>
      \(subtitle)
      \(content)
      </main>
      <footer><p>\(asOf)</p></footer>
      </body>
      </html>

      """
    return Page(status: status, body: html.text)
  }

  private var asOf: HTML {
    let link: HTML? = json.map { "<a href=\"\($0)\" type=\"application/json\">This answer as JSON</a>" }
    guard let moment else { return link ?? "plumbline fleet" }
    let latest: HTML =
      moment.lastReport.map {
        "Data as of \(when(Moment.text($0), seconds: true)) UTC, when the latest report came; asked for at \(when(Moment.text(moment.now), seconds: true)) UTC."
      } ?? "No report has come yet; asked for at \(when(Moment.text(moment.now), seconds: true)) UTC."
    return "\(latest) \(link)"
  }
}

/// The mark in the corner and in the browser's tab: a plumb bob.
enum Icon {
  static let address = "/icon.svg?v=1"

  /// It has no colours but its own: a tab's is the browser's to choose.
  static let svg = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="none" stroke="#3d7ab8" stroke-width="1.6" \
    d="M3 1h10M8 1v6"/><path fill="#3d7ab8" d="M5 7h6l-1 4-2 4-2-4z"/></svg>
    """

  static let markup: HTML = """
    <svg class="bob" viewBox="0 0 16 16" aria-hidden="true"><path class="cord" d="M3 1h10M8 1v6"/><path d="M5 7h6l-1 4-2 4-2-4z"/></svg>
    """
}
