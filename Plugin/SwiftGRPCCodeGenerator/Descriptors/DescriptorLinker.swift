import SwiftGRPCProtobuf

/// The files of a request, linked.
struct LinkedFiles {
  /// All files, each after those that it imports.
  let files: [FileDescriptor]
  /// The files that code is wanted for, in the order of the request.
  let filesToGenerate: [FileDescriptor]

  /// - Throws: ``GenerationError`` when the request does not contain all that its files refer to, or contradicts
  ///   itself.
  init(_ request: Google_Protobuf_Compiler_CodeGeneratorRequest) throws(GenerationError) {
    let linker = DescriptorLinker()
    for proto in request.protoFile { try linker.add(proto) }
    linker.finish()
    files = linker.files
    var filesToGenerate: [FileDescriptor] = []
    for name in request.fileToGenerate {
      guard let file = linker.filesByName[name] else {
        throw GenerationError("file to generate \(name) is not among the files of the request")
      }
      filesToGenerate.append(file)
    }
    self.filesToGenerate = filesToGenerate
  }
}

/// Turns the flat descriptors of a request into linked ones, file by file in the order of their dependencies.
final class DescriptorLinker {
  private(set) var files: [FileDescriptor] = []
  private(set) var filesByName: [String: FileDescriptor] = [:]
  private var messagesByName: [String: MessageDescriptor] = [:]
  private var enumsByName: [String: EnumDescriptor] = [:]
  /// Every message, map entries included.
  private var allMessages: [MessageDescriptor] = []

  /// Adds a file whose imports have been added before, as protoc orders them.
  func add(_ proto: Google_Protobuf_FileDescriptorProto) throws(GenerationError) {
    guard filesByName[proto.name] == nil else {
      throw GenerationError("the request contains \(proto.name) more than once")
    }
    let file = FileDescriptor(proto: proto, edition: try edition(of: proto))
    for name in proto.dependency {
      guard let dependency = filesByName[name] else {
        throw GenerationError("\(proto.name) imports \(name), which the request does not contain before it")
      }
      file.dependencies.append(dependency)
    }
    for index in proto.publicDependency {
      guard file.dependencies.indices.contains(Int(index)) else {
        throw GenerationError("\(proto.name) has no import number \(index) to make public")
      }
      file.publicDependencies.append(file.dependencies[Int(index)])
    }
    try declare(file)
    try link(file)
    files.append(file)
    filesByName[proto.name] = file
  }

  /// Works out what depends on all files.
  func finish() {
    MessageContainment.resolve(allMessages)
  }

  private func edition(of proto: Google_Protobuf_FileDescriptorProto) throws(GenerationError) -> Edition {
    guard proto.syntax == "editions" || proto.hasEdition else {
      switch proto.syntax {
      case "", "proto2": return .proto2
      case "proto3": return .proto3
      default: throw GenerationError("\(proto.name) has syntax \"\(proto.syntax)\", which is not supported")
      }
    }
    guard let edition = Edition(rawValue: proto.edition.rawValue) else {
      // A number that descriptor.proto does not name is not in the field at all.
      let name = proto.hasEdition ? "edition number \(proto.edition.rawValue)" : "an unknown edition"
      throw GenerationError(
        "\(proto.name) has \(name); supported are \(Edition.supported.lowerBound) to \(Edition.supported.upperBound)")
    }
    return edition
  }

  // MARK: Declaring: types, so that fields of any file may refer to them

  private func declare(_ file: FileDescriptor) throws(GenerationError) {
    for (index, proto) in file.proto.messageType.enumerated() {
      let path = [DescriptorPath.fileMessage, Int32(index)]
      file.messages.append(try declareMessage(proto, scope: file.package, parent: nil, file: file, path: path))
    }
    for (index, proto) in file.proto.enumType.enumerated() {
      let path = [DescriptorPath.fileEnum, Int32(index)]
      file.enums.append(try declareEnum(proto, scope: file.package, parent: nil, file: file, path: path))
    }
  }

  private func declareMessage(
    _ proto: Google_Protobuf_DescriptorProto,
    scope: String,
    parent: MessageDescriptor?,
    file: FileDescriptor,
    path: [Int32]
  ) throws(GenerationError) -> MessageDescriptor {
    let fullName = scope.isEmpty ? proto.name : "\(scope).\(proto.name)"
    try checkDeclaration(proto.name, fullName: fullName, file: file)
    let message = MessageDescriptor(
      proto: proto,
      fullName: fullName,
      features: (parent?.features ?? file.features).overridden(by: proto.options.features),
      file: file,
      parent: parent,
      path: path
    )
    messagesByName[fullName] = message
    allMessages.append(message)
    for (index, nested) in proto.nestedType.enumerated() {
      let path = path + [DescriptorPath.messageMessage, Int32(index)]
      let child = try declareMessage(nested, scope: fullName, parent: message, file: file, path: path)
      if child.isMapEntry {
        message.mapEntries.append(child)
      } else {
        message.messages.append(child)
      }
    }
    for (index, nested) in proto.enumType.enumerated() {
      let path = path + [DescriptorPath.messageEnum, Int32(index)]
      message.enums.append(try declareEnum(nested, scope: fullName, parent: message, file: file, path: path))
    }
    return message
  }

  private func declareEnum(
    _ proto: Google_Protobuf_EnumDescriptorProto,
    scope: String,
    parent: MessageDescriptor?,
    file: FileDescriptor,
    path: [Int32]
  ) throws(GenerationError) -> EnumDescriptor {
    let fullName = scope.isEmpty ? proto.name : "\(scope).\(proto.name)"
    try checkDeclaration(proto.name, fullName: fullName, file: file)
    guard !proto.value.isEmpty else {
      throw GenerationError("enum \(fullName) in \(file.name) has no values")
    }
    let result = EnumDescriptor(
      proto: proto,
      fullName: fullName,
      features: (parent?.features ?? file.features).overridden(by: proto.options.features),
      file: file,
      parent: parent,
      path: path
    )
    var firstByNumber: [Int32: EnumValueDescriptor] = [:]
    for (index, valueProto) in proto.value.enumerated() {
      let value = EnumValueDescriptor(
        proto: valueProto, enumType: result, index: index, original: firstByNumber[valueProto.number])
      if value.original == nil { firstByNumber[valueProto.number] = value }
      result.values.append(value)
    }
    enumsByName[fullName] = result
    return result
  }

  private func checkDeclaration(_ name: String, fullName: String, file: FileDescriptor) throws(GenerationError) {
    guard name.isProtoIdentifier else {
      throw GenerationError("\(file.name) declares \"\(fullName)\", which is not a valid name")
    }
    guard messagesByName[fullName] == nil, enumsByName[fullName] == nil else {
      throw GenerationError("\(file.name) declares \(fullName), which the request declares elsewhere, too")
    }
  }

  // MARK: Linking: fields, oneofs, extensions and methods, whose types are all declared

  private func link(_ file: FileDescriptor) throws(GenerationError) {
    for message in file.messages { try link(message) }
    for (index, proto) in file.proto.extension.enumerated() {
      let path = [DescriptorPath.fileExtension, Int32(index)]
      file.extensions.append(try makeExtension(proto, scope: nil, file: file, path: path))
    }
    for (index, proto) in file.proto.service.enumerated() {
      file.services.append(try makeService(proto, file: file, path: [DescriptorPath.fileService, Int32(index)]))
    }
  }

  private func link(_ message: MessageDescriptor) throws(GenerationError) {
    for (index, proto) in message.proto.oneofDecl.enumerated() {
      message.oneofs.append(
        OneofDescriptor(
          proto: proto,
          features: message.features.overridden(by: proto.options.features),
          message: message,
          path: message.path + [DescriptorPath.messageOneof, Int32(index)]
        ))
    }
    for (index, proto) in message.proto.field.enumerated() {
      let path = message.path + [DescriptorPath.messageField, Int32(index)]
      message.fields.append(try makeField(proto, message: message, scope: nil, file: message.file, path: path))
    }
    for oneof in message.oneofs where oneof.fields.isEmpty {
      throw GenerationError("oneof \(oneof.fullName) in \(message.file.name) has no fields")
    }
    if message.isMapEntry {
      guard message.fields.map(\.number) == [1, 2] else {
        throw GenerationError("map entry \(message.fullName) in \(message.file.name) has no key and value")
      }
    }
    for (index, proto) in message.proto.extension.enumerated() {
      let path = message.path + [DescriptorPath.messageExtension, Int32(index)]
      message.extensions.append(try makeExtension(proto, scope: message, file: message.file, path: path))
    }
    for nested in message.mapEntries { try link(nested) }
    for nested in message.messages { try link(nested) }
  }

  private func makeExtension(
    _ proto: Google_Protobuf_FieldDescriptorProto,
    scope: MessageDescriptor?,
    file: FileDescriptor,
    path: [Int32]
  ) throws(GenerationError) -> FieldDescriptor {
    let extended = try message(proto.extendee, neededBy: "extension \(proto.name)", in: file)
    return try makeField(proto, message: extended, scope: scope, file: file, path: path)
  }

  private func makeField(
    _ proto: Google_Protobuf_FieldDescriptorProto,
    message: MessageDescriptor,
    scope: MessageDescriptor?,
    file: FileDescriptor,
    path: [Int32]
  ) throws(GenerationError) -> FieldDescriptor {
    let isExtension = proto.hasExtendee
    let scopeName = isExtension ? (scope?.fullName ?? file.package) : message.fullName
    let fullName = scopeName.isEmpty ? proto.name : "\(scopeName).\(proto.name)"
    guard proto.name.isProtoIdentifier, proto.number > 0, let declaredType = FieldType(proto.type) else {
      throw GenerationError("field \(fullName) in \(file.name) lacks a valid name, number or type")
    }
    var oneof: OneofDescriptor?
    if proto.hasOneofIndex {
      guard message.oneofs.indices.contains(Int(proto.oneofIndex)), !isExtension else {
        throw GenerationError("field \(fullName) in \(file.name) is in oneof \(proto.oneofIndex), which is missing")
      }
      oneof = message.oneofs[Int(proto.oneofIndex)]
    }

    var messageType: MessageDescriptor?
    var enumType: EnumDescriptor?
    switch declaredType {
    case .message, .group: messageType = try self.message(proto.typeName, neededBy: fullName, in: file)
    case .enum: enumType = try self.enum(proto.typeName, neededBy: fullName, in: file)
    default: break
    }

    let parentFeatures = oneof?.features ?? (isExtension ? scope?.features ?? file.features : message.features)
    let features = parentFeatures.resolved(for: proto, edition: file.edition)
    let isPlainMessage = declaredType == .message && messageType?.isMapEntry != true && !message.isMapEntry
    let isDelimited = isPlainMessage && features.messageEncoding == .delimited
    let field = FieldDescriptor(
      proto: proto,
      fullName: fullName,
      type: isDelimited ? .group : declaredType,
      features: features,
      file: file,
      message: message,
      extensionScope: scope,
      messageType: messageType,
      enumType: enumType,
      path: path
    )
    field.oneof = oneof
    oneof?.fields.append(field)
    if proto.hasDefaultValue {
      guard let value = FieldDefault(proto.defaultValue, type: declaredType, enumType: enumType) else {
        throw GenerationError(
          "field \(fullName) in \(file.name) has the default \"\(proto.defaultValue)\", which does not fit its type")
      }
      field.explicitDefault = value
    }
    return field
  }

  private func makeService(
    _ proto: Google_Protobuf_ServiceDescriptorProto,
    file: FileDescriptor,
    path: [Int32]
  ) throws(GenerationError) -> ServiceDescriptor {
    let fullName = file.package.isEmpty ? proto.name : "\(file.package).\(proto.name)"
    let service = ServiceDescriptor(proto: proto, fullName: fullName, file: file, path: path)
    for (index, method) in proto.method.enumerated() {
      service.methods.append(
        MethodDescriptor(
          proto: method,
          service: service,
          input: try message(method.inputType, neededBy: "rpc \(fullName).\(method.name)", in: file),
          output: try message(method.outputType, neededBy: "rpc \(fullName).\(method.name)", in: file),
          path: path + [DescriptorPath.serviceMethod, Int32(index)]
        ))
    }
    return service
  }

  private func message(
    _ typeName: String, neededBy user: String, in file: FileDescriptor
  ) throws(GenerationError) -> MessageDescriptor {
    guard let result = messagesByName[String(typeName.drop { $0 == "." })] else {
      throw GenerationError("\(user) in \(file.name) needs message \"\(typeName)\", which the request does not contain")
    }
    return result
  }

  private func `enum`(
    _ typeName: String, neededBy user: String, in file: FileDescriptor
  ) throws(GenerationError) -> EnumDescriptor {
    guard let result = enumsByName[String(typeName.drop { $0 == "." })] else {
      throw GenerationError("\(user) in \(file.name) needs enum \"\(typeName)\", which the request does not contain")
    }
    return result
  }
}
