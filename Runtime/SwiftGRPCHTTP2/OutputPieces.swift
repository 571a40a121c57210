#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Output in several pieces of memory, so that long bodies go to the socket from where they wait.
///
/// ``HTTP2Session/writeOutput(into:pieces:)`` fills it, unless there are no such bodies; then it stays empty. The pieces are valid until
/// ``removeAll()``, those in the buffer of that call only as long as this is.
public final class OutputPieces {
  /// A shorter part of a body is copied: that is cheaper than to name it.
  static var leastBytes: Int { 4096 }

  private static var maxPieces: Int { 64 }
  private static var maxBodyBytes: Int { 256 * 1024 }

  #if canImport(Darwin)
    private static let flags: Int32 = 0  // The socket has SO_NOSIGPIPE.
  #else
    private static let flags = Int32(MSG_NOSIGNAL)
  #endif

  private let vectors = UnsafeMutablePointer<iovec>.allocate(capacity: maxPieces)
  @exclusivity(unchecked) private var count = 0
  @exclusivity(unchecked) private var bodyBytes = 0
  /// What keeps the bodies' memory.
  @exclusivity(unchecked) private var blocks: [LargeBlock] = []

  /// The number of bytes in all pieces.
  @exclusivity(unchecked) public private(set) var byteCount = 0

  /// Takes the memory for the list only.
  public init() {}

  deinit {
    vectors.deallocate()
  }

  /// Whether no body was left where it is.
  public var isEmpty: Bool { count == 0 }

  /// Whether no further part of a body fits.
  public var isFull: Bool { roomForBody == 0 }

  /// Forgets all pieces.
  public func removeAll() {
    guard !isEmpty else { return }
    count = 0
    bodyBytes = 0
    byteCount = 0
    blocks.removeAll(keepingCapacity: true)
  }

  /// How much of a body may be added: it, what lies before it, and what comes after it need three places.
  var roomForBody: Int { count + 3 <= Self.maxPieces ? Self.maxBodyBytes - bodyBytes : 0 }

  /// Adds a part of a body, which lies in `block`.
  func append(body: UnsafeMutableRawBufferPointer, of block: LargeBlock) {
    append(body)
    bodyBytes += body.count
    if blocks.last !== block { blocks.append(block) }
  }

  /// Adds what lies elsewhere.
  func append(_ bytes: UnsafeMutableRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    vectors[count] = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
    count += 1
    byteCount += bytes.count
  }

  /// Sends as much as the socket takes now; 0 also when it has failed, which its owner sees at its next own use of it.
  public func send(to socket: Int32) -> Int {
    var message = msghdr()
    message.msg_iov = vectors
    #if canImport(Darwin)
      message.msg_iovlen = Int32(count)
    #else
      message.msg_iovlen = .init(count)
    #endif
    return max(0, sendmsg(socket, &message, Self.flags))
  }

  /// Sends as much of one piece as the socket takes now; 0 also when it has failed, which its owner sees at its next own use of it.
  public static func send(_ bytes: UnsafeRawBufferPointer, to socket: Int32) -> Int {
    // `send`, by another name than this function's.
    max(0, sendto(socket, bytes.baseAddress, bytes.count, flags, nil, 0))
  }

  /// Copies all but the first `offset` bytes to `destination`, which has room for them.
  public func copy(from offset: Int, to destination: UnsafeMutableRawBufferPointer) {
    var skipped = offset
    var position = 0
    for index in 0..<count {
      let piece = UnsafeRawBufferPointer(start: vectors[index].iov_base, count: vectors[index].iov_len)
      let part = UnsafeRawBufferPointer(rebasing: piece.dropFirst(skipped))
      skipped -= piece.count - part.count
      UnsafeMutableRawBufferPointer(rebasing: destination[position...]).copyMemory(from: part)
      position += part.count
    }
  }
}
