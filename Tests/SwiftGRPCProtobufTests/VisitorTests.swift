import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto2 = EveryKind_Proto2_EveryKindProto2

struct VisitorTests {
  @Test(arguments: EveryKindTypes.all.map(\.type))
  func eachKindOfFieldIsShownAsWhatItIs(type: any Message.Type) throws {
    try expectEachFieldIsShown(of: type)
  }

  @Test func wholeMessagesAreShownWithExtensionsAndUnknownFields() throws {
    try expectIsShown(Samples.proto3)
    try expectIsShown(Samples.proto2)
    try expectIsShown(Samples.editions)
    try expectIsShown(Samples.descriptor)
    try expectIsShown(EveryKind_Proto3_EveryKindProto3(serializedBytes: Samples.proto2.serializedBytes() as [UInt8]))
  }

  @Test func extensionsAreShownInTheOrderOfAllNumbers() throws {
    let message = Proto2.with {
      $0.threeBytes = "a"
      $0.EveryKind_Proto2_extendedInt32 = 2
      $0.EveryKind_Proto2_extendedString = "b"
      $0.singleInt32 = 1
    }
    var visitor = Log()
    try message.traverse(visitor: &visitor)
    #expect(
      visitor.lines == ["3 Int64 1", "extensions 4..<20000", "1002 Int64 2", "1013 String b", "20000 String a"])
  }

  @Test func itemsOfMessageSetsAreShown() throws {
    var set = EveryKind_Proto2_KindSet()
    set.EveryKind_Proto2_SetNumber_messageSetExtension = .with { $0.number = 7 }
    set.EveryKind_Proto2_SetRequired_kinds.singleInt32 = 1
    var visitor = Log()
    try set.traverse(visitor: &visitor)
    #expect(
      visitor.lines == [
        "extensions 1..<2147483648", "4 EveryKind_Proto2_SetNumber", "2147483646 EveryKind_Proto2_EveryKindProto2",
      ])
  }

  @Test func narrowTypesListsAndGroupsAreShownByTheWideSingleMethods() throws {
    let message = Proto2.with {
      $0.singleFloat = 0.5
      $0.singleSint32 = -1
      $0.singleFixed32 = 2
      $0.singleColor = .blue
      $0.singleGroup.number = 1
      $0.repeatedString = ["a", "b"]
      $0.repeatedGroup = [.init()]
      $0.packedUint32 = [3, 4]
      $0.packedColor = [.red]
      $0.toBytes = ["key": Data([5])]
      $0.toColor = [1: .green]
      $0.toInner = [2: .init()]
    }
    var visitor = Log()
    try message.traverse(visitor: &visitor)
    #expect(
      visitor.lines == [
        "2 Double 0.5", "7 Int64 -1", "9 UInt64 2", "16 Enum 2", "19 EveryKind_Proto2_EveryKindProto2.SingleGroup",
        "73 String a", "73 String b", "77 EveryKind_Proto2_EveryKindProto2.RepeatedGroup", "94 UInt64 3", "94 UInt64 4",
        "103 Enum 0", "146 map string bytes 1", "147 map int32 enum 1", "148 map int32 message 1",
      ])
  }

  @Test func whatTheVisitorThrowsEndsTheWalk() throws {
    struct Enough: Error {}
    var message = Samples.proto2
    message.singleBytes = Data([1])
    var visitor = Log(failure: Enough())
    #expect(throws: Enough.self) { try message.traverse(visitor: &visitor) }
    #expect(visitor.lines == ["3 Int64 -1", "14 String proto2"])
  }

  @Test func nothingIsShownOfAnEmptyMessage() throws {
    var visitor = Log()
    try Proto2().traverse(visitor: &visitor)
    try UnknownStorage().traverse(visitor: &visitor)
    #expect(visitor.lines.isEmpty)
  }

  // MARK: Checks

  private func expectEachFieldIsShown<M: Message>(of type: M.Type) throws {
    for field in try #require(type.protoDescriptor).fields {
      let text = String(repeating: field.sampleText, count: field.isRepeated && !field.isMap ? 2 : 1)
      try expectIsShown(M(textFormatString: text))
    }
  }

  private func expectIsShown(_ message: some Message) throws {
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    let bytes: [UInt8] = try message.serializedBytes(partial: true, options: options)
    #expect(try EncodingVisitor.bytes(of: message) == bytes, "\(message)")
  }
}

extension ProtoDescriptor.Field {
  /// The field in the text format, with a value that is not its type's default.
  fileprivate var sampleText: String {
    if let (key, value) = mapEntry { return "\(name) { \(key.sampleText) \(value.sampleText) } " }
    return switch type {
    case .string, .bytes: "\(name): \"a\" "
    case .message: "\(name) {} "
    case .group where messageType?.name.lowercased() == name: "\(messageType?.name ?? name) {} "
    case .group: "\(name) {} "
    case .enum: "\(name): \(enumType?.values.last?.name ?? "") "
    default: "\(name): 1 "
    }
  }
}

/// Writes down what it is shown, with no more methods than a visitor has to have and that for extensions.
private struct Log: Visitor {
  var lines: [String] = []
  /// Thrown where bytes are shown.
  var failure: (any Error)?

  init(failure: (any Error)? = nil) { self.failure = failure }

  mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) {
    lines.append("\(fieldNumber) Double \(value)")
  }
  mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) {
    lines.append("\(fieldNumber) Int64 \(value)")
  }
  mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) {
    lines.append("\(fieldNumber) UInt64 \(value)")
  }
  mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) { lines.append("\(fieldNumber) Bool \(value)") }
  mutating func visitSingularStringField(value: String, fieldNumber: Int) {
    lines.append("\(fieldNumber) String \(value)")
  }

  mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws {
    if let failure { throw failure }
    lines.append("\(fieldNumber) Data \(Array(value))")
  }

  mutating func visitSingularEnumField<E: Enum>(value: E, fieldNumber: Int) {
    lines.append("\(fieldNumber) Enum \(value.rawValue)")
  }

  mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) {
    lines.append("\(fieldNumber) \(String(reflecting: M.self).split(separator: ".", maxSplits: 1)[1])")
  }

  mutating func visitMapField<KeyType, ValueType: MapValueType>(
    fieldType: _ProtobufMap<KeyType, ValueType>.Type, value: _ProtobufMap<KeyType, ValueType>.BaseType, fieldNumber: Int
  ) {
    lines.append("\(fieldNumber) map \(KeyType.kind) \(ValueType.kind) \(value.count)")
  }

  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufEnumMap<KeyType, ValueType>.Type, value: _ProtobufEnumMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) {
    lines.append("\(fieldNumber) map \(KeyType.kind) enum \(value.count)")
  }

  mutating func visitMapField<KeyType, ValueType>(
    fieldType: _ProtobufMessageMap<KeyType, ValueType>.Type, value: _ProtobufMessageMap<KeyType, ValueType>.BaseType,
    fieldNumber: Int
  ) {
    lines.append("\(fieldNumber) map \(KeyType.kind) message \(value.count)")
  }

  mutating func visitExtensionFields(fields: ExtensionFieldValueSet, start: Int, end: Int) throws {
    lines.append("extensions \(start)..<\(end)")
    try fields.traverse(visitor: &self, start: start, end: end)
  }

  mutating func visitUnknown(bytes: Data) { lines.append("unknown \(Array(bytes))") }
}
