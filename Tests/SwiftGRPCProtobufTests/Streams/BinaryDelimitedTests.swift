import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import SwiftGRPCProtobufFoundation
import Testing

struct BinaryDelimitedTests {
  typealias Timestamp = Google_Protobuf_Timestamp
  typealias NamePart = Google_Protobuf_UninterpretedOption.NamePart

  private let times = [Timestamp(seconds: 1), Timestamp(), Timestamp(seconds: -1, nanos: 7)]

  // MARK: Bytes in memory

  @Test func messagesAreAppendedAndFoundAgain() throws {
    var bytes: [UInt8] = [0xff]
    var data = Data([0xff])
    for time in times {
      try BinaryDelimited.serialize(message: time, appendingTo: &bytes)
      try BinaryDelimited.serialize(message: time, appendingTo: &data)
    }
    #expect(bytes.prefix(5) == [0xff, 2, 8, 1, 0])
    #expect(Array(data) == bytes)
    var position = 1
    var read: [Timestamp] = []
    while let time = try BinaryDelimited.parse(messageType: Timestamp.self, from: data, at: &position) {
      read.append(time)
    }
    #expect(read == times)
    #expect(position == data.count)
  }

  @Test func positionsCountFromTheFirstByteOfASlice() throws {
    let slice = Data([9, 9, 2, 8, 1])[2...]
    var position = 0
    #expect(try BinaryDelimited.parse(messageType: Timestamp.self, from: slice, at: &position)?.seconds == 1)
    #expect(position == 3)
  }

  @Test func largeMessagesHaveLongLengths() throws {
    let message = Google_Protobuf_StringValue(String(repeating: "x", count: 300_000))
    var bytes: [UInt8] = []
    try BinaryDelimited.serialize(message: message, appendingTo: &bytes)
    var position = 0
    let read = try BinaryDelimited.parse(messageType: Google_Protobuf_StringValue.self, from: bytes, at: &position)
    #expect(read == message)
  }

  @Test func aMissingRequiredFieldLeavesTheBytesAsTheyWere() throws {
    var bytes: [UInt8] = [7]
    #expect(throws: BinaryEncodingError.missingRequiredFields) {
      try BinaryDelimited.serialize(message: NamePart(), appendingTo: &bytes)
    }
    #expect(bytes == [7])
    try BinaryDelimited.serialize(message: NamePart(), appendingTo: &bytes, partial: true)
    #expect(bytes == [7, 0])
    var position = 1
    #expect(throws: BinaryDecodingError.missingRequiredFields) {
      try BinaryDelimited.parse(messageType: NamePart.self, from: bytes, at: &position)
    }
    #expect(position == 1)
    #expect(
      try BinaryDelimited.parse(messageType: NamePart.self, from: bytes, at: &position, partial: true) == NamePart())
  }

  @Test func aCutMessageIsTruncatedWhereverItIsCut() throws {
    var bytes: [UInt8] = []
    try BinaryDelimited.serialize(message: Samples.proto3, appendingTo: &bytes)
    #expect(bytes[0] >= 0x80, "a length of more than one byte")
    for count in 1..<bytes.count {
      var position = 0
      #expect(throws: BinaryDelimited.Error.truncated) {
        try BinaryDelimited.parse(
          messageType: type(of: Samples.proto3), from: Array(bytes.prefix(count)), at: &position)
      }
      #expect(position == 0)
      #expect(throws: BinaryDelimited.Error.truncated) {
        try BinaryDelimited.parse(messageType: type(of: Samples.proto3), from: ByteQueue(Array(bytes.prefix(count))))
      }
    }
  }

  @Test(arguments: [
    ([0x80, 0x80, 0x80, 0x80, 0x08], "a message larger than 2 GiB"),
    ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], "a message larger than 2 GiB"),
    ([UInt8](repeating: 0x80, count: 11), "longer than ten bytes"),
  ])
  func errorsOfLengthsSayWhere(length: [UInt8], words: String) throws {
    var position = 3
    let error = try #require(throws: SwiftProtobufError.self) {
      try BinaryDelimited.parse(messageType: Timestamp.self, from: [2, 8, 1] + length, at: &position)
    }
    #expect(error.code == .binaryStreamDecodingError)
    #expect(error.message.contains(words))
    #expect(error.byteOffset == 3)
    #expect(position == 3)
  }

  @Test func errorsSayWhereInTheStream() throws {
    let bytes: [UInt8] = [2, 8, 1, 4, 8, 1, 16, 0x80, 3, 8]
    var position = 3
    let malformed = try #require(throws: BinaryDecodingError.self) {
      try BinaryDelimited.parse(messageType: Timestamp.self, from: bytes, at: &position)
    }
    #expect(malformed.location?.byteOffset == 7)
    #expect(malformed.location?.fieldPath == "nanos")
    position = 8
    do {
      _ = try BinaryDelimited.parse(messageType: Timestamp.self, from: bytes, at: &position)
      Issue.record("a message that is cut")
    } catch BinaryDelimited.Error.truncated {
      // The case matches without its payload, as callers of other libraries write it.
    }
    let stream = ByteQueue(Array(bytes.dropFirst(3)))
    let sameMalformed = try #require(throws: BinaryDecodingError.self) {
      try BinaryDelimited.parse(messageType: Timestamp.self, from: stream)
    }
    #expect(sameMalformed.location?.byteOffset == 4)
    let truncated = try #require(throws: BinaryDelimited.Error.self) {
      try BinaryDelimited.parse(messageType: Timestamp.self, from: stream)
    }
    guard case .truncated(byteOffset: 2) = truncated else {
      Issue.record("\(truncated)")
      return
    }
    #expect("\(truncated)".hasSuffix("at byte 2"))
  }

  @Test func aLengthMayHaveTenBytes() throws {
    var position = 0
    let bytes: [UInt8] = [0x82] + [UInt8](repeating: 0x80, count: 8) + [0, 8, 1]
    #expect(try BinaryDelimited.parse(messageType: Timestamp.self, from: bytes, at: &position)?.seconds == 1)
  }

  // MARK: Streams

  @Test(arguments: [1, 3, Int.max])
  func streamsMayTakeAndGiveAFewBytesAtOnce(mostAtOnce: Int) throws {
    let stream = ByteQueue(mostAtOnce: mostAtOnce)
    try BinaryDelimited.serialize(message: Samples.proto3, to: stream)
    try BinaryDelimited.serialize(message: times[0], to: stream)
    #expect(try BinaryDelimited.parse(messageType: type(of: Samples.proto3), from: stream) == Samples.proto3)
    var time = times[2]
    try BinaryDelimited.merge(into: &time, from: stream)
    #expect(time == Timestamp(seconds: 1, nanos: 7))
    let error = try #require(throws: SwiftProtobufError.self) { try BinaryDelimited.merge(into: &time, from: stream) }
    #expect(error.message == SwiftProtobufError.BinaryStreamDecoding.noBytesAvailable().message)
  }

  @Test func aLyingLengthMakesNoRoomForIt() {
    let stream = ByteQueue([0xff, 0xff, 0xff, 0xff, 0x07, 1, 2, 3])
    #expect(throws: BinaryDelimited.Error.truncated) {
      try BinaryDelimited.parse(messageType: Timestamp.self, from: stream)
    }
    #expect(stream.largestRequest <= 65_536)
  }

  @Test func roomGrowsWithWhatArrives() throws {
    let message = Google_Protobuf_BytesValue(Data(repeating: 5, count: 1_000_000))
    let stream = ByteQueue()
    try BinaryDelimited.serialize(message: message, to: stream)
    #expect(try BinaryDelimited.parse(messageType: Google_Protobuf_BytesValue.self, from: stream) == message)
    #expect(stream.largestRequest < 1_000_000)
  }

  @Test(arguments: [[0x80, 0x80, 0x80, 0x80, 0x08], [UInt8](repeating: 0x80, count: 17)])
  func malformedLengthsOfStreamsAreMalformedProtobuf(bytes: [UInt8]) {
    #expect(throws: BinaryDecodingError.malformedProtobuf) {
      try BinaryDelimited.parse(messageType: Timestamp.self, from: ByteQueue(bytes))
    }
  }

  @Test func failuresOfStreamsAreThrown() {
    let stream = ByteQueue([2, 8, 1])
    stream.fails = true
    #expect(throws: BinaryDelimited.Error.unknownStreamError) {
      try BinaryDelimited.parse(messageType: Timestamp.self, from: stream)
    }
    #expect(throws: BinaryDelimited.Error.unknownStreamError) {
      try BinaryDelimited.serialize(message: times[0], to: stream)
    }
    stream.streamError = ByteQueue.Failure()
    #expect(throws: ByteQueue.Failure.self) { try BinaryDelimited.parse(messageType: Timestamp.self, from: stream) }
    #expect(throws: ByteQueue.Failure.self) { try BinaryDelimited.serialize(message: times[0], to: stream) }
  }

  @Test func aStreamThatIsFullTruncates() {
    let stream = ByteQueue()
    stream.room = 2
    #expect(throws: BinaryDelimited.Error.truncated) {
      try BinaryDelimited.serialize(message: times[0], to: stream)
    }
  }

  @Test func streamsOfFoundationAreStreams() throws {
    let output = OutputStream.toMemory()
    output.open()
    try BinaryDelimited.serialize(message: times[0], to: output)
    try BinaryDelimited.serialize(message: Samples.proto2, to: output)
    let written = try #require(output.property(forKey: .dataWrittenToMemoryStreamKey) as? NSData)
    let input = InputStream(data: Data(referencing: written))
    input.open()
    #expect(try BinaryDelimited.parse(messageType: Timestamp.self, from: input) == times[0])
    let proto2 = try BinaryDelimited.parse(
      messageType: type(of: Samples.proto2), from: input, extensions: EveryKind_Proto2_EveryKindProto2_Extensions)
    #expect(proto2 == Samples.proto2)
    #expect(throws: SwiftProtobufError.self) { try BinaryDelimited.parse(messageType: Timestamp.self, from: input) }
  }
}
