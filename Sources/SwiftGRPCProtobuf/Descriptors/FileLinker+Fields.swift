/// How one field is linked.
extension FileLinker {
  /// A field of the message at `position`.
  func makeField(
    _ proto: Google_Protobuf_FieldDescriptorProto, index: Int, in message: FileContent.MessageContent, at position: Int
  ) throws(DescriptorError) -> FileContent.FieldContent {
    let fullName = "\(message.fullName).\(proto.name)"
    if proto.hasExtendee { throw error("field \(fullName)", "extends a message, but is not among the extensions") }
    var oneof: Int?
    if proto.hasOneofIndex {
      let count = message.oneofs.count
      guard 0..<count ~= Int(proto.oneofIndex), proto.label != .repeated, proto.label != .required else {
        throw error("field \(fullName)", "is in oneof \(proto.oneofIndex), which is missing or cannot have it")
      }
      oneof = message.oneofs.lowerBound + Int(proto.oneofIndex)
    }
    return try makeField(
      proto, fullName: fullName, index: index, message: .init(file: nil, index: position), scope: nil, oneof: oneof,
      parentFeatures: oneof.map { oneofs[$0].features } ?? message.features,
      isInMapEntry: message.proto.options.mapEntry)
  }

  /// An extension field that the message at `scope`, or the file, declares.
  func makeExtension(
    _ proto: Google_Protobuf_FieldDescriptorProto, fullName: String, index: Int, scope: Int?
  ) throws(DescriptorError) -> FileContent.FieldContent {
    let element = "extension \(fullName)"
    let extendee = try message(proto.extendee, neededBy: element)
    let extended = extendee.file?.messages[extendee.index] ?? messages[extendee.index]
    guard extended.leavesToExtensions(proto.number) else {
      throw error(element, "has the number \(proto.number), which \(extended.fullName) does not leave to extensions")
    }
    guard !proto.hasOneofIndex else { throw error(element, "is in a oneof, where extensions cannot be") }
    return try makeField(
      proto, fullName: fullName, index: index, message: extendee, scope: scope, oneof: nil,
      parentFeatures: parentFeatures(scope), isInMapEntry: false)
  }

  private func makeField(
    _ proto: Google_Protobuf_FieldDescriptorProto, fullName: String, index: Int, message: TypeReference, scope: Int?,
    oneof: Int?, parentFeatures: Features, isInMapEntry: Bool
  ) throws(DescriptorError) -> FileContent.FieldContent {
    let element = (proto.hasExtendee ? "extension " : "field ") + fullName
    // Extensions of message sets may have larger numbers; their ranges have been checked.
    guard proto.name.isProtoIdentifier, proto.hasExtendee || 1...Self.largestNumber ~= proto.number else {
      throw error(element, "has no valid name or number")
    }
    let (type, messageType, enumType) = try resolveType(of: proto, element: element)
    let isMapEntry = messageType.map { self.isMapEntry($0) } ?? false
    if isMapEntry {
      let entry = messageType?.file == nil ? messageType.map { messages[$0.index] } : nil
      guard proto.label == .repeated, !proto.hasExtendee, entry?.parent == message.index else {
        throw error(element, "has the type of the entries of another field, which is a map")
      }
    }

    var features = try resolve(
      parentFeatures, proto.options.hasFeatures ? proto.options.features : nil, of: element)
    if edition < .edition2023 { features.translateKeywords(of: proto) }
    let isDelimited =
      type == .message && !isMapEntry && !isInMapEntry && features.messageEncoding == .delimited
    return FileContent.FieldContent(
      proto: proto,
      fullName: fullName,
      jsonName: proto.hasJsonName ? proto.jsonName : ProtoDescriptor.Field.defaultJSONName(of: proto.name),
      type: isDelimited ? .group : type,
      features: features,
      message: message,
      scope: scope,
      index: index,
      oneof: oneof,
      messageType: messageType,
      enumType: enumType,
      explicitDefault: try explicitDefault(of: proto, type: type, enumType: enumType, element: element))
  }

  /// Spec: protobuf language, "Assigning Field Numbers".
  private static let largestNumber: Int32 = 536_870_911

  private func resolveType(
    of proto: Google_Protobuf_FieldDescriptorProto, element: String
  ) throws(DescriptorError) -> (ProtoDescriptor.FieldType, TypeReference?, TypeReference?) {
    // A name says by itself whether it stands for a message or an enum: descriptor.proto, `type_name`.
    let name = proto.typeName
    var stated = proto.hasType ? ProtoDescriptor.FieldType(rawValue: proto.type.rawValue) : nil
    if !proto.hasType, !name.isEmpty {
      if case (_, .enum)? = find(name) { stated = .enum } else { stated = .message }
    }
    switch stated {
    case .message?: return (.message, try message(name, neededBy: element), nil)
    case .group?: return (.group, try message(name, neededBy: element), nil)
    case .enum?: return (.enum, nil, try `enum`(name, neededBy: element))
    case let scalar?: return (scalar, nil, nil)
    case nil: throw error(element, "has no valid type")
    }
  }

  private func isMapEntry(_ type: TypeReference) -> Bool {
    (type.file?.messages[type.index] ?? messages[type.index]).proto.options.mapEntry
  }

  private func explicitDefault(
    of proto: Google_Protobuf_FieldDescriptorProto, type: ProtoDescriptor.FieldType, enumType: TypeReference?,
    element: String
  ) throws(DescriptorError) -> FileContent.ExplicitDefault? {
    guard proto.hasDefaultValue else { return nil }
    var result: FileContent.ExplicitDefault?
    if let enumType {
      let content = enumType.file?.enums[enumType.index] ?? enums[enumType.index]
      result = content.valuesByName[proto.defaultValue].map { .enumValue($0) }
    } else if proto.label != .repeated {
      result = ProtoDescriptor.DefaultValue(proto.defaultValue, type: type).map { .scalar($0) }
    }
    guard let result else {
      throw error(element, "has the default \"\(proto.defaultValue)\", which does not fit its type")
    }
    return result
  }

  /// Spec: protobuf language, "Maps", "Backwards compatibility".
  func checkMapEntry(_ entry: FileContent.MessageContent) throws(DescriptorError) {
    let members = fields[entry.fields]
    guard members.map(\.proto.number) == [1, 2], members.allSatisfy({ $0.proto.label != .repeated }),
      entry.proto.oneofDecl.isEmpty, let key = members.first, key.type.canBeMapKey
    else {
      throw error("map entry \(entry.fullName)", "has no valid key and value")
    }
  }
}
