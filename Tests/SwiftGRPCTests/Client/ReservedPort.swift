import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A port of loopback where nobody listens, and nobody else can: a socket is bound to it until it is released.
final class ReservedPort {
  let number: Int
  private var socket: CInt

  init() throws {
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    #if canImport(Darwin)
      self.socket = Darwin.socket(AF_INET, type, 0)
    #elseif canImport(Glibc)
      self.socket = Glibc.socket(AF_INET, type, 0)
    #else
      self.socket = Musl.socket(AF_INET, type, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = self.socket
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    self.number = Int(UInt16(bigEndian: address.sin_port))
    guard isBound else { throw IOError(errnoCode: errno, reason: "bind") }
  }

  /// From here on others may listen there.
  func release() {
    if self.socket >= 0 { close(self.socket) }
    self.socket = -1
  }

  deinit { self.release() }
}
