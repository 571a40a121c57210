/// The description of a message's fields, on which everything but the binary format runs: JSON and text format,
/// comparing, hashing, the check for required fields.
///
/// Generated code makes one for each message. A table refers to fields by their offset in the struct that stores them;
/// what walks it gets that struct's address.
public final class MessageTable: Sendable {
  /// The message's full name.
  public let name: String
  /// The fields in the order of their numbers.
  public let fields: [FieldDescription]
  /// Where the unknown fields lie.
  private let unknownFields: Int
  /// Where the extensions lie, if the message can be extended.
  private let extensions: Int?
  /// The message type, which ``ExtensionMap`` asks for; `nil` for a type that is known at run time only.
  let type: (any Message.Type)?
  /// The names and numbers that the `.proto` file reserves; `5-7` is a range.
  let reserved: [String]
  /// True for `google.protobuf.Any`.
  let isAny: Bool
  private let textualTable = LazyReference<TextualTable>()
  private let textNameIndex = LazyReference<FieldNameIndex>()

  /// Called by generated code.
  ///
  /// - Parameters:
  ///   - type: the message type.
  ///   - size: the size of the struct that stores the fields, which must be what the text comes to.
  ///   - text: the fields, as ``TableText`` reads them.
  ///   - messages: the message types that the text refers to by their place in this list.
  ///   - enums: the enums, likewise.
  ///   - oneofs: the oneofs, likewise.
  public init(
    of type: any Message.Type, size: Int, _ text: StaticString, messages: [any Message.Type] = [],
    enums: [any Enum.Type] = [], oneofs: [any Oneof.Type] = []
  ) {
    let text = TableText(text, messages: messages, enums: enums, oneofs: oneofs)
    precondition(text.size == size, "\(type) takes \(size) bytes, but its table describes \(text.size)")
    self.type = type
    name = type.protoMessageName
    fields = text.fields
    unknownFields = text.unknownFields
    extensions = text.extensions
    reserved = text.reserved
    isAny = Self.isAny(name, fields)
  }

  /// Describes messages of a type that is known at run time only.
  init(named name: String, unknownFields: Int, reserved: [String], _ fields: [FieldDescription]) {
    type = nil
    self.name = name
    self.fields = fields
    self.unknownFields = unknownFields
    extensions = nil
    self.reserved = reserved
    isAny = Self.isAny(name, fields)
  }

  /// True for `google.protobuf.Any`, if it has the fields that are expected of it.
  private static func isAny(_ name: String, _ fields: [FieldDescription]) -> Bool {
    name == "google.protobuf.Any" && fields.count == 2 && fields.allSatisfy { $0.shape == .implicit }
      && fields.map(\.number) == [1, 2] && fields.map(\.kind) == [.string, .bytes]
  }

  /// The table as the coders of JSON and of the text format use it; made when it is first used.
  var textual: TextualTable { textualTable.value { TextualTable(self) } }

  /// Finds fields by their names in the text format; made when it is first used.
  var textNames: FieldNameIndex { textNameIndex.value { makeTextNames() } }

  /// The field with this number.
  func field(number: Int32) -> FieldDescription? {
    let guess = Int(number) - 1  // most messages number their fields 1, 2, 3
    if fields.indices.contains(guess), fields[guess].number == number { return fields[guess] }
    var low = 0
    var high = fields.count
    while low < high {
      let middle = (low + high) / 2
      if fields[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < fields.count && fields[low].number == number ? fields[low] : nil
  }

  /// True when the message whose fields lie at `message` has unknown fields.
  func hasUnknownFields(in message: UnsafeRawPointer) -> Bool {
    !(message + unknownFields).assumingMemoryBound(to: UnknownStorage.self).pointee.isEmpty
  }

  /// The unknown fields of the message whose fields lie at `message`.
  func unknownFields(in message: UnsafeRawPointer) -> UnknownStorage {
    (message + unknownFields).assumingMemoryBound(to: UnknownStorage.self).pointee
  }

  /// Where the unknown fields of a message lie.
  func unknownFields(in message: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UnknownStorage> {
    (message + unknownFields).assumingMemoryBound(to: UnknownStorage.self)
  }

  /// The extensions of the message whose fields lie at `message`.
  func extensions(in message: UnsafeRawPointer) -> ExtensionFieldValueSet? {
    extensions.map { (message + $0).assumingMemoryBound(to: ExtensionFieldValueSet.self).pointee }
  }

  /// Where the extensions of a message lie.
  func extensions(in message: UnsafeMutableRawPointer) -> UnsafeMutablePointer<ExtensionFieldValueSet>? {
    extensions.map { (message + $0).assumingMemoryBound(to: ExtensionFieldValueSet.self) }
  }

  /// True when two messages of this type have equal fields, unknown fields and extensions.
  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    for field in fields where !field.isRepeatedOneofMember {
      if !field.isEqual(left + field.offset, right + field.offset) { return false }
    }
    return unknownFields(in: left) == unknownFields(in: right) && extensions(in: left) == extensions(in: right)
  }

  /// Hashes the fields that are set.
  func hash(_ message: UnsafeRawPointer, into hasher: inout Hasher) {
    for field in fields where !field.isRepeatedOneofMember {
      let address = message + field.offset
      guard field.oneof?.isSet(address) ?? field.isSet(address) else { continue }
      hasher.combine(field.number)
      field.hash(address, into: &hasher)
    }
    let unknown = unknownFields(in: message)
    if !unknown.isEmpty { hasher.combine(unknown) }
    if let extensions = extensions(in: message), !extensions.isEmpty { hasher.combine(extensions) }
  }
}
