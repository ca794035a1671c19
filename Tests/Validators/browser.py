"""Looks at HTML reports as a reader does, in headless Chromium: `browser.py FILE...`; every problem is a line, and the exit status then 1.

Chromium is spoken to by its DevTools protocol through a pipe (--remote-debugging-pipe), so that no other library is needed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

problems = []
SHOWN = "[...document.querySelectorAll('.result')].filter(e => e.checkVisibility()).length"
# The least contrast of text that WCAG 2.1 asks for at level AA, of every text that is shown and its background.
CONTRAST = """(() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 });
    return .2126 * r + .7152 * g + .0722 * b };
  let least = 21, where = '';
  for (const e of document.querySelectorAll('main *, header *, footer *')) {
    if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()) || !e.checkVisibility() || e.tagName == 'OPTION') continue;
    let back = e, color;
    do { color = parse(getComputedStyle(back).backgroundColor); back = back.parentElement } while (back && color[3] === 0);
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(color)];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < least) { least = ratio; where = e.outerHTML.slice(0, 80) }
  }
  return [least, where];
})()"""


class Browser:
    def __init__(self, folder):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe", f"--user-data-dir={folder}"]
        # The protocol's descriptors: 3 is read by the browser, 4 written.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", *command], pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.input, self.output = os.fdopen(ours_in, "rb", buffering=0), os.fdopen(ours_out, "wb", buffering=0)
        self.count, self.rest, self.events, self.session = 0, b"", [], None

    def message(self):
        while b"\0" not in self.rest:
            part = self.input.read(1 << 16)
            if not part:
                raise RuntimeError("Chromium ended")
            self.rest += part
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **parameters):
        self.count += 1
        request = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.output.write(json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.count:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, event):
        while not any(e.get("method") == event for e in self.events):
            self.events.append(self.message())

    def tell(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']['text']}")
        return result["result"].get("value")

    def click(self, selector):
        self.tell(f"document.querySelector('{selector}').scrollIntoView({{block: 'center'}})")
        box = self.tell(f"(b => [b.x + b.width / 2, b.y + b.height / 2])(document.querySelector('{selector}').getBoundingClientRect())")
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def open(self, file):
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        # The page's own script, if it had any: what is asked here by the protocol is still answered.
        self.ask("Emulation.setScriptExecutionDisabled", value=True)
        self.ask("Emulation.setDeviceMetricsOverride", width=1200, height=900, deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.ask("Page.navigate", url="file://" + file)
        self.wait("Page.loadEventFired")

    def close(self):
        # The whole of it: Chromium is several processes, which end when nobody holds the pipe.
        self.session = None
        try:
            self.ask("Browser.close")
        except (RuntimeError, OSError):
            pass
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def check(browser, file, say):
    browser.open(file)
    total = browser.tell("document.querySelectorAll('.result').length")
    by = {s: browser.tell(f"document.querySelectorAll('.result.{s}').length") for s in ("pass", "fail", "notApplicable")}
    shown = browser.tell(SHOWN)
    if shown != total - by["pass"] - by["notApplicable"] or not by["fail"] or not by["pass"]:
        say(f"{shown} of {total} results are shown at first: {by}")
    # Filters, by the mouse as a reader does it.
    browser.click("#s-pass")
    if browser.tell(SHOWN) != shown + by["pass"]:
        say("the filter 'pass' shows nothing")
    browser.click("#s-pass")
    browser.click("#s-fail")
    if browser.tell(SHOWN) != shown - by["fail"]:
        say("the filter 'fail' hides nothing")
    browser.click("#s-fail")
    grave = browser.tell("[...document.querySelectorAll('.result.critical')].filter(e => e.checkVisibility()).length")
    browser.click("#v-critical")
    if not grave or browser.tell(SHOWN) != shown - grave:
        say("the filter 'critical' hides nothing")
    browser.click("#v-critical")
    # By the keyboard: the second entry of the list of areas.
    browser.tell("document.querySelector('#area').focus()")
    for kind in ("keyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key="ArrowDown", code="ArrowDown", windowsVirtualKeyCode=40)
    area = browser.tell("document.querySelector('#area').value")
    inside = browser.tell(f"[...document.querySelectorAll('.result.{area}:not(.pass,.notApplicable)')].length")
    if area == "all" or browser.tell(SHOWN) != inside:
        say(f"the area {area} shows {browser.tell(SHOWN)} results and has {inside}")
    browser.tell("document.querySelector('#area').value = 'all'")
    # Folded, and unfolded by a click.
    body = "document.querySelector('.result.fail .body').checkVisibility({contentVisibilityAuto: true})"
    if browser.tell(body):
        say("evidence is not folded")
    browser.click(".result.fail summary")
    if not browser.tell(body):
        say("evidence does not unfold")
    for width in (1200, 400):
        browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        if browser.tell("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            say(f"at a width of {width} the page is wider than the window")
    backs = []
    for scheme in ("light", "dark"):
        browser.ask("Emulation.setEmulatedMedia", media="screen", features=[{"name": "prefers-color-scheme", "value": scheme}])
        backs.append(browser.tell("getComputedStyle(document.body).backgroundColor"))
        least, where = browser.tell(CONTRAST)
        if least < 4.5:
            say(f"{scheme}: a contrast of {least:.1f} at {where}")
    if backs[0] == backs[1]:
        say("light and dark are the same")
    browser.ask("Emulation.setEmulatedMedia", media="print", features=[])
    if browser.tell("document.querySelector('.filters').checkVisibility()"):
        say("filters are printed")
    if not browser.tell("document.querySelector('.result.fail:not([open]) .body').getBoundingClientRect().height > 0"):
        say("evidence is folded in print")
    for event in browser.events:
        parameters = event.get("params", {})
        if event["method"] == "Network.requestWillBeSent" and parameters["request"]["url"] != "file://" + file:
            say("asks for " + parameters["request"]["url"])
        if event["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
            say(f"{event['method']}: {json.dumps(parameters)[:300]}")


def main():
    if sys.argv[1:] == ["tools"]:
        sys.exit(0 if shutil.which("chromium") and shutil.which("bash") else 1)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        try:
            for file in sys.argv[1:]:
                browser.session = None
                check(browser, os.path.abspath(file), lambda text, file=file: problems.append(f"{os.path.basename(file)}: {text}"))
        finally:
            browser.close()
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


main()
