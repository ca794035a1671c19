import NIOCore
import NIOHTTPTypes

/// Ends a connection whose request does not come whole, or whose answer is not fetched, in time. A client that sends a byte now and then
/// is never idle, and would hold its place for ever.
final class Deadlines: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limit: TimeAmount
  private var task: Scheduled<Void>?

  init(_ limit: TimeAmount) { self.limit = limit }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head, .end: arm(context)
    case .body: break
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else {
      context.write(data, promise: promise)
      return
    }
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
    written.futureResult.whenComplete { _ in loopBound.value.disarm() }
    context.write(data, promise: written)
  }

  func channelInactive(context: ChannelHandlerContext) {
    disarm()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { disarm() }

  private func arm(_ context: ChannelHandlerContext) {
    disarm()
    let channel = context.channel
    task = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }

  private func disarm() {
    task?.cancel()
    task = nil
  }
}
