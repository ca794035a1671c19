"""Looks at the fleet's pages as browsers and parsers do.

`pages.py tools` names what is missing; `pages.py markup DIR` holds each page against html5lib; `pages.py browser DIR [SHOTS]` serves them
on loopback and opens them in headless Chromium. DIR has `pages.json`: a list of address, file, type and whether its content is hostile,
and the Content-Security-Policy. Every problem is a line on standard output; the exit status is 1 where there is one.
"""
import http.server
import json
import os
import re
import shutil
import sys
import threading

# No element of these is on a page, whatever a node calls itself.
ELEMENTS = {"script", "img", "iframe", "object", "embed", "base", "style", "forged"}
problems = []


def problem(page, text):
    problems.append(f"{page}: {text}")


def axe_source():
    """Deque's axe-core, which a package for another driver brings along; the package itself is not imported."""
    import importlib.util

    place = importlib.util.find_spec("axe_playwright_python")
    path = os.path.join(os.path.dirname(place.origin), "axe.min.js") if place and place.origin else None
    return path if path and os.path.exists(path) else None


def missing():
    import importlib.util

    names = [name for name in ("html5lib", "selenium") if not importlib.util.find_spec(name)]
    return names + [name for name in ("chromium", "chromedriver") if not shutil.which(name)] + (
        [] if axe_source() else ["axe"])


def markup(page, source):
    import html5lib

    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    tree = parser.parse(source)
    for (line, _), code, _ in parser.errors[:5]:
        problem(page, f"line {line}: {code}")
    if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", source):
        problem(page, "a control or bidirectional character")
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in ELEMENTS:
            problem(page, f"an element {element.tag}")
        for name, value in element.attrib.items():
            if isinstance(name, tuple):
                name = name[-1]
            if name.startswith("on") or name in ("style", "src", "srcset"):
                problem(page, f"an attribute {name}")
            if name in ("href", "action") and not re.match(r"/(?!/)|#", value):
                problem(page, f"an address outside: {value}")
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    if len(ids) != len(set(ids)):
        problem(page, "two elements of one id")
    for element in tree.iter():
        for name in ("aria-labelledby", "aria-describedby"):
            if element.get(name) and element.get(name) not in ids:
                problem(page, f"{name} of nothing: {element.get(name)}")
    before = 0
    for element in tree.iter():
        if element.tag in ("h1", "h2", "h3", "h4"):
            level = int(element.tag[1])
            if level > before + 1:
                problem(page, f"a heading of level {level} after one of level {before}")
            before = level
    if len(list(tree.iter("h1"))) != 1:
        problem(page, "not one first heading")
    for table in tree.iter("table"):
        if table.find("caption") is None or any(head.get("scope") is None for head in table.iter("th")):
            problem(page, "a table without a caption, or a heading without a scope")
        widths = {len(row) for row in table.iter("tr")}
        if len(widths) > 1:
            problem(page, f"a table with rows of {widths} cells")
    for picture in tree.iter("svg"):
        if picture.get("aria-hidden") != "true" and not (picture.get("role") == "img" and picture.get("aria-label")):
            problem(page, "a picture without words")


def serve(folder, manifest):
    pages = {page["address"]: page for page in manifest["pages"]}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            page = pages.get(self.path)
            body = b"nothing is here"
            if page:
                with open(os.path.join(folder, page["file"]), "rb") as stream:
                    body = stream.read()
            self.send_response(page["status"] if page else 404)
            self.send_header("Content-Type", page["type"] if page else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", manifest["policy"])
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def open_browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--disable-background-networking", "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(120)
    driver.set_script_timeout(120)
    return driver


def look(driver, origin, page, width, scheme, axe, shots):
    name = f"{page['address']} ({width} px, {scheme})"
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    driver.get(origin + page["address"])
    for entry in driver.get_log("browser"):
        expected = page["status"] >= 400 and f"status of {page['status']}" in entry["message"]
        if entry["level"] in ("SEVERE", "WARNING") and not expected:
            problem(name, f"console: {entry['message'][:300]}")
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            address = message["params"]["request"]["url"]
            if not address.startswith((origin + "/", "data:", "chrome:", "about:")):
                problem(name, f"asks for {address[:200]}")
    wide = driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        problem(name, f"{wide} px wider than the window: " + driver.execute_script("""
            const edge = document.documentElement.clientWidth;
            const out = [...document.querySelectorAll('main *,header *,footer *')].filter(e =>
              e.getBoundingClientRect().right > edge + 0.5 && !e.closest('.wide'));
            return out.slice(0, 2).map(e => e.outerHTML.slice(0, 160)).join(' | ')"""))
    if page["hostile"] and driver.execute_script("return document.querySelectorAll('img,script').length"):
        problem(name, "markup of a node became an element")
    driver.execute_script(axe)
    found = driver.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']}).then(arguments[0], e => arguments[0]({violations: [], error: '' + e}))")
    if found.get("error"):
        problem(name, f"axe: {found['error']}")
    for violation in found["violations"]:
        node = violation["nodes"][0]
        problem(name, f"axe: {violation['id']}: {violation['help']}: {node['html'][:160]}: "
                      f"{(node.get('failureSummary') or '')[:240]}")
    if shots:
        height = driver.execute_script("return document.documentElement.scrollHeight")
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": min(height, 6000), "deviceScaleFactor": 1, "mobile": False})
        stem = re.sub("[^a-z0-9]+", "-", page["address"].lower()).strip("-")[:60] or "overview"
        driver.save_screenshot(os.path.join(shots, f"{stem}-{width}-{scheme}.png"))


def keyboard(driver, origin):
    """The first stop is the way past the navigation, and it leads to the content; each stop is seen."""
    from selenium.webdriver.common.keys import Keys

    driver.get(origin + "/")
    def press(key):
        driver.switch_to.active_element.send_keys(key)
    press(Keys.TAB)
    if driver.execute_script("return document.activeElement.className") != "skip":
        problem("/", "the first stop of the keyboard is not the skip link")
    press(Keys.ENTER)
    if driver.execute_script("return document.activeElement.id || location.hash") not in ("content", "#content"):
        problem("/", "the skip link does not lead to the content")
    for _ in range(12):
        press(Keys.TAB)
        if driver.execute_script("return document.activeElement === document.body"):
            break  # past the last stop
        style = driver.execute_script("const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.outlineWidth")
        if style.startswith("none") or style.endswith("none0px"):
            problem("/", "a stop of the keyboard is not seen: "
                    + driver.execute_script("return document.activeElement.outerHTML.slice(0, 120)"))


def browse(folder, manifest, shots):
    with open(axe_source(), encoding="utf-8") as stream:
        axe = stream.read()
    server = serve(folder, manifest)
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    driver = open_browser()
    try:
        for page in manifest["pages"]:
            if not page["type"].startswith("text/html"):
                continue
            for width, scheme in [(1280, "light"), (1280, "dark"), (320, "light")]:
                look(driver, origin, page, width, scheme, axe, shots)
        keyboard(driver, origin)
    finally:
        driver.quit()
        server.shutdown()


def main():
    if sys.argv[1:] == ["tools"]:
        print(" ".join(missing()))
        sys.exit(1 if missing() else 0)
    folder = sys.argv[2]
    with open(os.path.join(folder, "pages.json"), encoding="utf-8") as stream:
        manifest = json.load(stream)
    if sys.argv[1] == "markup":
        for page in manifest["pages"]:
            if page["type"].startswith("text/html"):
                with open(os.path.join(folder, page["file"]), encoding="utf-8", newline="") as stream:
                    markup(page["address"], stream.read())
    else:
        browse(folder, manifest, sys.argv[3] if len(sys.argv) > 3 else None)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


main()
