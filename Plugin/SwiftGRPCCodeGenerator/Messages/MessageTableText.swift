import SwiftGRPCProtobuf

/// The text from which the runtime makes a message's table, and the types that it refers to.
///
/// A line is a stored property, in the order of storage, or a member of a oneof: number, name, type, as the runtime's
/// `TableText` describes them.
struct MessageTableText {
  private(set) var lines: [String] = []
  private(set) var messages: [String] = []
  private(set) var enums: [String] = []
  private(set) var oneofs: [String] = []
  private let context: FileContext

  init(_ message: MessageDescriptor, fields: [FieldGenerator], isBoxed: Bool, context: FileContext) {
    self.context = context
    let realOneofs = message.realOneofs
    oneofs = realOneofs.map { context.namer.name(of: $0) + ".self" }
    let stored = fields.filter { $0.field.realOneof == nil }
    if isBoxed {
      for field in stored { add(field) }
      for index in realOneofs.indices { lines.append("oneof \(index)") }
    } else {
      for field in fields {
        if let oneof = realOneofs.firstIndex(where: { $0.fields.first == field.field }) {
          lines.append("oneof \(oneof)")
        } else if field.field.realOneof == nil, !field.hasHiddenStorage {
          add(field)
        }
      }
    }
    lines.append("unknown")
    if message.isExtensible { lines.append("extensions") }
    if !isBoxed {
      for field in stored where field.hasHiddenStorage { add(field) }
    }
    // Names in quotes may be anything; only words can be the names of fields.
    let names = message.reservedNames.filter { !$0.isEmpty && !$0.contains(where: \.isWhitespace) }
    let reserved = names + message.reservedRanges.map(\.inWords)
    if !reserved.isEmpty { lines.append("reserved " + reserved.joined(separator: " ")) }
    for (index, oneof) in realOneofs.enumerated() {
      for member in oneof.fields {
        fields.first { $0.field == member }.map { add($0, suffix: " |\(index)") }
      }
    }
  }

  private mutating func add(_ generator: FieldGenerator, suffix: String = "") {
    let field = generator.field
    var line = "\(field.number) \(field.textFormatName) "
    if let entry = field.mapEntry {
      line += "map \(typeWord(entry.key)) \(typeWord(entry.value))"
    } else {
      line += typeWord(field) + shape(of: field)
    }
    line += suffix
    if field.jsonName != FieldDescriptor.defaultJSONName(of: field.textFormatName) {
      line += " json=" + field.jsonName.escapedForLine
    }
    lines.append(line)
  }

  private mutating func typeWord(_ field: FieldDescriptor) -> String {
    let type = context.namer.elementTypeExpression(of: field) + ".self"
    switch field.type {
    case .message: return "message\(Self.place(of: type, in: &messages))"
    case .group: return "group\(Self.place(of: type, in: &messages))"
    case .enum: return "enum\(Self.place(of: type, in: &enums))"
    default: return "\(field.type)"
    }
  }

  private func shape(of field: FieldDescriptor) -> String {
    if field.realOneof != nil { return "" }
    if field.isRepeated { return field.isPacked ? "[,]" : "[]" }
    if field.isRequired { return "!" }
    return field.hasPresence ? "?" : ""
  }

  private static func place(of type: String, in list: inout [String]) -> Int {
    if let index = list.firstIndex(of: type) { return index }
    list.append(type)
    return list.count - 1
  }

  /// The arguments behind the text.
  var lists: [String] {
    [("messages", messages), ("enums", enums), ("oneofs", oneofs)].compactMap { label, types in
      guard !types.isEmpty else { return nil }
      let list = types.joined(separator: ", ")
      return list.utf8.count < 84 ? "\(label): [\(list)]" : "\(label): [\n  \(types.joined(separator: ",\n  ")),\n]"
    }
  }
}

extension FieldDescriptor {
  /// The name in text format: a group goes by the name of its message.
  var textFormatName: String { isGroupLike ? messageType?.name ?? name : name }
}

extension Range<Int32> {
  /// The numbers with both bounds, `5-7`, or the only one.
  fileprivate var inWords: String { count == 1 ? "\(lowerBound)" : "\(lowerBound)-\(upperBound - 1)" }
}

extension String {
  /// The text with `%XX` in place of percent signs and bytes that would end a line.
  fileprivate var escapedForLine: String {
    var bytes: [UInt8] = []
    for byte in utf8 {
      if byte < 0x20 || byte == UInt8(ascii: "%") {
        bytes += "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
