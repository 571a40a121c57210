#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A call of the system that failed.
struct SystemError: Error, CustomStringConvertible {
  let description: String

  /// - Parameter action: what was tried; the system's reason is added.
  init(_ action: String) {
    description = "\(action): \(String(cString: strerror(errno)))"
  }
}

/// Ends the program with a message on standard error.
func fail(_ message: String) -> Never {
  try? writeAll(Array("protoc-gen-swiftgrpc: \(message)\n".utf8), to: STDERR_FILENO)
  exit(1)
}

/// Everything up to the end of a file.
func readAll(from descriptor: Int32) throws(SystemError) -> [UInt8] {
  var result: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count == 0 { return result }
    if count > 0 {
      result += buffer[..<count]
    } else if errno != EINTR {
      throw SystemError("cannot read")
    }
  }
}

/// The text of a file in UTF-8.
func readTextFile(_ path: String) throws -> String {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SystemError("cannot open") }
  defer { close(descriptor) }
  return String(decoding: try readAll(from: descriptor), as: UTF8.self)
}

/// Writes all bytes, however many calls it takes.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(descriptor, rest, rest.count)
    if count >= 0 {
      rest.removeFirst(count)
    } else if errno != EINTR {
      throw SystemError("cannot write")
    }
  }
}
