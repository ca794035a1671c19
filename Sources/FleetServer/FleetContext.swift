import Hummingbird
import NIOCore

/// A request's surroundings: over what connection it came.
struct FleetContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }

  /// The peer's address, without its port.
  var peer: String { channel.remoteAddress?.ipAddress ?? "a socket" }
}
