import SwiftGRPCProtobuf

extension SwiftNamer {
  /// The type of one value of the field, whether it is repeated or not, as its message and its scope see it.
  func elementType(of field: FieldDescriptor) -> String {
    if let scalar = field.type.scalarSwiftType { return scalar }
    let name = field.enumType.map(fullName(of:)) ?? field.messageType.map(fullName(of:)) ?? ""
    if field.isMap { return name }  // an entry has no type in Swift
    let visible = visibleName(name, in: field.message)
    return field.extensionScope.map { visibleName(visible, in: $0) } ?? visible
  }

  /// The type of one value of the field, as an expression.
  func elementTypeExpression(of field: FieldDescriptor) -> String {
    expression(ofType: elementType(of: field), in: field.message)
  }

  /// The type of the field's property: the element type, an array or a dictionary.
  func type(of field: FieldDescriptor) -> String {
    if let entry = field.mapEntry { return "[\(elementType(of: entry.key)): \(elementType(of: entry.value))]" }
    let element = elementType(of: field)
    return field.isRepeated ? "[\(element)]" : element
  }

  /// The runtime's type that encodes and decodes values of the field: `SwiftGRPCProtobuf.ProtobufInt32`.
  func codingType(of field: FieldDescriptor) -> String {
    let name =
      switch field.type {
      case .double: "Double"
      case .float: "Float"
      case .int64: "Int64"
      case .uint64: "UInt64"
      case .int32: "Int32"
      case .fixed64: "Fixed64"
      case .fixed32: "Fixed32"
      case .bool: "Bool"
      case .string: "String"
      case .group: "Group<\(elementType(of: field))>"
      case .message: "Message<\(elementType(of: field))>"
      case .bytes: "Bytes"
      case .uint32: "UInt32"
      case .enum: "Enum<\(elementType(of: field))>"
      case .sfixed32: "SFixed32"
      case .sfixed64: "SFixed64"
      case .sint32: "SInt32"
      case .sint64: "SInt64"
      }
    return "\(runtimePrefix)Protobuf\(name)"
  }

  /// An expression for what the property is when the field is not set.
  func defaultValue(of field: FieldDescriptor) -> String {
    if field.isMap { return "[:]" }
    if field.isRepeated { return "[]" }
    if let explicit = field.explicitDefault { return expression(for: explicit) }
    switch field.type {
    case .bool: return "false"
    case .string: return "String()"
    case .bytes: return "Data()"
    case .message, .group: return elementTypeExpression(of: field) + "()"
    case .enum: return field.enumType.map { dottedName(of: $0.defaultValue) } ?? "0"
    default: return "0"
    }
  }

  private func expression(for value: ProtoDescriptor.DefaultValue) -> String {
    switch value {
    case .bool(let value): "\(value)"
    case .signed(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .float(let value): Self.literal(value, type: "Float")
    case .double(let value): Self.literal(value, type: "Double")
    case .string(let value): value.isEmpty ? "String()" : value.swiftLiteral
    case .bytes(let value):
      value.isEmpty ? "Data()" : "Data([\(value.map { "\($0)" }.joined(separator: ", "))])"
    case .enumValue(let value): dottedName(of: value)
    }
  }

  private static func literal<Value: BinaryFloatingPoint & LosslessStringConvertible>(
    _ value: Value, type: String
  ) -> String {
    if value.isNaN { return "\(type).nan" }
    if value.isInfinite { return value < 0 ? "-\(type).infinity" : "\(type).infinity" }
    return value.description
  }
}

extension String {
  /// The string as it stands between the quotes of a Swift literal.
  var escapedForSwift: String { String(swiftLiteral.dropFirst().dropLast()) }

  /// The string as a Swift literal.
  var swiftLiteral: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // Also what would reorder or break the line that it stands in.
      case _
      where scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.generalCategory == .format
        || scalar.properties.generalCategory == .lineSeparator
        || scalar.properties.generalCategory == .paragraphSeparator:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
