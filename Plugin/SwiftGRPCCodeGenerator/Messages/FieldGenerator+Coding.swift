import SwiftGRPCProtobuf

/// The binary format of one field: cases of the decoder's switch, and the statement that encodes it.
extension FieldGenerator {
  private var number: Int32 { field.number }
  private var value: String { "message.pointee.\(storageName)" }
  private var pointer: String { "&message.pointee.\(storageName)" }
  private func coder(_ name: String) -> String { context.coder(name) }

  /// The tag as protobuf writes it: number and wire type.
  func tag(wireType: Int? = nil) -> UInt32 { UInt32(number) << 3 | UInt32(wireType ?? field.type.wireType) }

  /// The runtime's type for the field's values, such as `ProtobufInt32`.
  var traits: String { Self.traits(of: field, elementType: elementType, context: context) }

  static func traits(of field: FieldDescriptor, elementType: String, context: FileContext) -> String {
    switch field.type {
    case .message: context.coder("ProtobufMessage") + "<\(elementType)>"
    case .group: context.coder("ProtobufGroup") + "<\(elementType)>"
    case .enum: context.coder("ProtobufEnum") + "<\(elementType)>"
    default: context.coder("Protobuf" + field.type.traitsName)
    }
  }

  private var mapTraits: String? {
    field.mapEntry.map { entry in
      [entry.key, entry.value].map {
        Self.traits(of: $0, elementType: context.namer.elementType(of: $0), context: context)
      }.joined(separator: ".self, ") + ".self"
    }
  }

  private var isClosedEnum: Bool { field.enumType?.isClosed == true }

  // MARK: Decoding

  /// Prints the `case`s that read the field. Each is one call that does all, since there are many of them.
  func printDecoding(to printer: inout CodePrinter) {
    if let oneof = field.realOneof {
      printOneofDecoding(oneof, to: &printer)
      return
    }
    let target = "&self.\(storageName)"
    if let mapTraits {
      printer.print("case \(tag()):")
      printer.indented {
        $0.print("p = \(coder("FieldReader")).mapEntry(")
        $0.print("  \(mapTraits), into: \(target), number: \(number), p, end, &context, &self.unknownFields)")
      }
      return
    }
    let label = field.isRepeated ? "appendingTo" : field.hasPresence ? "intoOptional" : "into"
    printer.print("case \(tag()): \(read(into: target, label: label))")
    guard field.isRepeated, field.type.isPackable else { return }
    let read =
      isClosedEnum
      ? "\(coder("FieldReader")).packedClosedEnum(\n"
        + "  appendingTo: \(target), number: \(number), p, end, &context, &self.unknownFields)"
      : "\(traits).readPacked(appendingTo: \(target), p, end, &context)"
    printer.print("case \(tag(wireType: 2)): p = \(read)")
  }

  /// The statement that reads one value.
  private func read(into target: String, label: String) -> String {
    let reader = coder("FieldReader")
    // The fields of a list mostly lie one behind the other; with their tag they are read in one call.
    let isLengthDelimitedList = field.isRepeated && !field.type.isPackable
    let tag = isLengthDelimitedList ? "tag: tag, " : ""
    switch field.type {
    case .message: return "p = \(reader).message(\(label): \(target), \(tag)p, end, &context)"
    case .group: return "p = \(reader).group(\(label): \(target), number: \(number), p, end, &context)"
    case .enum where isClosedEnum:
      return "p = \(reader).closedEnum(\n"
        + "  \(label): \(target), number: \(number), p, end, &context, &self.unknownFields)"
    default: return "p = \(traits).read(\(label): \(target), \(tag)p, end, &context)"
    }
  }

  private func printOneofDecoding(_ oneof: OneofDescriptor, to printer: inout CodePrinter) {
    let target = "self.\(OneofGenerator(oneof: oneof, context: context, isBoxed: isBoxed).storageName)"
    let caseName = context.namer.dottedCaseName(of: field)
    printer.print("case \(tag()):")
    printer.indented { printer in
      printer.print("var value: \(elementType)?")
      if field.isMessageOrGroup {
        printer.block("if case \(caseName)(let current)? = \(target)") { printer in
          printer.print("value = current")
          printer.print("\(target) = nil")
        }
      }
      printer.print(read(into: "&value", label: "intoOptional"))
      printer.print("if let value { \(target) = \(caseName)(value) }")
    }
  }

  // MARK: Encoding

  /// Prints the statement that writes the field. Not for members of a oneof.
  func printEncoding(to printer: inout CodePrinter) {
    let writer = coder("FieldWriter")
    if let mapTraits {
      printer.block("if !\(value).isEmpty") {
        $0.print("p = \(writer).map(\(mapTraits), \(pointer), tag: \(tag()), before: p, &context)")
      }
    } else if field.isMessageOrGroup {
      let coder = (field.isGroup ? "group" : "message") + (field.isRepeated ? "s" : "")
      printer.print("p = \(writer).\(coder)(\(pointer), tag: \(tag()), before: p, &context)")
    } else if field.isRepeated {
      let coder = field.isPacked ? "packed" : "repeated"
      let tag = field.isPacked ? self.tag(wireType: 2) : tag()
      printer.block("if !\(value).isEmpty") {
        $0.print("p = \(writer).\(coder)(\(traits).self, \(pointer), tag: \(tag), before: p, &context)")
      }
    } else {
      let argument = encodedBytes == nil ? pointer : value
      printer.print("p = \(write(field.hasPresence ? "ifSet: \(argument)" : argument))")
    }
  }

  /// The expression that writes the field as a member of a oneof that has it as `value`.
  var oneofEncoding: String {
    if encodedBytes != nil { return write("set: value") }
    let call =
      field.isMessageOrGroup
      ? "\(coder("FieldWriter")).\(field.isGroup ? "group" : "message")($0, tag: \(tag()), before: p, &context)"
      : write("set: $0")
    return "Swift.withUnsafePointer(to: value) { \(call) }"
  }

  /// The expression that writes a number, a string or bytes.
  private func write(_ value: String) -> String {
    "\(traits).write(\(value), tag: \(tag()), before: p\(encodedBytes == nil ? ", &context" : ""))"
  }

  /// The most bytes that the field takes of the room that there is, tag included; `nil` when it asks for its own.
  ///
  /// A varint of many bytes is written as a word, in front of the bytes that it leaves as they are.
  var encodedBytes: Int? {
    if field.isRepeated { return nil }
    let tagBytes = tag() < 1 << 14 ? 2 : 8
    switch field.type {
    case .message, .group, .string, .bytes: return nil
    case .double, .fixed64, .sfixed64: return tagBytes + 8
    case .float, .fixed32, .sfixed32: return tagBytes + 4
    case .bool: return tagBytes + 1
    default: return tagBytes + 10
    }
  }
}

extension FieldType {
  /// What the runtime calls the type, after `Protobuf`.
  var traitsName: String {
    switch self {
    case .double: "Double"
    case .float: "Float"
    case .int64: "Int64"
    case .uint64: "UInt64"
    case .int32: "Int32"
    case .fixed64: "Fixed64"
    case .fixed32: "Fixed32"
    case .bool: "Bool"
    case .string: "String"
    case .group: "Group"
    case .message: "Message"
    case .bytes: "Bytes"
    case .uint32: "UInt32"
    case .enum: "Enum"
    case .sfixed32: "SFixed32"
    case .sfixed64: "SFixed64"
    case .sint32: "SInt32"
    case .sint64: "SInt64"
    }
  }
}
