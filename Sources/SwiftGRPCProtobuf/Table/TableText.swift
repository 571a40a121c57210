/// Reads the text in which generated code describes a message's fields, when its table is first used.
///
/// A text costs a program nothing until then, and far less than code that makes the descriptions. Each line is a stored
/// property, in the order of storage, or a member of a oneof:
///
/// ```
/// 1 id int32                  a number, a name and a type: stored as it is, set when it is not the default
/// 2 title string?             optional
/// 3 shelf message0!           required; message 0 of the list that comes with the text
/// 4 tags enum0[]              repeated
/// 8 sizes int32[,]            repeated and packed
/// 5 notes map string message1
/// 6 text string |0            a member of oneof 0
/// 7 odd_name group2? json=odd the JSON name, where it is not the default one; %XX stands for bytes that end lines
/// oneof 0                     where the oneof is stored
/// unknown                     where the unknown fields are stored
/// extensions                  where the extensions are stored
/// reserved old_title 9 12-15  names and numbers that no field may have
/// ```
struct TableText {
  private(set) var fields: [FieldDescription] = []
  private(set) var unknownFields = 0
  private(set) var extensions: Int?
  private(set) var reserved: [String] = []
  /// The size of the struct that stores all of this.
  private(set) var size = 0

  private let messages: [any Message.Type]
  private let enums: [any Enum.Type]
  private let oneofs: [any OneofAccess]
  private var oneofOffsets: [Int]
  private var members: [(oneof: Int, FieldDescription)] = []

  init(
    _ text: StaticString, messages: [any Message.Type], enums: [any Enum.Type], oneofs: [any Oneof.Type]
  ) {
    self.messages = messages
    self.enums = enums
    self.oneofs = oneofs.map { $0._access }
    oneofOffsets = Array(repeating: 0, count: oneofs.count)
    text.withUTF8Buffer { text in
      var words = Words(rest: text[...])
      while let word = words.next() { read(word, &words) }
    }
    var seen = Set<Int>()
    for (oneof, member) in members.sorted(by: { $0.1.number < $1.1.number }) {
      fields.append(
        FieldDescription(
          member.number, member.name, member.jsonName, oneofOffsets[oneof], member.kind, .oneof,
          FieldContent(member.content), oneof: self.oneofs[oneof], isRepeatedOneofMember: !seen.insert(oneof).inserted))
    }
    fields.sort { $0.number < $1.number }
  }

  private mutating func read(_ first: String, _ words: inout Words) {
    switch first {
    case "unknown": unknownFields = place(MemoryLayout<UnknownStorage>.self)
    case "extensions": extensions = place(MemoryLayout<ExtensionFieldValueSet>.self)
    case "oneof":
      let index = words.nextNumber()
      oneofOffsets[index] = place(oneofs[index].layout)
    case "reserved": reserved = words.restOfLine()
    default: readField(Int32(first) ?? 0, &words)
    }
  }

  private mutating func readField(_ number: Int32, _ words: inout Words) {
    let name = words.next() ?? ""
    let type = FieldTypeWord(words.next() ?? "")
    var content = FieldContent.scalar
    var shape = type.shape
    var kind = type.kind
    if type.isMap {
      let key = FieldTypeWord(words.next() ?? "")
      let value = FieldTypeWord(words.next() ?? "")
      content = FieldContent(.map(GeneratedMaps.access(key: key.kind, valueType(value))))
      shape = .map
      kind = .message
    } else if type.kind == .enum {
      content = enums[type.index]._content
    } else if type.kind == .message || type.kind == .group {
      content = messages[type.index]._content
    }
    let oneof = words.nextOneof()
    let description = FieldDescription(
      number, name, words.nextJSONName(), 0, kind, oneof == nil ? shape : .oneof, content,
      isPacked: type.isPacked)
    if let oneof {
      members.append((oneof, description))
    } else {
      fields.append(description.at(place(description.layout)))
    }
  }

  private func valueType(_ value: FieldTypeWord) -> any FieldType.Type {
    switch value.kind {
    case .enum: enums[value.index]._fieldType
    case .message, .group: messages[value.index]._fieldType
    default: value.kind.scalarType
    }
  }

  /// Where the next stored property lies: Swift puts each behind the one before it, at its alignment.
  private mutating func place(_ layout: (size: Int, alignment: Int)) -> Int {
    let offset = (size + layout.alignment - 1) / layout.alignment * layout.alignment
    size = offset + layout.size
    return offset
  }

  private mutating func place<T>(_ layout: MemoryLayout<T>.Type) -> Int { place((layout.size, layout.alignment)) }
}

/// The words of a text, between blanks and line feeds.
private struct Words {
  var rest: UnsafeBufferPointer<UInt8>.SubSequence

  mutating func next() -> String? {
    guard let start = rest.firstIndex(where: { $0 > UInt8(ascii: " ") }) else { return nil }
    rest = rest[start...]
    let end = rest.firstIndex { $0 <= UInt8(ascii: " ") } ?? rest.endIndex
    defer { rest = rest[end...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  mutating func nextNumber() -> Int { next().flatMap { Int($0) } ?? 0 }

  mutating func restOfLine() -> [String] {
    let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
    defer { rest = rest[end...] }
    return rest[..<end].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Reads `|0` if it is next on the line.
  mutating func nextOneof() -> Int? {
    guard rest.starts(with: " |".utf8) else { return nil }
    return next().flatMap { Int($0.dropFirst()) }
  }

  /// Reads `json=` and the name up to the end of the line, if it is next.
  mutating func nextJSONName() -> String? {
    let label = " json=".utf8
    guard rest.starts(with: label) else { return nil }
    let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
    defer { rest = rest[end...] }
    var name: [UInt8] = []
    var bytes = rest[..<end].dropFirst(label.count)
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        name.append(byte)
        continue
      }
      name.append(UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16) ?? byte)
      bytes = bytes.dropFirst(2)
    }
    return String(decoding: name, as: UTF8.self)
  }
}

/// A type as the text writes it: `int32?`, `bool[,]`, `message3[]`, `map`.
private struct FieldTypeWord {
  let kind: FieldKind
  let shape: FieldDescription.Shape
  /// The place in the list of messages or enums.
  let index: Int
  let isMap: Bool
  let isPacked: Bool

  init(_ word: String) {
    var name = word[...]
    isPacked = word.hasSuffix("[,]")
    switch name.last {
    case "?": shape = .optional
    case "!": shape = .required
    case "]": shape = .repeated
    default: shape = .implicit
    }
    while let last = name.last, "?![,]".contains(last) { name.removeLast() }
    isMap = name == "map"
    if let kind = FieldKind.scalarNames[String(name)] {
      self.kind = kind
      index = 0
      return
    }
    let digits = name.reversed().prefix { $0.isNumber }.reversed()
    index = Int(String(digits)) ?? 0
    switch name.dropLast(digits.count) {
    case "enum": kind = .enum
    case "group": kind = .group
    default: kind = .message
    }
  }
}

extension FieldKind {
  /// The names of the types in `.proto` files.
  static let scalarNames: [String: FieldKind] = [
    "double": .double, "float": .float, "int64": .int64, "uint64": .uint64, "int32": .int32, "fixed64": .fixed64,
    "fixed32": .fixed32, "bool": .bool, "string": .string, "bytes": .bytes, "uint32": .uint32,
    "sfixed32": .sfixed32, "sfixed64": .sfixed64, "sint32": .sint32, "sint64": .sint64,
  ]

  /// The coder of a number, string or bytes.
  var scalarType: any ScalarFieldType.Type {
    switch self {
    case .double: ProtobufDouble.self
    case .float: ProtobufFloat.self
    case .int64: ProtobufInt64.self
    case .uint64: ProtobufUInt64.self
    case .int32: ProtobufInt32.self
    case .fixed64: ProtobufFixed64.self
    case .fixed32: ProtobufFixed32.self
    case .bool: ProtobufBool.self
    case .string: ProtobufString.self
    case .bytes: ProtobufBytes.self
    case .uint32: ProtobufUInt32.self
    case .sfixed32: ProtobufSFixed32.self
    case .sfixed64: ProtobufSFixed64.self
    case .sint32: ProtobufSInt32.self
    case .sint64: ProtobufSInt64.self
    case .enum, .message, .group: preconditionFailure("\(self) is no scalar")
    }
  }
}

/// Makes the access to a map from the types of its keys and values.
enum GeneratedMaps {
  static func access(key: FieldKind, _ value: any FieldType.Type) -> any MapAccess {
    func open<V: FieldType>(_ value: V.Type) -> any MapAccess {
      switch key {
      case .int64: GeneratedMap<ProtobufInt64, V>()
      case .uint64: GeneratedMap<ProtobufUInt64, V>()
      case .int32: GeneratedMap<ProtobufInt32, V>()
      case .fixed64: GeneratedMap<ProtobufFixed64, V>()
      case .fixed32: GeneratedMap<ProtobufFixed32, V>()
      case .bool: GeneratedMap<ProtobufBool, V>()
      case .string: GeneratedMap<ProtobufString, V>()
      case .uint32: GeneratedMap<ProtobufUInt32, V>()
      case .sfixed32: GeneratedMap<ProtobufSFixed32, V>()
      case .sfixed64: GeneratedMap<ProtobufSFixed64, V>()
      case .sint32: GeneratedMap<ProtobufSInt32, V>()
      case .sint64: GeneratedMap<ProtobufSInt64, V>()
      case .double, .float, .group, .message, .bytes, .enum: preconditionFailure("a map with keys of type \(key)")
      }
    }
    return open(value)
  }
}

extension Oneof {
  fileprivate static var _access: any OneofAccess { GeneratedOneof<Self>() }
}

extension Message {
  fileprivate static var _content: FieldContent { .message(Self.self) }
  fileprivate static var _fieldType: any FieldType.Type { ProtobufMessage<Self>.self }
}

extension Enum {
  fileprivate static var _content: FieldContent { .enumeration(Self.self) }
  fileprivate static var _fieldType: any FieldType.Type { ProtobufEnum<Self>.self }
}
