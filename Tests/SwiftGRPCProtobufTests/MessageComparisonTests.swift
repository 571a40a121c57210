import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2
private typealias Proto3 = EveryKind_Proto3_EveryKindProto3
private typealias Mask = Google_Protobuf_FieldMask

/// How messages are compared and hashed, field by field.
struct MessageComparisonTests {
  /// The messages that have one field of a sample each, for all fields that are set there.
  private func parts<M: Message>(of sample: M) throws -> [M] {
    // Without extensions, which become unknown fields, since a mask keeps them all.
    var declared = try M(serializedBytes: sample.serializedBytes(partial: true) as [UInt8], partial: true)
    declared.unknownFields = UnknownStorage()
    return try Mask(allFieldsOf: M.self).paths.compactMap { path in
      var part = declared
      part.trim(keeping: Mask(protoPaths: path))
      let bytes: [UInt8] = try part.serializedBytes(partial: true)
      return bytes.isEmpty ? nil : part
    }
  }

  private func expectThatEachFieldCounts<M: Message>(in sample: M, least: Int) throws {
    let parts = try parts(of: sample)
    #expect(parts.count >= least)
    for part in parts {
      // Decoded twice, so that nothing is the same memory.
      let bytes: [UInt8] = try part.serializedBytes(partial: true)
      let left = try M(serializedBytes: bytes, partial: true)
      let right = try M(serializedBytes: bytes, partial: true)
      #expect(left == right)
      #expect(left.hashValue == right.hashValue)
      #expect(left != M())
    }
    #expect(Set(parts).count == parts.count)
  }

  @Test func everyKindOfFieldIsComparedAndHashed() throws {
    try expectThatEachFieldCounts(in: Samples.proto3, least: 20)
    try expectThatEachFieldCounts(in: Samples.proto2, least: 10)
    // The fields have the same numbers, but presence, and closed enums.
    let bytes: [UInt8] = try Samples.proto3.serializedBytes()
    try expectThatEachFieldCounts(in: Proto2(serializedBytes: bytes, partial: true), least: 20)
  }

  @Test func fieldsThatAreSetToTheirDefaultsAreNotUnsetOnes() {
    #expect(Proto3.with { $0.optionalInt32 = 0 } != Proto3())
    #expect(Proto3.with { $0.optionalInt64 = 0 } != Proto3())
    #expect(Proto3.with { $0.optionalDouble = 0 } != Proto3())
    #expect(Proto3.with { $0.optionalBool = false } != Proto3.with { $0.optionalBool = true })
    #expect(Proto3.with { $0.optionalBool = false } != Proto3())
    #expect(Proto3.with { $0.optionalString = "" } != Proto3())
    #expect(Proto3.with { $0.optionalColor = EveryKind_Proto3_Color() } != Proto3())
    #expect(Proto2.with { $0.singleColor = .red } != Proto2.with { $0.singleColor = .blue })
    #expect(Proto2.with { $0.repeatedColor = [.red] } != Proto2.with { $0.repeatedColor = [.blue] })
  }

  @Test func numbersThatAnOpenEnumDoesNotNameAreCompared() {
    #expect(Proto3.with { $0.singleColor = .UNRECOGNIZED(77) } == .with { $0.singleColor = .UNRECOGNIZED(77) })
    #expect(Proto3.with { $0.singleColor = .UNRECOGNIZED(77) } != .with { $0.singleColor = .UNRECOGNIZED(78) })
    #expect(Proto3.with { $0.optionalColor = .UNRECOGNIZED(77) } != .with { $0.optionalColor = .red })
    #expect(Proto3.with { $0.repeatedColor = [.UNRECOGNIZED(7)] } == .with { $0.repeatedColor = [.UNRECOGNIZED(7)] })
    #expect(Proto3.with { $0.repeatedColor = [.UNRECOGNIZED(7)] } != .with { $0.repeatedColor = [.red] })
  }

  @Test func whatIsNotANumberEqualsNothing() {
    #expect(Proto3.with { $0.singleDouble = .nan } != Proto3.with { $0.singleDouble = .nan })
    #expect(Proto3.with { $0.singleFloat = .nan } != Proto3.with { $0.singleFloat = .nan })
    #expect(Proto3.with { $0.optionalDouble = .nan } != Proto3.with { $0.optionalDouble = .nan })
    #expect(Proto3.with { $0.repeatedFloat = [.nan] } != Proto3.with { $0.repeatedFloat = [.nan] })
    #expect(Proto3.with { $0.choiceDouble = .nan } != Proto3.with { $0.choiceDouble = .nan })
  }

  @Test func canonicallyEquivalentStringsAreEqualAndHashAlike() {
    let composed = Proto3.with { $0.singleString = "caf\u{e9} in a longer text" }
    let decomposed = Proto3.with { $0.singleString = "cafe\u{301} in a longer text" }
    #expect(composed == decomposed)
    #expect(composed.hashValue == decomposed.hashValue)
  }

  @Test func negativeZeroIsSetInEveryFormat() throws {
    let message = Proto3.with {
      $0.singleDouble = -0.0
      $0.singleFloat = -0.0
    }
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(bytes.count == 1 + 8 + 1 + 4)
    #expect(try Proto3(serializedBytes: bytes).singleDouble.sign == .minus)
    #expect(try Proto3(jsonString: message.jsonString()).singleDouble.sign == .minus)
    #expect(message.textFormatString().contains("single_double: -0"))

    // A field mask copies and keeps what is set.
    var target = Proto3.with { $0.singleDouble = 1 }
    try target.merge(from: message, fieldMask: Mask(protoPaths: "single_double", "single_float"))
    #expect(target.singleDouble.sign == .minus)
    #expect(target.singleFloat.sign == .minus)
    var kept = message
    kept.trim(keeping: Mask(protoPaths: "single_float"))
    #expect(kept.singleFloat.sign == .minus)
    #expect(kept.singleDouble.sign == .plus)

    // Numbers are compared as numbers.
    #expect(message == Proto3())
    #expect(message.hashValue == Proto3().hashValue)
  }

  @Test func negativeZeroIsSetInAMessageOfADynamicType() throws {
    let schema = try DynamicSchema(ProtoDescriptor.Pool([Self.point]))
    let type = try #require(schema.messageType(named: "shapes.Point"))
    var point = DynamicMessage(type)
    point["x"] = .double(-0.0)
    #expect(point.has("x"))
    #expect(try (point.serializedBytes() as [UInt8]).count == 9)
  }

  private static let point = FileProto.file(
    package: "shapes", syntax: "proto3", messages: [.message("Point", fields: [.field("x", 1, .double)])])
}
