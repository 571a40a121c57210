import SwiftGRPCHTTP2

/// The thread that a call is confined to, as far as its messages need it.
@usableFromInline
protocol CallLoop: AnyObject, Sendable {
  /// Whether the current thread is the loop's.
  var isCurrent: Bool { get }

  /// Runs `body` on the loop: now when already there. Bodies that come from one thread run in their order.
  func execute(_ body: @escaping @Sendable () -> Void)

  /// Runs `work` as the other `execute` runs a body, without a closure for it.
  func execute(_ work: any LoopWork)

  /// Asks for ``ReceivedBytesBorrower/keepReceivedBytes()`` before the memory of what is being read goes away. On the loop.
  func keepAtEndOfRead(_ borrower: any ReceivedBytesBorrower)
}

/// Something to be done on a loop by an object that is there anyway.
@usableFromInline
protocol LoopWork: AnyObject, Sendable {
  /// Does it, once, on the loop.
  func runOnLoop()
}

/// Something that refers to received bytes where they lie.
@usableFromInline
protocol ReceivedBytesBorrower: AnyObject {
  /// The memory of what was received goes away.
  func keepReceivedBytes()
}

/// The connection below a call, as far as its messages need it. Loop-confined.
protocol CallConnection: AnyObject {
  /// Opens the peer's window for `byteCount` bytes more.
  func consume(_ byteCount: Int, on stream: HTTP2Stream)

  /// Sends what was appended to the stream's body, at the end of the batch.
  func outboundDidGrow(_ stream: HTTP2Stream)
}
