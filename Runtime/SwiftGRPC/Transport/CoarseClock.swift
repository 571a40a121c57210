#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A monotonic clock that costs a few nanoseconds to read and is exact to some milliseconds.
///
/// It exists to notice handlers that hold an event loop; nothing that needs precision may use it.
enum CoarseClock {
  /// Nanoseconds since an arbitrary start.
  @inline(__always)
  static var now: UInt64 {
    #if canImport(Darwin)
      return clock_gettime_nsec_np(CLOCK_UPTIME_RAW_APPROX)
    #else
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
      return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    #endif
  }
}
