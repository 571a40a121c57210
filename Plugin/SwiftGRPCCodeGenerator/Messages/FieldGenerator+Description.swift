/// The entry of one field in the message's table.
extension FieldGenerator {
  /// The expression that makes the `FieldDescription`. `fields` is the type in which the field is stored.
  func description(in fields: String) -> String {
    var arguments = ["\(field.number)", "\"\(field.textFormatName)\""]
    if field.jsonName != FieldDescriptor.defaultJSONName(of: field.textFormatName) {
      arguments.append("json: \(field.jsonName.swiftLiteral)")
    }
    let stored =
      field.realOneof.map { OneofGenerator(oneof: $0, context: context, isBoxed: isBoxed).storageName } ?? storageName
    arguments.append("at: MemoryLayout<\(fields)>.offset(of: \\.\(stored))")
    if let entry = field.mapEntry {
      let traits = [entry.key, entry.value].map {
        Self.traits(of: $0, elementType: context.namer.elementType(of: $0), context: context)
      }
      arguments += ["map: \(traits[0]).self", "\(traits[1]).self"]
    } else {
      arguments.append(field.type.isScalar ? ".\(field.type)" : "\(elementType).self")
      arguments.append(".\(shape)")
      if field.isGroup { arguments.append("isGroup: true") }
    }
    let description = "\(context.coder("FieldDescription"))(\(arguments.joined(separator: ", ")))"
    guard let oneof = field.realOneof else { return description }
    let first = oneof.message.fieldsByNumber.first { $0.realOneof === oneof } === field ? ", first: true" : ""
    return
      "\(context.coder("FieldDescription"))(\n"
      + "  oneof: \(context.namer.name(of: oneof)).self\(first), \(description))"
  }

  private var shape: String {
    if field.realOneof != nil { return "oneof" }
    if field.isRepeated { return "repeated" }
    if field.isRequired { return "required" }
    return field.hasPresence ? "optional" : "implicit"
  }
}

extension FieldDescriptor {
  /// The name in text format: a group goes by the name of its message.
  var textFormatName: String { isGroupLike ? messageType?.name ?? name : name }
}

extension FieldType {
  fileprivate var isScalar: Bool { scalarSwiftType != nil }
}
