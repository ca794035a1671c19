import Testing

@testable import Collectors

@Suite("AppArmor's patterns of paths")
struct AppArmorGlobTests {
  @Test(
    "A pattern is of the paths that the parser says",
    arguments: [
      ("/usr/bin/man", ["/usr/bin/man"], ["/usr/bin/ma", "/usr/bin/man/", "/usr/bin/mano"]),
      ("/usr/lib/*/tool", ["/usr/lib/x/tool"], ["/usr/lib/x/y/tool", "/usr/lib//tool"]),
      ("/usr/lib/**/tool", ["/usr/lib/x/tool", "/usr/lib/x/y/tool"], ["/usr/lib/tool", "/usr/lib//tool"]),
      ("/a/*", ["/a/b"], ["/a/", "/a/b/c"]), ("/a/**", ["/a/b", "/a/b/c"], ["/a/", "/a"]),
      ("/a/b*", ["/a/b", "/a/bc"], ["/a/b/", "/a/c"]), ("/a/b**", ["/a/b", "/a/b/c"], ["/a/c"]),
      ("/a/*c", ["/a/c", "/a/bc"], ["/a/b/c"]), ("/a?c", ["/abc"], ["/a/c", "/ac"]),
      ("/{usr/,}bin/{,iputils-}ping", ["/bin/ping", "/usr/bin/iputils-ping"], ["/usr/ping"]),
      ("/{a,b{c,d}}e", ["/ae", "/bce", "/bde"], ["/be", "/abce"]),
      ("/lib{,32,64}/**.so{,.[0-9]*}", ["/lib/x.so", "/lib64/a/x.so.1.2"], ["/lib6/x.so", "/lib/x.so.a"]),
      ("/[a-cx]", ["/b", "/x"], ["/d", "/-"]), ("/[^a-c]d", ["/xd"], ["/ad"]),
      ("/a\\*b\\{c,d", ["/a*b{c,d"], ["/axb{c,d"]), ("/a.b+", ["/a.b+"], ["/axb"]),
    ])
  func paths(_ pattern: String, _ fitting: [String], _ others: [String]) throws {
    let glob = try #require(AppArmorGlob(pattern))
    for path in fitting { #expect(glob.matches(path), "\(path)") }
    for path in others { #expect(!glob.matches(path), "\(path)") }
  }

  @Test(
    "What is no pattern is none",
    arguments: ["", "name", "/a/{b", "/a/b}", "/a/[b", "/a\\", "/[z-a]", "@{bin}/x", "/a/@{x}"])
  func malformed(_ pattern: String) {
    #expect(AppArmorGlob(pattern) == nil)
  }

  @Test("Hostile patterns end soon: their time is bounded by their length times the path's")
  func hostile() throws {
    let path = "/" + String(repeating: "a", count: 2000)
    for part in ["**a", "{a,aa}", "{,a}", "{**,*}"] {
      let glob = try #require(AppArmorGlob("/" + String(repeating: part, count: 500) + "b"))
      #expect(!glob.matches(path))
    }
    let deep = try #require(
      AppArmorGlob("/" + String(repeating: "{a,", count: 1000) + "b" + String(repeating: "}", count: 1000)))
    #expect(deep.matches("/b") && deep.matches("/a") && !deep.matches("/ab"))
    #expect(AppArmorGlob("/" + String(repeating: "a", count: 5000)) == nil)
  }
}
