import NIOCore

/// The instant by which a call must have ended.
///
/// Measured on the clock that does not jump when the time of day is set. A deadline belongs to this process: over the
/// wire goes the time that is left (`grpc-timeout`), so that the clocks of two machines need not agree.
/// Spec: gRPC over HTTP/2, "Timeout".
public struct Deadline: Sendable, Hashable, Comparable {
  /// The instant on the clock that event loops use.
  @usableFromInline let instant: NIODeadline

  @inlinable init(_ instant: NIODeadline) { self.instant = instant }

  /// The deadline that lies `timeout` ahead of now; one that has passed already if `timeout` is negative.
  ///
  /// A timeout of more than about 290 years ends at ``distantFuture``.
  @inlinable public static func after(_ timeout: Duration) -> Deadline {
    Deadline(NIODeadline.now() + TimeAmount.nanoseconds(timeout.clampedNanoseconds))
  }

  /// The present instant: a deadline that passes now.
  @inlinable public static func now() -> Deadline { Deadline(.now()) }

  /// A deadline that never passes.
  public static var distantFuture: Deadline { Deadline(.distantFuture) }

  /// The time from now until the deadline; negative once it has passed.
  @inlinable public var timeLeft: Duration {
    .nanoseconds((instant - NIODeadline.now()).nanoseconds)
  }

  /// Whether the deadline has passed.
  @inlinable public var hasPassed: Bool { instant <= NIODeadline.now() }

  /// Whether `lhs` passes before `rhs`.
  @inlinable public static func < (lhs: Deadline, rhs: Deadline) -> Bool { lhs.instant < rhs.instant }
}

extension Duration {
  /// The duration in nanoseconds, or the nearest number that an `Int64` can hold.
  @usableFromInline var clampedNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflowed) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflowed else { return seconds < 0 ? .min : .max }
    let (sum, sumOverflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
    guard !sumOverflowed else { return seconds < 0 ? .min : .max }
    return sum
  }
}
