import SwiftGRPCProtobuf

/// A stream that gives its bytes in pieces of one to three.
final class SlowStream: ByteInputStream {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var streamError: (any Error)? { nil }

  func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength: Int) -> Int {
    let count = min(maxLength, 1 + position % 3, bytes.count - position)
    for offset in 0..<count { buffer[offset] = bytes[position + offset] }
    position += count
    return count
  }
}
