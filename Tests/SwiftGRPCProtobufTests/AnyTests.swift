import Foundation
import SwiftGRPCProtobuf
import Testing

struct AnyTests {
  private let duration = Google_Protobuf_Duration.with { $0.seconds = 5 }

  @Test func aPackedMessageUnpacksAsItself() throws {
    let packed = try Google_Protobuf_Any(message: duration)
    #expect(packed.typeURL == "type.googleapis.com/google.protobuf.Duration")
    #expect(packed.isA(Google_Protobuf_Duration.self))
    #expect(!packed.isA(Google_Protobuf_Timestamp.self))
    #expect(try Google_Protobuf_Duration(unpackingAny: packed) == duration)
  }

  @Test(arguments: ["example.com/types", "example.com/types/"])
  func theTypePrefixComesBeforeOneSlash(prefix: String) throws {
    let packed = try Google_Protobuf_Any(message: duration, typePrefix: prefix)
    #expect(packed.typeURL == "example.com/types/google.protobuf.Duration")
  }

  @Test func unpackingAnotherTypeIsAMismatch() throws {
    let packed = try Google_Protobuf_Any(message: duration)
    #expect(throws: AnyUnpackError.typeMismatch) { try Google_Protobuf_Timestamp(unpackingAny: packed) }
    #expect(throws: AnyUnpackError.typeMismatch) { try Google_Protobuf_Timestamp(unpackingAny: .init()) }
  }

  @Test func aTypeURLWithoutANameIsMalformed() {
    let packed = Google_Protobuf_Any.with { $0.typeURL = "type.googleapis.com/" }
    #expect(throws: AnyUnpackError.malformedTypeURL) { try Google_Protobuf_Duration(unpackingAny: packed) }
  }

  @Test func damagedContentIsADecodingError() throws {
    var packed = try Google_Protobuf_Any(message: duration)
    packed.value = .init([0x08])
    #expect(throws: BinaryDecodingError.truncated) { try Google_Protobuf_Duration(unpackingAny: packed) }
  }

  @Test func aRegisteredTypeIsFoundByItsName() {
    #expect(Google_Protobuf_Any.register(messageType: Google_Protobuf_Api.self))
    #expect(Google_Protobuf_Any.register(messageType: Google_Protobuf_Api.self))
    #expect(Google_Protobuf_Any.messageType(forMessageName: "google.protobuf.Api") == Google_Protobuf_Api.self)
    #expect(Google_Protobuf_Any.messageType(forMessageName: "nobody.Knows") == nil)
  }
}
