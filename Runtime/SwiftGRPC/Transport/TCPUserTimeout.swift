import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How long the system lets sent bytes go unacknowledged before it breaks a TCP connection.
///
/// A connection with keepalive gets the keepalive's timeout, so that a dead peer is noticed as fast while bytes are on the way to it.
/// Spec: A18. `TCP_USER_TIMEOUT` in milliseconds on Linux, `TCP_RXT_CONNDROPTIME` in whole seconds on Darwin.
enum TCPUserTimeout {
  /// The option as NIO's bootstraps take it.
  static var option: ChannelOptions.Types.SocketOption {
    #if canImport(Darwin)
      ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_RXT_CONNDROPTIME))
    #else
      ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT))
    #endif
  }

  /// The option's value for a timeout; at least one of its units, since zero means the system's default.
  static func value(_ timeout: Duration) -> SocketOptionValue {
    #if canImport(Darwin)
      SocketOptionValue(CInt(clamping: max(1, timeout.clampedNanoseconds / 1_000_000_000)))
    #else
      SocketOptionValue(CInt(clamping: max(1, timeout.clampedNanoseconds / 1_000_000)))
    #endif
  }
}
