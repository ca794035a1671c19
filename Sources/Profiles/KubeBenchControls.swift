import YAML

/// One control of a kube-bench control file, as written there.
struct KubeBenchControl {
  struct Item {
    let flag: String?
    let env: String?
    let path: String?
    /// Whether the thing must be there; only then is it compared.
    let isSet: Bool
    let comparison: (op: String, value: String)?
    let line: Int
  }

  let id: String
  let text: String
  let audit: String
  let auditConfig: String
  let auditEnv: String
  /// `manual`, `skip`, or empty.
  let kind: String
  let isScored: Bool
  let remediation: String
  let items: [Item]
  let isAny: Bool
  let line: Int
}

/// Reads control files: `groups` of `checks`, each with the commands that look and the tests of what they print;
/// https://github.com/aquasecurity/kube-bench/blob/main/docs/controls.md.
struct KubeBenchReader {
  let reader: DocumentReader

  /// The version that the file says it is for, and its controls. What is wrong goes to the reader's list.
  func controls(_ document: Node) -> (version: String, controls: [KubeBenchControl]) {
    let version = document["version"]?.text ?? ""
    if let node = document["groups"], node.sequence == nil {
      reader.problem(node.line, "'groups' is a list, found \(node.kind)")
    }
    // A distribution whose control plane is out of reach has a file without groups.
    let controls = (document["groups"]?.sequence ?? []).flatMap { group -> [KubeBenchControl] in
      let kind = group["type"]?.text ?? ""
      return (group["checks"]?.sequence ?? []).compactMap { control($0, groupKind: kind) }
    }
    return (version, controls)
  }

  private func control(_ node: Node, groupKind: String) -> KubeBenchControl? {
    guard let id = reader.text(node["id"], "'id' of a check", line: node.line) else { return nil }
    let operation = node["tests"]?["bin_op"]?.text ?? "and"
    guard ["and", "or"].contains(operation) else {
      reader.problem(node.line, "'bin_op' of \(id) is 'and' or 'or', found '\(operation)'")
      return nil
    }
    func words(_ key: String) -> String { node[key]?.text ?? "" }
    return KubeBenchControl(
      id: id, text: words("text"), audit: words("audit"), auditConfig: words("audit_config"),
      auditEnv: words("audit_env"), kind: groupKind == "skip" ? groupKind : words("type"),
      isScored: node["scored"]?.flag ?? false, remediation: words("remediation"),
      items: (node["tests"]?["test_items"]?.sequence ?? []).map(item), isAny: operation == "or",
      line: node.line)
  }

  private func item(_ node: Node) -> KubeBenchControl.Item {
    let compare = node["compare"]
    let comparison = compare?["op"]?.text.map { (op: $0, value: compare?["value"]?.text ?? "") }
    return KubeBenchControl.Item(
      flag: node["flag"]?.text, env: node["env"]?.text, path: node["path"]?.text,
      isSet: node["set"]?.flag ?? true, comparison: comparison, line: node.line)
  }
}
