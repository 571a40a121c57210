import SwiftGRPCProtobuf

/// The binary format of one field: cases of the decoder's switch, and the statements of both encoding passes.
extension FieldGenerator {
  private var number: Int32 { field.number }
  private var value: String { "message.pointee.\(storageName)" }
  private var pointer: String { "&message.pointee.\(storageName)" }
  private func coder(_ name: String) -> String { context.coder(name) }

  /// The tag as protobuf writes it: number and wire type.
  func tag(wireType: Int? = nil) -> UInt32 { UInt32(number) << 3 | UInt32(wireType ?? field.type.wireType) }

  /// How many bytes the tag takes.
  var tagSize: Int {
    var size = 1
    var rest = tag() >> 7
    while rest > 0 {
      size += 1
      rest >>= 7
    }
    return size
  }

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
    switch field.type {
    case .message: return "p = \(reader).message(\(label): \(target), p, end, &context)"
    case .group: return "p = \(reader).group(\(label): \(target), number: \(number), p, end, &context)"
    case .enum where isClosedEnum:
      return "p = \(reader).closedEnum(\n"
        + "  \(label): \(target), number: \(number), p, end, &context, &self.unknownFields)"
    default: return "p = \(traits).read(\(label): \(target), p, end, &context)"
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

  /// Prints the statement that adds the field to `size`. Not for members of a oneof.
  func printSize(to printer: inout CodePrinter) {
    let sizer = coder("FieldSizer")
    if let mapTraits {
      printer.block("if !\(value).isEmpty") {
        $0.print("size += \(sizer).map(\(mapTraits), \(value), tagSize: \(tagSize), &sizes)")
      }
    } else if field.isMessageOrGroup {
      printer.print("size += \(sizer).\(messageCoder)(\(pointer), tagSize: \(tagSize), &sizes)")
    } else if field.isRepeated {
      let coder = field.isPacked ? "packed" : "repeated"
      printer.block("if !\(value).isEmpty") {
        $0.print("size += \(sizer).\(coder)(\(traits).self, \(value), tagSize: \(tagSize), &sizes)")
      }
    } else if let fixed = field.type.fixedSize {
      printer.print("if \(isSet(value)) { size += \(tagSize + fixed) }")
    } else if field.hasPresence {
      printer.print("if let value = \(value) { size += \(tagSize) + \(traits).size(value) }")
    } else {
      printer.print("if \(isSet(value)) { size += \(tagSize) + \(traits).size(\(value)) }")
    }
  }

  /// Prints the statement that writes the field. Not for members of a oneof.
  func printEncoding(to printer: inout CodePrinter) {
    let writer = coder("FieldWriter")
    let tagged = "\(coder("WireWriter")).tag(p, \(tag()))"
    if let mapTraits {
      printer.block("if !\(value).isEmpty") {
        $0.print("p = \(writer).map(\(mapTraits), \(value), tag: \(tag()), p, &sizes)")
      }
    } else if field.isMessageOrGroup {
      printer.print("p = \(writer).\(messageCoder)(\(pointer), tag: \(tag()), p, &sizes)")
    } else if field.isRepeated {
      let coder = field.isPacked ? "packed" : "repeated"
      let tag = field.isPacked ? self.tag(wireType: 2) : tag()
      printer.block("if !\(value).isEmpty") {
        $0.print("p = \(writer).\(coder)(\(traits).self, \(value), tag: \(tag), p, &sizes)")
      }
    } else if field.hasPresence {
      printer.print("if let value = \(value) { p = \(traits).encode(\(tagged), value) }")
    } else {
      printer.print("if \(isSet(value)) { p = \(traits).encode(\(tagged), \(value)) }")
    }
  }

  /// The size of the field as a member of a oneof that has it as `value`.
  var oneofSize: String {
    if field.type == .message {
      return "Swift.withUnsafePointer(to: value) { \(coder("FieldSizer")).message($0, tagSize: \(tagSize), &sizes) }"
    }
    if field.isGroup {
      return "Swift.withUnsafePointer(to: value) { \(coder("FieldSizer")).group($0, tagSize: \(tagSize), &sizes) }"
    }
    return field.type.fixedSize.map { "\(tagSize + $0)" } ?? "\(tagSize) + \(traits).size(value)"
  }

  /// The expression that writes the field as a member of a oneof that has it as `value`.
  var oneofEncoding: String {
    if field.isMessageOrGroup {
      let coder = "\(coder("FieldWriter")).\(field.isGroup ? "group" : "message")"
      return "Swift.withUnsafePointer(to: value) { \(coder)($0, tag: \(tag()), p, &sizes) }"
    }
    return "\(traits).encode(\(coder("WireWriter")).tag(p, \(tag())), value)"
  }

  /// Whether the members of a oneof carry a payload whose size depends on the value.
  var oneofSizeUsesValue: Bool { field.type.fixedSize == nil }

  private var messageCoder: String { (field.isGroup ? "group" : "message") + (field.isRepeated ? "s" : "") }

  /// The condition under which the field is written.
  private func isSet(_ value: String) -> String {
    if field.hasPresence { return "\(value) != nil" }
    switch field.type {
    case .string, .bytes: return "!\(value).isEmpty"
    case .bool: return value
    case .float, .double: return "\(value).bitPattern != 0"  // so that -0.0 is written
    case .enum: return "\(value).rawValue != 0"
    default: return "\(value) != 0"
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

  /// The bytes of a value, where all take as many.
  var fixedSize: Int? {
    switch self {
    case .double, .fixed64, .sfixed64: 8
    case .float, .fixed32, .sfixed32: 4
    case .bool: 1
    default: nil
    }
  }
}
