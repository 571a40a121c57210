import Testing

@testable import SwiftGRPCHTTP2

/// Header lists, codes and errors.
struct ValueTests {
  @Test func headerBlockKeepsFieldsInOrder() {
    let block = HeaderBlock([("a", "1"), ("bb", ""), ("a", "3")])
    #expect(block.count == 3)
    #expect(block.byteSize == 1 + 1 + 2 + 0 + 1 + 1 + 96)
    #expect(block.lines == ["a: 1", "bb: ", "a: 3"])
    #expect(block.first(named: "a") == "1")
    #expect(block.firstIndex(named: "a", from: 1) == 2)
    #expect(block.first(named: "bb") == "")
    #expect(block.first(named: "b") == nil)
    #expect(block.firstIndex(named: "a", from: 7) == nil)
  }

  @Test func headerBlockReadsTheStatus() {
    #expect(HeaderBlock([(":status", "200")]).status == 200)
    #expect(HeaderBlock([("status", "200")]).status == nil)
  }

  @Test func emptyHeaderBlockHasNoFields() {
    let block = HeaderBlock([])
    #expect(block.count == 0)
    #expect(block.byteSize == 0)
  }

  @Test func headerBlockHoldsLongAndManyFields() {
    let fields = (0..<300).map { (name: "n\($0)", value: String(repeating: "v", count: 7 * $0)) }
    let block = HeaderBlock(fields)
    #expect(block.lines == fields.map { "\($0.name): \($0.value)" })
  }

  @Test func headerFieldsCarryStaticAndCopiedParts() throws {
    var fields = HeaderFields()
    fields.add(":status", "200")
    fields.add("a", "dynamic")
    fields.add(name: "b", value: "both", indexing: .never)
    [UInt8]("raw".utf8).withUnsafeBytes { fields.add("c", bytes: $0) }
    fields.add("d", byteCount: 2) { $0.copyBytes(from: Array("in".utf8)) }
    fields.add("e", "")
    #expect(fields.count == 6)
    #expect(fields.byteSize == (7 + 3) + (1 + 7) + (1 + 4) + (1 + 3) + (1 + 2) + 1 + 6 * 32)

    let server = try Endpoint.established(.server)
    try server.receives(.headers(1, requestFields(), endStream: true))
    try server.session.submitHeaders(fields, on: #require(server.streams[1]), endStream: true)
    let expected = [":status: 200", "a: dynamic", "b: both", "c: raw", "d: in", "e: "]
    #expect(server.decode(try server.writesFrames()[0]) == expected)

    var read: [String] = []
    fields.forEach { read.append("\(String(decoding: $0, as: UTF8.self)): \(String(decoding: $1, as: UTF8.self))") }
    #expect(read == expected)
  }

  @Test func headerFieldsCanBeUsedAgain() {
    var fields = HeaderFields([("a", "b")])
    fields.removeAll()
    #expect(fields.count == 0 && fields.byteSize == 0)
  }

  @Test func writerThatThrowsAddsNothing() {
    struct Failure: Error {}
    var fields = HeaderFields()
    let result = Result { try fields.add("a", byteCount: 5) { _ in throw Failure() } }
    #expect(throws: Failure.self) { try result.get() }
    #expect(fields.count == 0)
    #expect(fields.byteSize == 0)
  }

  @Test func errorsNameTheCodeAndTheLibrarysNumber() {
    #expect(HTTP2ErrorCode.refusedStream.description == "REFUSED_STREAM")
    #expect(HTTP2ErrorCode(rawValue: 0x77).description == "0x77")
    let error = HTTP2Error(library: -505, during: "reading frames")
    #expect(error.libraryCode == -505)
    #expect(error.description.hasPrefix("reading frames: "))
    #expect(error.description.hasSuffix("(PROTOCOL_ERROR, nghttp2 -505)"))
  }
}

/// The queue of a stream's outgoing bytes.
struct OutboundBodyTests {
  @Test(arguments: 0..<15)
  func queueBehavesLikeAnArray(seed: Int) {
    var generator = SeededGenerator(seed: seed)
    var body = OutboundBody()
    var model: [UInt8] = []
    for _ in 0..<200 {
      let size = [10, 300, 5000, 200_000][Int.random(in: 0..<4, using: &generator)]
      if Bool.random(using: &generator) {
        let bytes = [UInt8](
          repeating: .random(in: 0...255, using: &generator), count: .random(in: 0..<size, using: &generator))
        if Bool.random(using: &generator) {
          body.append(copying: bytes)
        } else {
          var other = OutboundBody()
          other.append(copying: bytes)
          body.append(contentsOf: other)
        }
        model += bytes
      } else {
        let count = min(model.count, Int.random(in: 0..<size, using: &generator))
        let taken = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
          if let base = buffer.baseAddress { body.moveFirst(count, to: base) }
          initialized = count
        }
        #expect(taken == Array(model.prefix(count)))
        model.removeFirst(count)
      }
      let (count, allocated) = (body.count, body.allocatedBytes)
      #expect(count == model.count)
      #expect(allocated <= max(4 * 65536, 8 * count + 65536))
    }
  }

  @Test func messageIsWrittenInPlaceAndTakenBackWhenItsWriterThrows() {
    struct Failure: Error {}
    var body = OutboundBody()
    body.append(byteCount: 3) { $0.copyBytes(from: [1, 2, 3]) }
    do throws(Failure) {
      try body.append(byteCount: 1000) { _ throws(Failure) in throw Failure() }
      Issue.record("the writer's error is lost")
    } catch {
      #expect(body.count == 3)
    }
    body.truncate(to: 1)
    #expect(body.count == 1)
  }

  @Test func memoryOfABigMessageIsGivenBack() {
    var body = OutboundBody()
    body.append(copying: [UInt8](repeating: 1, count: 10 << 20))
    #expect(body.allocatedBytes >= 10 << 20)
    let sink = UnsafeMutableRawPointer.allocate(byteCount: 10 << 20, alignment: 1)
    defer { sink.deallocate() }
    body.moveFirst((10 << 20) - 1, to: sink)
    #expect(body.allocatedBytes < 1 << 20)
    body.moveFirst(1, to: sink)
    #expect(body.allocatedBytes <= 65536)
  }
}
