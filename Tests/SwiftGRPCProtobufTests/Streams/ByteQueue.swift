import SwiftGRPCProtobuf

/// Bytes that are read and written as a stream, in pieces of limited size.
final class ByteQueue: ByteInputStream, ByteOutputStream {
  struct Failure: Error {}

  /// What was written and has not been read.
  var bytes: [UInt8]
  /// The most bytes that one call takes or gives.
  var mostAtOnce: Int
  /// How many bytes may yet be written.
  var room = Int.max
  /// Whether calls fail.
  var fails = false
  /// Why.
  var streamError: (any Error)?
  /// The largest piece that was asked for.
  private(set) var largestRequest = 0

  init(_ bytes: [UInt8] = [], mostAtOnce: Int = .max) {
    self.bytes = bytes
    self.mostAtOnce = mostAtOnce
  }

  func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength: Int) -> Int {
    largestRequest = max(largestRequest, maxLength)
    if fails { return -1 }
    let piece = bytes.prefix(min(maxLength, mostAtOnce))
    _ = UnsafeMutableBufferPointer(start: buffer, count: piece.count).update(fromContentsOf: piece)
    bytes.removeFirst(piece.count)
    return piece.count
  }

  func write(_ buffer: UnsafePointer<UInt8>, maxLength: Int) -> Int {
    if fails { return -1 }
    let count = min(maxLength, mostAtOnce, room)
    bytes += UnsafeBufferPointer(start: buffer, count: count)
    room -= count
    return count
  }
}
