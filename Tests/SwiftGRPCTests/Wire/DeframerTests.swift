import SwiftGRPCHTTP2
import Testing

@testable import SwiftGRPC

@Suite struct DeframerTests {
  /// Three messages, one of them empty and one compressed.
  static let messages: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 1000)]
  static let body: [UInt8] = messages.flatMap { framed($0) }

  static func framed(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    let count = UInt32(message.count)
    return [flag, UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
      + message
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 100, 1019, 5000])
  func boundariesOfPiecesMeanNothing_W4(pieceSize: Int) throws {
    var deframer = Deframer(maxMessageBytes: 1000)
    var messages: [[UInt8]] = []
    for start in stride(from: 0, to: Self.body.count, by: pieceSize) {
      try Array(Self.body[start..<min(start + pieceSize, Self.body.count)]).withUnsafeBytes { piece in
        deframer.push(piece)
        while let message = try deframer.next() { messages.append(Array(message.bytes)) }
      }
    }
    #expect(messages == Self.messages)
    #expect(deframer.pendingByteCount == 0)
    try deframer.checkEnd()
  }

  @Test(arguments: [1, 3, 6, 64]) func aSlowReaderGetsEverythingThatWasKept(pieceSize: Int) throws {
    var deframer = Deframer(maxMessageBytes: 1000)
    var messages: [[UInt8]] = []
    for (index, start) in stride(from: 0, to: Self.body.count, by: pieceSize).enumerated() {
      try Array(Self.body[start..<min(start + pieceSize, Self.body.count)]).withUnsafeBytes { piece in
        deframer.push(piece)
        if index % 5 == 4, let message = try deframer.next() { messages.append(Array(message.bytes)) }
        deframer.keepRest()
      }
    }
    while let message = try deframer.next() { messages.append(Array(message.bytes)) }
    #expect(messages == Self.messages)
  }

  @Test func manyKeptMessagesDoNotLoseOneAnother() throws {
    var deframer = Deframer(maxMessageBytes: 100)
    var expected: [[UInt8]] = []
    var received: [[UInt8]] = []
    for round in 0..<500 {
      let message = (0..<(round % 40)).map { UInt8(truncatingIfNeeded: $0 + round) }
      expected.append(message)
      try Self.framed(message).withUnsafeBytes { piece in
        deframer.push(piece)
        deframer.keepRest()
        if round % 3 != 0, let message = try deframer.next() { received.append(Array(message.bytes)) }
      }
    }
    while let message = try deframer.next() { received.append(Array(message.bytes)) }
    #expect(received == expected)
  }

  @Test func aMessageInOnePieceIsHandedOutWhereItLies() throws {
    var deframer = Deframer(maxMessageBytes: 1000)
    try Self.body.withUnsafeBytes { piece in
      deframer.push(piece)
      let first = try #require(try deframer.next())
      #expect(first.bytes.baseAddress == piece.baseAddress.map { $0 + 5 })
      _ = try deframer.next()
      let third = try #require(try deframer.next())
      #expect(third.bytes.baseAddress == piece.baseAddress.map { $0 + 18 })
    }
  }

  @Test func aMessageAboveTheLimitIsResourceExhausted() throws {
    var deframer = Deframer(maxMessageBytes: 4_194_304)
    ([0, 0x00, 0x50, 0x00, 0x00] as [UInt8]).withUnsafeBytes { (piece: UnsafeRawBufferPointer) in
      deframer.push(piece)
      #expect(
        throws: RPCError(
          code: .resourceExhausted, message: "message of 5242880 bytes exceeds the limit of 4194304"
        )
      ) { _ = try deframer.next() }
    }
  }

  @Test func aMessageAtTheLimitIsTaken() throws {
    var deframer = Deframer(maxMessageBytes: 3)
    try Self.framed([1, 2, 3]).withUnsafeBytes { piece in
      deframer.push(piece)
      let message1 = try deframer.next()
      #expect(message1?.bytes.count == 3)
    }
  }

  @Test func aPrefixThatLiesReservesNoMemoryForItself() throws {
    var deframer = Deframer(maxMessageBytes: Int(UInt32.max))
    try ([0, 0xFF, 0xFF, 0xFF, 0xFF, 1] as [UInt8]).withUnsafeBytes { (piece: UnsafeRawBufferPointer) in
      deframer.push(piece)
      let message2 = try deframer.next()
      #expect(message2?.bytes.count == nil)
    }
    #expect(deframer.reservedByteCount <= 256)
    #expect(throws: RPCError.self) { try deframer.checkEnd() }
  }

  @Test func aLongMessageStaysWhereItIsForAsLongAsItIsKept() throws {
    let first = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 3) }
    let second = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 5) }
    let body = Self.framed(first) + Self.framed(second) + Self.framed([1, 2, 3])
    var deframer = Deframer(maxMessageBytes: 300_000)
    var messages: [(bytes: UnsafeRawBufferPointer, block: LargeBlock?)] = []
    for start in stride(from: 0, to: body.count, by: 50_000) {
      // Memory of its own, so that the address sanitizer sees who reads it later.
      try Array(body[start..<min(start + 50_000, body.count)]).withUnsafeBytes { piece in
        deframer.push(piece)
        while let message = try deframer.next() {
          if message.isLong {
            messages.append((message.bytes, deframer.block))
          } else {
            #expect(Array(message.bytes) == [1, 2, 3])
          }
        }
        deframer.keepRest()
      }
    }
    #expect(messages.map { Array($0.bytes) } == [first, second])
  }

  @Test func manyLongMessagesThatNobodyReadsYetAreAllKept() throws {
    let messages = (1...8).map { [UInt8](repeating: UInt8($0), count: 40_000 * $0) }
    let body = messages.flatMap { Self.framed($0) }
    var deframer = Deframer(maxMessageBytes: 400_000)
    for start in stride(from: 0, to: body.count, by: 16_384) {
      Array(body[start..<min(start + 16_384, body.count)]).withUnsafeBytes { piece in
        deframer.push(piece)
        deframer.keepRest()
      }
    }
    var found: [[UInt8]] = []
    var areLong: [Bool] = []
    while let message = try deframer.next() {
      found.append(Array(message.bytes))
      areLong.append(message.isLong)
    }
    #expect(found == messages)
    #expect(!areLong.contains(true), "one message must not keep the memory of all")
  }

  @Test func aLongMessageIsReservedOnceAThirtySecondPartOfItIsThere() throws {
    var deframer = Deframer(maxMessageBytes: 4 << 20)
    let message = Self.framed([UInt8](repeating: 1, count: 1 << 20))
    let ends = [16_384, 32_768, 49_152]
    for (start, end) in zip([0] + ends, ends) {
      Array(message[start..<end]).withUnsafeBytes { piece in
        deframer.push(piece)
        deframer.keepRest()
      }
      let reserved = deframer.reservedByteCount
      #expect(end == ends.last ? reserved >= message.count : reserved <= 2 * end + 4096)
    }
  }

  @Test func theMemoryOfALongMessageIsGivenBackWithIt() throws {
    var deframer = Deframer(maxMessageBytes: 1 << 20)
    try Self.framed([UInt8](repeating: 1, count: 1 << 20)).withUnsafeBytes { piece in
      deframer.push(UnsafeRawBufferPointer(rebasing: piece[..<100_000]))
      deframer.keepRest()
      deframer.push(UnsafeRawBufferPointer(rebasing: piece[100_000...]))
      let size1 = try deframer.next()?.bytes.count
      #expect(size1 == 1 << 20)
      let size2 = try deframer.next()?.bytes.count
      #expect(size2 == nil)
    }
    #expect(deframer.reservedByteCount == 0)
  }

  @Test(arguments: [UInt8(2), 0x80, 0xFF]) func anotherFlagIsInternal_W4(flag: UInt8) {
    var deframer = Deframer(maxMessageBytes: 10)
    Self.framed([1], flag: flag).withUnsafeBytes { piece in
      deframer.push(piece)
      #expect { _ = try deframer.next() } throws: { ($0 as? RPCError)?.code == .internalError }
    }
  }

  @Test func theCompressedFlagIsToldAlong() throws {
    var deframer = Deframer(maxMessageBytes: 10)
    try (Self.framed([1], flag: 1) + Self.framed([2])).withUnsafeBytes { piece in
      deframer.push(piece)
      let message3 = try deframer.next()
      #expect(message3?.isCompressed == true)
      let message4 = try deframer.next()
      #expect(message4?.isCompressed == false)
    }
  }

  @Test func aBodyThatEndsInsideAMessageIsInternal() throws {
    var deframer = Deframer(maxMessageBytes: 10)
    try [UInt8](Self.framed([1, 2, 3]).dropLast()).withUnsafeBytes { piece in
      deframer.push(piece)
      let message5 = try deframer.next()
      #expect(message5?.bytes.count == nil)
      deframer.keepRest()
    }
    #expect { try deframer.checkEnd() } throws: { ($0 as? RPCError)?.code == .internalError }
  }

  @Test func aPrefixIsFlagAndBigEndianLength_W4() throws {
    let bytes = withUnsafeTemporaryAllocation(byteCount: 5, alignment: 1) { bytes in
      MessagePrefix.write(messageByteCount: 0x0102_0304, isCompressed: true, to: bytes)
      return Array(bytes)
    }
    #expect(bytes == [1, 1, 2, 3, 4])
    let prefix = try bytes.withUnsafeBytes { try MessagePrefix(reading: $0) }
    #expect(prefix.isCompressed)
    #expect(prefix.messageByteCount == 0x0102_0304)
  }
}
