import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// Errors of the binary format say where the bytes are wrong.
struct BinaryErrorLocationTests {
  private static func location(of bytes: [UInt8], depthLimit: Int = 100) throws -> DecodingLocation {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = depthLimit
    let error = #expect(throws: BinaryDecodingError.self) { try Proto3(serializedBytes: bytes, options: options) }
    return try #require(error?.location)
  }

  @Test(
    arguments: [
      ([0x18], "singleInt32 cut off", "single_int32", 1),
      ([0x18, 1, 0x72, 5, 0x61], "a string longer than the message", "single_string", 3),
      ([0x72, 2, 0xc3, 0x28], "a string that is no UTF-8", "single_string", 2),
      ([0x8a, 0x01, 2, 0x08, 0x80], "an inner message's number", "single_inner.number", 4),
      (
        [0x8a, 0x01, 4, 0x1a, 2, 0x08, 0x80], "an inner message of an inner message", "single_inner.inners[0].number", 6
      ),
      ([0x18, 1, 0x07], "wire type 7", "", 2),
      ([0x18, 1, 0x0c], "an end of group without a start", "", 2),
    ] as [([UInt8], String, String, Int)])
  func aFaultIsLocatedByPathAndByte(bytes: [UInt8], what: String, path: String, offset: Int) throws {
    let location = try Self.location(of: bytes)
    #expect(location.message == "every_kind.proto3.EveryKindProto3")
    #expect(location.fieldPath == path, "\(what)")
    #expect(location.byteOffset == offset, "\(what)")
    #expect(!location.expected.isEmpty)
  }

  @Test func theDepthLimitIsLocatedWhereItIsExceeded() throws {
    let bytes: [UInt8] = [0x8a, 0x01, 4, 0x1a, 2, 0x1a, 0]
    #expect(try Self.location(of: bytes, depthLimit: 3).fieldPath == "single_inner.inners[0].inners[0]")
  }

  @Test func aMissingRequiredFieldIsNamedByItsPath() throws {
    let partial = Fixtures_Proto2_Branch.with { $0.leaves = [.with { $0.content = .init([1]) }, .init()] }
    let bytes: [UInt8] = try partial.serializedBytes(partial: true)
    let decoding = #expect(throws: BinaryDecodingError.missingRequiredFields) {
      try Fixtures_Proto2_Branch(serializedBytes: bytes)
    }
    #expect(decoding?.location?.fieldPath == "leaves[1].content")
    let encoding = #expect(throws: BinaryEncodingError.missingRequiredFields) {
      try partial.serializedBytes() as [UInt8]
    }
    #expect("\(try #require(encoding))" == "the required field leaves[1].content is not set")
  }

  @Test func descriptionsSayWhatWhereAndWhatWasExpected() throws {
    let error = #expect(throws: BinaryDecodingError.self) { try Proto3(serializedBytes: [0x72, 5, 0x61] as [UInt8]) }
    #expect(
      try #require(error).description
        == """
        the message ends inside a field (byte 1, field single_string of every_kind.proto3.EveryKindProto3: \
        expected a length of at most the 1 bytes that follow)
        """)
  }

  @Test func errorsAreEqualWhereverTheyHappen() throws {
    let first = #expect(throws: BinaryDecodingError.self) { try Proto3(serializedBytes: [0x18] as [UInt8]) }
    #expect(first == .truncated)
    do {
      _ = try Proto3(serializedBytes: [0x18] as [UInt8])
      Issue.record("a cut-off varint was accepted")
    } catch BinaryDecodingError.truncated {
      // A pattern need not name the location.
    }
  }
}
