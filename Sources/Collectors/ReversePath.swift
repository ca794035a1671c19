import Facts
import Host
import SystemPackage

/// Whether the kernel asks of a packet that its sender be reached by where it came in, at the interfaces that lead out of the host.
///
/// No one parameter says: the kernel takes the larger of `all`'s value and the interface's own, and what systemd sets is each interface's,
/// with `all` at 0; https://docs.kernel.org/networking/ip-sysctl.html, rp_filter.
enum ReversePath {
  static let declaration = Declaration(
    "uplink.rp_filter", .number,
    "What rp_filter amounts to where a default route leads, the larger of all's and the interface's own: 0 none, 1 strict, 2 loose; "
      + "with several such interfaces the least.")

  private static let parameters: FilePath = "proc/sys/net/ipv4/conf"
  private static let routes: FilePath = "proc/1/net/route"

  /// - Parameter view: Whose network namespace /proc/sys/net shows.
  static func fact(_ root: borrowing HostRoot, seen view: NamespaceView) -> Fact {
    if case .elsewhere(let why) = view {
      return .unreadable(.notVisible, detail: why, .file(place(parameters)))
    }
    let source = Source.file(place(routes))
    let interfaces: [FilePath.Component]
    do throws(HostError) {
      guard let found = uplinks(try root.bytes(routes, atMost: 16 << 20)) else {
        return .unreadable(.malformed, detail: "not a table of routes", source)
      }
      interfaces = found
    } catch {
      return error.reason == .absent ? .absent(source) : .failed(error, source)
    }
    var values: [Int64] = []
    var sources = [source]
    let all = root.numberFact(value(of: "all"))
    guard case .observed(.number(let common), let place) = all else { return all }
    sources += place
    for interface in interfaces {
      let own = root.numberFact(value(of: interface))
      if case .absent(let place) = own {
        // The route was there a moment ago.
        return .unreadable(.vanished, detail: "\(interface.string) went away", place.first ?? source)
      }
      guard case .observed(.number(let value), let place) = own else { return own }
      values.append(max(common, value))
      sources += place
    }
    return values.min().map { .observed(.number($0), sources) } ?? .absent(source)
  }

  private static func value(of interface: FilePath.Component) -> FilePath {
    parameters.appending(interface).appending("rp_filter")
  }

  /// The interfaces of the default routes that are up and refuse nothing; proc_pid_net(5), route. Nil where it is no such table.
  static func uplinks(_ table: [UInt8]) -> [FilePath.Component]? {
    var found: [FilePath.Component] = []
    for line in table.lines.dropFirst() {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map(\.trimmed)
      guard fields.count >= 8, let destination = fields[1].hexadecimal, let flags = fields[3].hexadecimal,
        let mask = fields[7].hexadecimal
      else { return nil }
      // RTF_UP and RTF_REJECT; linux/route.h.
      guard destination == 0, mask == 0, flags & 0x1 != 0, flags & 0x200 == 0 else { continue }
      guard let name = FilePath.Component(String(decoding: fields[0], as: UTF8.self)), name.kind == .regular
      else { return nil }
      if !found.contains(name) { found.append(name) }
    }
    return found
  }
}
