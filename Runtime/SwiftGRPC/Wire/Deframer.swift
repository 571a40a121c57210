import SwiftGRPCHTTP2

/// Cuts a body, which arrives in pieces of any size, into its messages.
///
/// Give it a piece with ``push(_:)``, take messages with ``next()`` or ``nextRun(maxByteCount:)`` until there is none, and call ``keepRest()`` before the
/// memory of the piece goes away. A message that lies whole in one piece is handed out where it lies; of the others the
/// bytes are collected, and no more memory is filled than has arrived, whatever a prefix claims: reserved is twice as much at most, or
/// the whole of a long message once a thirty-second part of it is there, in a block of which the system has given nothing yet.
/// Spec: gRPC over HTTP/2, "Length-Prefixed-Message": the boundaries of DATA frames mean nothing.
struct Deframer: ~Copyable {
  /// The bytes of one message, valid until the next call of the deframer.
  struct Message {
    var bytes: UnsafeRawBufferPointer
    var isCompressed: Bool
    /// Whether the bytes lie in the piece that was pushed, and not in the deframer's memory.
    var isInPiece: Bool
    /// Whether the bytes take half of ``Deframer/block`` at least; they stay valid and unchanged for as long as somebody keeps that.
    var isLong: Bool
  }

  /// The largest message that is accepted, in bytes.
  let maxMessageBytes: Int

  /// What has been pushed but neither handed out nor copied.
  private var piece = UnsafeRawBufferPointer(start: nil, count: 0)

  /// Memory for the bytes that had to be kept; the bytes are `keptStart..<keptEnd`.
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// What `memory` is, if it is large; otherwise it is the allocator's. A long message that is handed out lies here until the next one.
  private(set) var block: LargeBlock?
  private var keptStart = 0
  private var keptEnd = 0

  /// A deframer that refuses messages above a size.
  init(maxMessageBytes: Int) {
    self.maxMessageBytes = maxMessageBytes
  }

  deinit {
    if block == nil { memory.deallocate() }
  }

  /// The number of bytes that have arrived and not been handed out.
  var pendingByteCount: Int { keptEnd - keptStart + piece.count }

  /// The number of bytes of memory that are held for what had to be kept.
  var reservedByteCount: Int { memory.count }

  /// Takes the next piece of the body. Everything of the one before must have been taken or kept.
  mutating func push(_ bytes: UnsafeRawBufferPointer) {
    assert(piece.isEmpty, "the piece before has neither been taken nor kept")
    piece = bytes
  }

  /// The next message if all of it has arrived.
  ///
  /// - Returns: The message, valid until the next call; or `nil`, and then the whole piece has been taken.
  /// - Throws: `resourceExhausted` for a message above the limit and `internalError` for a bad flag. Nothing can be read
  ///   after that.
  mutating func next() throws(RPCError) -> Message? {
    if keptStart == keptEnd {
      if block != nil { giveBackMemory() }
      return try nextInPiece()
    }
    guard collect(upTo: MessagePrefix.byteCount) else { return nil }
    let prefix = try checkedPrefix(UnsafeRawBufferPointer(rebasing: memory[keptStart..<keptEnd]))
    guard collect(upTo: MessagePrefix.byteCount + prefix.messageByteCount) else { return nil }
    let start = keptStart + MessagePrefix.byteCount
    let total = MessagePrefix.byteCount + prefix.messageByteCount
    keptStart += total
    return Message(
      bytes: UnsafeRawBufferPointer(rebasing: memory[start..<keptStart]), isCompressed: prefix.isCompressed,
      // Others lie in a block because there are many of them: none of these is to keep all.
      isInPiece: false, isLong: total >= LargeBlock.leastBytes && 2 * total >= memory.count
    )
  }

  /// Whole messages with their prefixes: those whose bytes had been kept, then those in the piece. Valid as ``Message``.
  struct Run {
    var kept = UnsafeRawBufferPointer(start: nil, count: 0)
    /// What `kept` lies in if that is large, as ``Message/block``.
    var block: LargeBlock?
    var inPiece = UnsafeRawBufferPointer(start: nil, count: 0)
    var messageCount = 0

    /// The number of bytes of all messages and prefixes.
    var byteCount: Int { kept.count + inPiece.count }
  }

  /// The next messages of which all has arrived, as many as fit into `maxByteCount` bytes with their prefixes, but one at least.
  ///
  /// - Returns: The messages, or `nil` as ``next()``.
  /// - Throws: as ``next()``, but only when no message is before the one that is refused.
  mutating func nextRun(maxByteCount: Int) throws(RPCError) -> Run? {
    var run = Run()
    if keptStart < keptEnd {
      guard collect(upTo: MessagePrefix.byteCount) else { return nil }
      let prefix = try checkedPrefix(UnsafeRawBufferPointer(rebasing: memory[keptStart..<keptEnd]))
      guard collect(upTo: MessagePrefix.byteCount + prefix.messageByteCount) else { return nil }
      let kept = UnsafeRawBufferPointer(rebasing: memory[keptStart..<keptEnd])
      run.kept = try wholeMessages(in: kept, after: &run, maxByteCount: maxByteCount)
      run.block = block
      keptStart += run.kept.count
      // What is left begins before the piece.
      guard keptStart == keptEnd else { return run }
    } else if block != nil {
      giveBackMemory()
    }
    run.inPiece = try wholeMessages(in: piece, after: &run, maxByteCount: maxByteCount)
    piece = UnsafeRawBufferPointer(rebasing: piece[run.inPiece.count...])
    if run.messageCount == 0 {
      keepRest()
      return nil
    }
    return run
  }

  /// Copies what is left of the piece, because its memory goes away.
  mutating func keepRest() {
    keep(piece.count)
  }

  /// Checks, once the body has ended and no message is left, that it did not end inside of one.
  ///
  /// - Throws: `internalError` if bytes are left over.
  func checkEnd() throws(RPCError) {
    guard pendingByteCount > 0 else { return }
    throw RPCError(
      code: .internalError,
      message: "the stream ended inside a message: its last \(pendingByteCount) bytes are no whole one"
    )
  }

  private mutating func nextInPiece() throws(RPCError) -> Message? {
    guard piece.count >= MessagePrefix.byteCount else {
      keepRest()
      return nil
    }
    let prefix = try checkedPrefix(piece)
    let end = MessagePrefix.byteCount + prefix.messageByteCount
    guard piece.count >= end else {
      keepRest()
      return nil
    }
    let bytes = UnsafeRawBufferPointer(rebasing: piece[MessagePrefix.byteCount..<end])
    piece = UnsafeRawBufferPointer(rebasing: piece[end...])
    return Message(bytes: bytes, isCompressed: prefix.isCompressed, isInPiece: true, isLong: false)
  }

  /// The bytes of the whole messages that `bytes` begins with, which become part of `run`.
  private func wholeMessages(
    in bytes: UnsafeRawBufferPointer, after run: inout Run, maxByteCount: Int
  ) throws(RPCError) -> UnsafeRawBufferPointer {
    let room = maxByteCount - run.byteCount
    var end = 0
    while bytes.count - end >= MessagePrefix.byteCount {
      let prefix: MessagePrefix
      do throws(RPCError) {
        prefix = try checkedPrefix(UnsafeRawBufferPointer(rebasing: bytes[end...]))
      } catch {
        // It is met again, as the first, once those before it were taken.
        if run.messageCount > 0 { break }
        throw error
      }
      let messageEnd = end + MessagePrefix.byteCount + prefix.messageByteCount
      guard messageEnd <= bytes.count, messageEnd <= room || run.messageCount == 0 else { break }
      run.messageCount += 1
      end = messageEnd
    }
    return UnsafeRawBufferPointer(rebasing: bytes[..<end])
  }

  private func checkedPrefix(_ bytes: UnsafeRawBufferPointer) throws(RPCError) -> MessagePrefix {
    let prefix = try MessagePrefix(reading: bytes)
    guard prefix.messageByteCount <= maxMessageBytes else {
      throw RPCError(
        code: .resourceExhausted,
        message: "message of \(prefix.messageByteCount) bytes exceeds the limit of \(maxMessageBytes)"
      )
    }
    return prefix
  }

  /// Adds bytes of the piece to the kept ones until there are `count` of these; `false` if the piece is too short.
  private mutating func collect(upTo count: Int) -> Bool {
    let missing = count - (keptEnd - keptStart)
    if missing > 0 { keep(min(missing, piece.count)) }
    return keptEnd - keptStart >= count
  }

  /// Moves the first `count` bytes of the piece behind the kept ones.
  private mutating func keep(_ count: Int) {
    guard count > 0 else { return }
    let keptCount = keptEnd - keptStart
    if memory.count - keptEnd < count {
      if memory.count >= keptCount + count, keptStart >= keptCount, block == nil || isKnownUniquelyReferenced(&block) {
        memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[keptStart..<keptEnd]))
        keptStart = 0
        keptEnd = keptCount
      } else {
        reserve(capacity(for: keptCount + count))
      }
    }
    UnsafeMutableRawBufferPointer(rebasing: memory[keptEnd...]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: piece[..<count])
    )
    keptEnd += count
    piece = UnsafeRawBufferPointer(rebasing: piece[count...])
  }

  /// How much memory to take for so many bytes, which the first message may not end with.
  private func capacity(for byteCount: Int) -> Int {
    let doubled = max(256, 2 * byteCount)
    guard let total = incompleteMessageByteCount(of: byteCount) else { return doubled }
    if total <= doubled { return max(256, total) }
    return total >= LargeBlock.leastBytes && total <= 32 * byteCount ? total : doubled
  }

  /// The size of the first message with its prefix, if there are more bytes of it than `byteCount`, and it may be as long.
  private func incompleteMessageByteCount(of byteCount: Int) -> Int? {
    let first = keptStart < keptEnd ? UnsafeRawBufferPointer(rebasing: memory[keptStart..<keptEnd]) : piece
    guard first.count >= MessagePrefix.byteCount, let prefix = try? MessagePrefix(reading: first),
      prefix.messageByteCount <= maxMessageBytes
    else { return nil }
    let total = MessagePrefix.byteCount + prefix.messageByteCount
    return total > byteCount ? total : nil
  }

  /// Moves the kept bytes to memory of their own of so many bytes.
  private mutating func reserve(_ capacity: Int) {
    let kept = UnsafeRawBufferPointer(rebasing: memory[keptStart..<keptEnd])
    let large = capacity >= LargeBlock.leastBytes ? LargeBlock(byteCount: capacity) : nil
    let new = large?.bytes ?? .allocate(byteCount: capacity, alignment: 1)
    new.copyMemory(from: kept)
    giveBackMemory()
    keptEnd = kept.count
    memory = new
    block = large
  }

  private mutating func giveBackMemory() {
    if block == nil { memory.deallocate() }
    block = nil
    memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    keptStart = 0
    keptEnd = 0
  }
}
