import Host
import Testing

@Suite("Account files are read without what they keep secret")
struct AccountLinesTests {
  @Test(
    "A password field is told by its shape",
    arguments: [
      ("", PasswordField.empty), ("x", .shadowed), ("*", .locked), ("!", .locked), ("!!", .locked),
      ("!$y$j9T$a", .locked),
      ("$y$j9T$salt$hash", .hashed(.yescrypt)), ("$gy$j9T$salt", .hashed(.gostYescrypt)),
      ("$7$salt", .hashed(.scrypt)),
      ("$2b$12$hash", .hashed(.bcrypt)), ("$6$salt$hash", .hashed(.sha512crypt)),
      ("$5$salt", .hashed(.sha256crypt)),
      ("$md5$salt", .hashed(.sunMD5)), ("$1$salt$hash", .hashed(.md5crypt)), ("$3$$hash", .hashed(.nt)),
      ("_J9..salt", .hashed(.bsdi)), ("abJnggxhB/yWI", .hashed(.des)), ("xx", .hashed(.unknown)),
      ("abJnggxhB/yW:", .hashed(.unknown)),
    ])
  func passwords(_ field: String, _ expected: PasswordField) throws {
    // A colon ends the field, so the last one is twelve characters long.
    let line = try #require(ShadowLine.all(Array("a:\(field):19000:0:99999:7:::\n".utf8)).first)
    #expect(line.password == expected)
  }

  @Test("Lines that are no accounts are left out")
  func others() {
    let text =
      "root:x:0:0::/root:/bin/sh\n+nis::::::\n#c:x:1:1:::\nshort:x:5\nbad:x:many:1:::\n\n:x:7:7:::\nhuge:x:4294967296:1:::\n"
    #expect(PasswdLine.all(Array(text.utf8)).map(\.name) == ["root"])
  }

  @Test("Bytes that are not UTF-8 are escaped, and a missing newline loses nothing")
  func bytes() throws {
    let line = try #require(PasswdLine.all(Array("a".utf8) + [0xff] + Array(":x:12:34".utf8)).first)
    #expect(line.name == "a\\xff")
    #expect(line.shell == "")
    #expect((line.id, line.group) == (12, 34))
  }

  @Test("A user has its primary group and those that list it, by the first line of its name")
  func memberships() {
    let accounts = Accounts(
      passwd: Array("root:x:0:0:::\nalice:x:1000:100:::\nalice:x:1001:101:::\n".utf8),
      group: Array("root:x:0:\ndocker:x:50:alice,bob\nusers:x:100:\n".utf8))
    #expect(accounts.groups(of: 1000) == [100, 50])
    #expect(accounts.groups(of: 1001) == [101])
    #expect(accounts.groups(of: 7) == [])
    #expect(accounts.users(inSeveralOf: [50, 100, 101]) == [1000])
    #expect(accounts.user(1000) == "alice")
    #expect(accounts.group(50) == "docker")
    #expect(accounts.user(4000) == "4000")
  }
}
