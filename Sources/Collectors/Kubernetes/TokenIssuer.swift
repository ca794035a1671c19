import Facts
import Host
import YAML

/// The token issuers that AuthenticationConfiguration lets in (apiserver.config.k8s.io), one entity each. What tokens hold, and
/// the authority's certificate, are not looked at.
/// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
struct TokenIssuer {
  static let subject = Subject(
    "jwt-issuer", "An issuer whose tokens an API server takes, as its AuthenticationConfiguration has it.",
    isSingleton: false,
    facts: [
      .init("url", .text, "The issuer, as tokens name it."),
      .init("discoveryURL", .text, "Where its keys are asked for, if not from the issuer's own address."),
      .init("audiences", .list, "Whom a token must be meant for."),
      .init("audienceMatchPolicy", .text, "How several audiences are matched.", values: ["MatchAny"]),
      .init("certificateAuthority", .flag, "Whether an authority of its own is named for its certificate."),
      .init("claimValidationRules", .number, "How many rules a token's claims must pass."),
      .init("userValidationRules", .number, "How many rules the user that comes of it must pass."),
      .init(
        "username.from", .text, "What makes the user's name.", values: ["claim", "expression"]),
      .init("username.prefix", .text, "What is put before a name that a claim gives."),
      .init("groups.from", .text, "What makes the user's groups.", values: ["claim", "expression"]),
      .init("groups.prefix", .text, "What is put before each group that a claim gives."),
    ])

  /// More issuers than the API server takes (64).
  private static let most = 256

  let node: Node
  let place: String

  /// Those of a file, in its order; by their order where they have no address.
  static func entities(_ root: Node, place: String, of component: String) -> [Entity] {
    (root["jwt"]?.sequence ?? []).prefix(most).enumerated().map { index, node in
      TokenIssuer(node: node, place: place).entity("\(component)/\(index)")
    }
  }

  private func entity(_ id: String) -> Entity {
    var entity = Entity(Self.subject, id: id)
    entity["url"] = text("issuer.url")
    entity["discoveryURL"] = text("issuer.discoveryURL")
    let audiences = node.at("issuer.audiences")
    let names = (audiences?.sequence ?? []).compactMap(\.text).map(Parameter.shown)
    entity["audiences"] = .observed(.texts(names), source("issuer.audiences", audiences))
    entity["audienceMatchPolicy"] = text("issuer.audienceMatchPolicy", among: ["MatchAny"])
    let authority = node.at("issuer.certificateAuthority")
    entity["certificateAuthority"] = .observed(
      .flag(authority?.text != nil), source("issuer.certificateAuthority", authority))
    for name in ["claimValidationRules", "userValidationRules"] {
      let rules = node[name]
      entity[name] = .observed(.number(Int64(rules?.sequence?.count ?? 0)), source(name, rules))
    }
    for name in ["username", "groups"] {
      entity["\(name).from"] = mapping("claimMappings.\(name)")
      entity["\(name).prefix"] = text("claimMappings.\(name).prefix")
    }
    return entity
  }

  private func source(_ key: String, _ found: Node?) -> Source {
    .file(place, line: (found ?? node).line, key: "jwt.\(key)")
  }

  /// An empty text is the same as none.
  private func text(_ key: String, among known: [String]? = nil) -> Fact {
    let found = node.at(key)
    let source = source(key, found)
    guard let text = found?.text, !text.isEmpty else { return .absent(source) }
    guard known?.contains(text) ?? true else {
      return .unreadable(.malformed, detail: "no value that it can have", source)
    }
    return .observed(.text(Parameter.shown(text)), source)
  }

  private func mapping(_ key: String) -> Fact {
    for kind in ["claim", "expression"] {
      if let found = node.at("\(key).\(kind)"), found.text?.isEmpty == false {
        return .observed(.text(kind), source("\(key).\(kind)", found))
      }
    }
    return .absent(source(key, node.at(key)))
  }
}
