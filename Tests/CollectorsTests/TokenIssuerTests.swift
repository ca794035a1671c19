import Facts
import TestSupport
import Testing

@testable import Collectors

@Suite("Token issuers of AuthenticationConfiguration")
struct TokenIssuerTests {
  private func issuers(_ text: String, refused: Bool = false) throws -> [Entity] {
    var host = KubernetesHost()
    host.run(
      90, ["kube-apiserver", "--authentication-config=/a.yaml"], executable: "/usr/local/bin/kube-apiserver",
      cgroup: "/system.slice/kube-apiserver.service")
    host.files["a.yaml"] = text
    if refused { host.refuse("a.yaml") }
    let found = try host.collected(by: APIServerCollector()).entities
    expectContract(found, APIServerCollector())
    return found.filter { $0.subject == "jwt-issuer" }
  }

  private static let two = """
    apiVersion: apiserver.config.k8s.io/v1
    kind: AuthenticationConfiguration
    jwt:
    - issuer:
        url: https://user:PLUMBLINE-CANARY@login.example.org
        discoveryURL: https://keys.example.org
        certificateAuthority: PLUMBLINE-CANARY
        audiences: [a, b]
        audienceMatchPolicy: MatchAny
      claimValidationRules: [{claim: hd, requiredValue: PLUMBLINE-CANARY}]
      claimMappings:
        username: {claim: email, prefix: "login:"}
        groups: {expression: "claims.roles"}
    - issuer: {url: https://ci.example.org}
      claimMappings: {username: {claim: sub, prefix: ""}}
      userValidationRules: [{expression: "true"}, {expression: "true"}]
    """

  @Test("Each issuer is an entity: address, audiences, rules, and where names come from")
  func read() throws {
    let all = try issuers(Self.two)
    #expect(all.count == 2)
    let first = try #require(all.first)
    #expect(first.value("url") == .text("https://(credentials left out)@login.example.org"))
    #expect(first.value("discoveryURL") == .text("https://keys.example.org"))
    #expect(first.value("certificateAuthority") == .flag(true))
    #expect(first.value("audiences") == .texts(["a", "b"]))
    #expect(first.value("audienceMatchPolicy") == .text("MatchAny"))
    #expect(first.value("claimValidationRules") == .number(1))
    #expect(first.value("userValidationRules") == .number(0))
    #expect(first.value("username.from") == .text("claim"))
    #expect(first.value("username.prefix") == .text("login:"))
    #expect(first.value("groups.from") == .text("expression"))
    #expect(first.chain("url").first?.hasSuffix("a.yaml:5 jwt.issuer.url") == true)
    let second = try #require(all.last)
    #expect(second.value("audiences") == .texts([]))
    #expect(second.value("certificateAuthority") == .flag(false))
    #expect(second.isAbsent("username.prefix"))
    #expect(second.isAbsent("groups.from"))
    #expect(second.value("userValidationRules") == .number(2))
    #expect(!all.contains { $0.facts.values.contains { $0.value?.description.contains("CANARY") == true } })
  }

  @Test("A file without issuers has none; one that can't be read stands for all that may be in it")
  func states() throws {
    #expect(try issuers("kind: AuthenticationConfiguration\nanonymous: {enabled: false}\n").isEmpty)
    #expect(try issuers("jwt: nothing\n").isEmpty)
    for broken in [try issuers("jwt: [", refused: false), try issuers(Self.two, refused: true)] {
      #expect(broken.count == 1)
      #expect(broken.first?.obstacle("url") != nil)
    }
    let odd = try issuers("jwt: [{issuer: {url: [1], audienceMatchPolicy: Some}}, 7]")
    #expect(odd.count == 2)
    #expect(odd.first?.isAbsent("url") == true)
    #expect(odd.first?.obstacle("audienceMatchPolicy") == .malformed)
  }

  @Test("More issuers than any server takes are not all stated")
  func many() throws {
    let text = "jwt:\n" + String(repeating: "- {issuer: {url: https://x}}\n", count: 1000)
    #expect(try issuers(text).count == 256)
  }
}
