import SwiftGRPCProtobuf
import Testing

struct AsyncMessageSequenceTests {
  typealias Timestamp = Google_Protobuf_Timestamp

  private func stream(_ bytes: [UInt8]) -> AsyncStream<UInt8> {
    AsyncStream { continuation in
      for byte in bytes { continuation.yield(byte) }
      continuation.finish()
    }
  }

  /// The messages before the stream ends or fails, and with what it fails.
  private func read<M: Message>(
    _ type: M.Type, _ bytes: [UInt8], options: BinaryDecodingOptions = .init()
  ) async -> (messages: [M], error: (any Error)?) {
    var messages: [M] = []
    do {
      for try await message in stream(bytes).binaryProtobufDelimitedMessages(of: M.self, options: options) {
        messages.append(message)
      }
      return (messages, nil)
    } catch {
      return (messages, error)
    }
  }

  @Test func messagesComeOneByOne() async throws {
    var bytes: [UInt8] = []
    let values = (0..<300).map { Google_Protobuf_StringValue(String(repeating: "a", count: $0)) }
    for value in values { try BinaryDelimited.serialize(message: value, appendingTo: &bytes) }
    let (messages, error) = await read(Google_Protobuf_StringValue.self, bytes)
    #expect(messages == values)
    #expect(error == nil)
  }

  @Test func anEmptyStreamHasNoMessageAndAZeroOneMessage() async {
    #expect(await read(Timestamp.self, []).messages == [])
    #expect(await read(Timestamp.self, [0, 0, 0]).messages == [Timestamp(), Timestamp(), Timestamp()])
  }

  @Test(arguments: [[0x96, 1], [0x96, 1, 1, 2, 3], [192], [0xff, 0xff, 0xff, 0xff, 7, 0]] as [[UInt8]])
  func aStreamThatEndsTooEarlyIsTruncated(end: [UInt8]) async {
    let (messages, error) = await read(Timestamp.self, [2, 8, 1] + end)
    #expect(messages == [Timestamp(seconds: 1)])
    #expect(error as? BinaryDelimited.Error == .truncated)
    #expect("\(error, default: "")".hasSuffix("at byte \(3 + end.count)"))
  }

  @Test(arguments: [
    ([128, 128, 128, 128, 8], SwiftProtobufError.Code.binaryDecodingError),
    ([UInt8](repeating: 0x80, count: 17), .binaryStreamDecodingError),
  ])
  func errorsOfLengthsSayWhere(length: [UInt8], code: SwiftProtobufError.Code) async throws {
    let (messages, error) = await read(Timestamp.self, [2, 8, 1, 0] + length)
    #expect(messages.count == 2)
    let failure = try #require(error as? SwiftProtobufError)
    #expect(failure.code == code)
    #expect(failure.byteOffset == 4)
  }

  @Test func nothingComesAfterAnErrorOfTheStream() async throws {
    var iterator = stream([UInt8](repeating: 0x80, count: 10) + [0, 0]).binaryProtobufDelimitedMessages(
      of: Timestamp.self
    ).makeAsyncIterator()
    await #expect(throws: SwiftProtobufError.self) { try await iterator.next() }
    #expect(try await iterator.next() == nil)
  }

  @Test func theNextMessageComesAfterAMalformedOne() async throws {
    var iterator = AsyncMessageSequence<_, Timestamp>(base: stream([1, 8, 2, 8, 5])).makeAsyncIterator()
    let error = await #expect(throws: BinaryDecodingError.self) { try await iterator.next() }
    #expect(error == .truncated)
    #expect(error?.location?.byteOffset == 2)
    #expect(try await iterator.next() == Timestamp(seconds: 5))
    #expect(try await iterator.next() == nil)
  }

  @Test func optionsReachTheDecoder() async {
    var options = BinaryDecodingOptions()
    #expect(await read(Google_Protobuf_Empty.self, [2, 8, 1]).messages.first?.unknownFields.data.count == 2)
    options.discardUnknownFields = true
    let (messages, _) = await read(Google_Protobuf_Empty.self, [2, 8, 1], options: options)
    #expect(messages == [Google_Protobuf_Empty()])
  }

  @Test @MainActor func messagesAreReadOnAnActor() async throws {
    var count = 0
    for try await time in stream([2, 8, 1, 2, 8, 2]).binaryProtobufDelimitedMessages(of: Timestamp.self) {
      MainActor.assertIsolated()
      count += Int(time.seconds)
    }
    #expect(count == 3)
  }

  @Test func theErrorOfTheBytesIsThrown() async {
    struct Failure: Error {}
    let bytes = AsyncThrowingStream<UInt8, any Error> { continuation in
      for byte in [2, 8] as [UInt8] { continuation.yield(byte) }
      continuation.finish(throwing: Failure())
    }
    await #expect(throws: Failure.self) {
      for try await _ in bytes.binaryProtobufDelimitedMessages(of: Timestamp.self) {}
    }
  }
}
