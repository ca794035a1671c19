import Facts

/// Translates the tests of what stat printed into tests of a file's facts.
struct KubeBenchStatusTest {
  let status: KubeBenchAudit.Status
  let places: [RolePlace]

  /// kube-bench's variables for files, each with the role that its candidates have here.
  static let roles = [
    "apiserverconf": "apiserver-manifest", "controllermanagerconf": "controller-manager-manifest",
    "schedulerconf": "scheduler-manifest", "etcdconf": "etcd-manifest", "etcddatadir": "etcd-data",
    "kubeletconf": "kubelet-config", "kubeletsvc": "kubelet-service", "kubeletcafile": "kubelet-client-ca",
    "kubeletkubeconfig": "kubelet-kubeconfig", "proxykubeconfig": "proxy-kubeconfig",
    "schedulerkubeconfig": "scheduler-kubeconfig",
    "controllermanagerkubeconfig": "controller-manager-kubeconfig",
  ]

  /// Which of the files that the collectors state are meant.
  func selection() throws(Refusal) -> FlowText {
    var parts: [FlowText] = []
    for place in status.places { parts.append(try selection(of: place)) }
    return parts.count == 1 ? parts[0] : .entry("any", .list(parts))
  }

  private func selection(of place: KubeBenchAudit.Place) throws(Refusal) -> FlowText {
    switch place {
    case .variable(let name):
      guard let role = Self.roles[name] else {
        throw Refusal(reason: "no role of a file stands for '$\(name)'")
      }
      return .entry("role", .text(role))
    case .path(let path):
      guard let place = places.first(where: { Self.holds($0, path) }) else {
        throw Refusal(reason: "no collector looks at '\(path)'")
      }
      return .map([("role", .text(place.role)), ("path", .text(path))])
    case .beneath(let directory, let ending):
      guard let place = places.first(where: { $0.path == directory && $0.endings?.contains(ending) == true })
      else {
        throw Refusal(reason: "no collector looks at '\(directory)/*\(ending)'")
      }
      return .map([("role", .text(place.role)), ("path", .entry("startsWith", .text(directory + "/")))])
    }
  }

  private static func holds(_ place: RolePlace, _ path: String) -> Bool {
    guard let endings = place.endings else { return place.path == path }
    guard path.hasPrefix(place.path + "/") else { return false }
    return !path.dropFirst(place.path.count + 1).contains("/") && endings.contains { path.hasSuffix($0) }
  }

  /// Nil for a test that holds only where the file isn't there: no file is no evidence, so that it decides nothing.
  func expectation(_ item: KubeBenchControl.Item) throws(Refusal) -> FlowText? {
    guard let flag = item.flag, !flag.isEmpty else { throw Refusal(reason: "a test of a file names nothing") }
    if let otherwise = status.otherwise, !otherwise.isEmpty, otherwise.contains(flag) { return nil }
    guard item.isSet else { throw Refusal(reason: "a test asks that stat does not print '\(flag)'") }
    let (label, fields) = try format()
    switch fields {
    case "%a": return .entry("mode", try mode(item, flag, label))
    case "%U:%G", "%U", "%G": return try owners(item, flag, label, fields)
    default: throw Refusal(reason: "the format '\(status.format)' is not one of mode and owner")
    }
  }

  /// `permissions=%a %n` is labelled `permissions`; the file's name decides nothing.
  private func format() throws(Refusal) -> (label: String?, fields: String) {
    var format = status.format[...]
    if format.hasSuffix(" %n") { format = format.dropLast(3) }
    guard let equals = format.firstIndex(of: "=") else { return (nil, String(format)) }
    return (String(format[..<equals]), String(format[format.index(after: equals)...]))
  }

  private func mode(_ item: KubeBenchControl.Item, _ flag: String, _ label: String?) throws(Refusal)
    -> FlowText
  {
    guard let (op, value) = item.comparison else { return .entry("equals", .text(try Self.mode(flag))) }
    guard flag == label || (label == nil && flag == value) else {
      throw Refusal(reason: "'\(flag)' is not what stat prints before the mode")
    }
    switch op {
    case "bitmask": return .entry("within", .text(try Self.mode(value)))
    case "eq": return .entry("equals", .text(try Self.mode(value)))
    default: throw Refusal(reason: "a mode is not compared by '\(op)'")
    }
  }

  private static func mode(_ text: String) throws(Refusal) -> String {
    guard text.count <= 4, let bits = UInt16(text, radix: 8) else {
      throw Refusal(reason: "'\(text)' is no mode")
    }
    return Value.mode(bits).description
  }

  private func owners(_ item: KubeBenchControl.Item, _ flag: String, _ label: String?, _ fields: String)
    throws(Refusal) -> FlowText
  {
    if let (op, _) = item.comparison, op != "eq" {
      throw Refusal(reason: "an owner is not compared by '\(op)'")
    }
    let wanted = item.comparison?.value ?? flag
    guard item.comparison == nil || flag == label || flag == wanted else {
      throw Refusal(reason: "'\(flag)' is not what stat prints before the owner")
    }
    let names = wanted.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard names.count == (fields == "%U:%G" ? 2 : 1), names.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("$") })
    else {
      throw Refusal(reason: "'\(wanted)' is no owner and group")
    }
    switch fields {
    case "%U": return .entry("owner", .text(names[0]))
    case "%G": return .entry("group", .text(names[0]))
    default: return .map([("owner", .text(names[0])), ("group", .text(names[1]))])
    }
  }
}
