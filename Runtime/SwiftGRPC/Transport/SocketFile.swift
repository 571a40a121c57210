import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The file of a Unix domain socket.
enum SocketFile {
  /// Whether there is a socket at `path`; other files are none of a server's business.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Removes the socket at `path`.
  ///
  /// - Throws: `IOError` with the number of `unlink`.
  static func remove(_ path: String) throws {
    guard self.exists(path) else { return }
    guard unlink(path) == 0 else { throw IOError(errnoCode: errno, reason: "unlink") }
  }
}
