/// Links one file: checks its description, works out features, and replaces the names of types by the types.
///
/// First all types are declared, so that fields may refer to later ones; then fields, extensions and methods are made.
/// Only what protoc guarantees and later code relies on is checked; nothing that a description says can make it crash.
struct FileLinker {
  typealias Symbol = FileContent.Symbol
  typealias TypeReference = FileContent.TypeReference
  typealias Features = ProtoDescriptor.Features

  let proto: Google_Protobuf_FileDescriptorProto
  let edition: ProtoDescriptor.Edition
  let dependencies: [ProtoDescriptor.File]
  let depth: Int
  private(set) var features: Features
  /// Finds what a full name stands for in other files.
  let otherFiles: (String) -> (file: FileContent, symbol: Symbol)?

  private(set) var messages: [FileContent.MessageContent] = []
  private(set) var enums: [FileContent.EnumContent] = []
  private(set) var values: [FileContent.EnumValueContent] = []
  var fields: [FileContent.FieldContent] = []
  var oneofs: [FileContent.OneofContent] = []
  private(set) var services: [FileContent.ServiceContent] = []
  private(set) var methods: [FileContent.MethodContent] = []
  private(set) var top = FileContent.DeclaredTypes()
  private(set) var symbols: [String: Symbol] = [:]

  /// - Throws: ``DescriptorError``.
  static func link(
    _ proto: Google_Protobuf_FileDescriptorProto, dependencies: [ProtoDescriptor.File],
    otherFiles: @escaping (String) -> (file: FileContent, symbol: Symbol)?
  ) throws(DescriptorError) -> ProtoDescriptor.File {
    let edition = try ProtoDescriptor.Edition(of: proto)
    var linker = FileLinker(
      proto: proto, edition: edition, dependencies: dependencies, features: Features(edition: edition),
      otherFiles: otherFiles)
    linker.features = try linker.resolve(
      linker.features, proto.options.hasFeatures ? proto.options.features : nil, of: nil)
    for index in proto.publicDependency where !proto.dependency.indices.contains(Int(index)) {
      throw DescriptorError(proto.name, "has no import number \(index) to make public")
    }
    // Files hold what they import, so that the chain's length is the depth of the stack when it is released.
    guard linker.depth <= deepestImports else {
      throw DescriptorError(proto.name, "is the end of a chain of more than \(deepestImports) imports")
    }
    try linker.declareTypes()
    try linker.linkFields()
    try linker.linkServices()
    return ProtoDescriptor.File(content: FileContent(linker))
  }

  /// The most bytes that a full name may have, since each element of a scope repeats the scope's name.
  static let longestName = 1000

  /// The most files that a chain of imports may have.
  static let deepestImports = 1000

  private init(
    proto: Google_Protobuf_FileDescriptorProto, edition: ProtoDescriptor.Edition,
    dependencies: [ProtoDescriptor.File], features: Features,
    otherFiles: @escaping (String) -> (file: FileContent, symbol: Symbol)?
  ) {
    self.proto = proto
    self.edition = edition
    self.dependencies = dependencies
    depth = 1 + (dependencies.map(\.content.depth).max() ?? 0)
    self.features = features
    self.otherFiles = otherFiles
  }

  // MARK: Declaring: types, so that fields of any message may refer to them

  private mutating func declareTypes() throws(DescriptorError) {
    for message in proto.messageType where message.options.mapEntry {
      throw error("message \(qualified(message.name, in: proto.package))", "is a map entry outside of a message")
    }
    top.messages = try declare(proto.messageType.enumerated().map { ($0, $1) }, parent: nil)
    top.enums = try declare(proto.enumType, parent: nil)
    // Messages whose nested types wait to be declared come one after the other, so that no nesting is too deep.
    var index = 0
    while index < messages.count {
      let nested = messages[index].proto.nestedType.enumerated().map { (offset: $0, proto: $1) }
      messages[index].nested.messages = try declare(nested.filter { !$0.proto.options.mapEntry }, parent: index)
      messages[index].nested.mapEntries = try declare(nested.filter(\.proto.options.mapEntry), parent: index)
      messages[index].nested.enums = try declare(messages[index].proto.enumType, parent: index)
      index += 1
    }
  }

  private mutating func declare(
    _ protos: [(offset: Int, proto: Google_Protobuf_DescriptorProto)], parent: Int?
  ) throws(DescriptorError) -> Range<Int> {
    let start = messages.count
    for (index, proto) in protos {
      let fullName = qualified(proto.name, in: scopeName(parent))
      try declare(fullName, proto.name, .message(messages.count), as: "message")
      let features = try resolve(
        parentFeatures(parent), proto.options.hasFeatures ? proto.options.features : nil, of: "message \(fullName)")
      messages.append(
        .init(
          proto: proto, fullName: fullName, features: features, parent: parent, index: index,
          isExported: features.exports(proto.visibility, isNested: parent != nil)))
    }
    return start..<messages.count
  }

  private mutating func declare(
    _ protos: [Google_Protobuf_EnumDescriptorProto], parent: Int?
  ) throws(DescriptorError) -> Range<Int> {
    let start = enums.count
    for (index, proto) in protos.enumerated() {
      let fullName = qualified(proto.name, in: scopeName(parent))
      let element = "enum \(fullName)"
      try declare(fullName, proto.name, .enum(enums.count), as: "enum")
      if proto.value.isEmpty { throw error(element, "has no values") }
      let features = try resolve(
        parentFeatures(parent), proto.options.hasFeatures ? proto.options.features : nil, of: element)
      var content = FileContent.EnumContent(
        proto: proto, fullName: fullName, features: features, parent: parent, index: index,
        isExported: features.exports(proto.visibility, isNested: parent != nil))
      let firstValue = values.count
      for value in proto.value {
        guard value.name.isProtoIdentifier else { throw error(element, "has a value \"\(value.name)\", no valid name") }
        guard content.valuesByName.updateValue(values.count, forKey: value.name) == nil else {
          throw error(element, "has two values named \(value.name)")
        }
        let original = content.valuesByNumber[value.number]
        if original == nil { content.valuesByNumber[value.number] = values.count }
        let features = try resolve(
          features, value.options.hasFeatures ? value.options.features : nil, of: "\(element), value \(value.name)")
        values.append(.init(proto: value, features: features, enumType: enums.count, original: original))
      }
      content.values = firstValue..<values.count
      enums.append(content)
    }
    return start..<enums.count
  }

  private mutating func declare(
    _ fullName: String, _ name: String, _ symbol: Symbol, as kind: String
  ) throws(DescriptorError) {
    guard fullName.utf8.count <= Self.longestName else {
      throw error(nil, "declares a \(kind) whose full name is longer than \(Self.longestName) bytes")
    }
    guard name.isProtoIdentifier else { throw error(nil, "declares \"\(fullName)\", which is not a valid name") }
    if symbols.updateValue(symbol, forKey: fullName) != nil {
      throw error(nil, "declares \(fullName) twice")
    }
    if let other = otherFiles(fullName) {
      throw error(nil, "declares \(fullName), which \(other.file.proto.name) declares, too")
    }
  }

  // MARK: Linking: fields, extensions and methods, whose types are all declared

  private mutating func linkFields() throws(DescriptorError) {
    for index in messages.indices { try linkFields(of: index) }
    top.extensions = try linkExtensions(proto.extension, scope: nil)
    for index in messages.indices {
      messages[index].nested.extensions = try linkExtensions(messages[index].proto.extension, scope: index)
    }
  }

  private mutating func linkFields(of index: Int) throws(DescriptorError) {
    var message = messages[index]
    let element = "message \(message.fullName)"
    let firstOneof = oneofs.count
    for (position, proto) in message.proto.oneofDecl.enumerated() {
      guard proto.name.isProtoIdentifier else { throw error(element, "has a oneof \"\(proto.name)\", no valid name") }
      let features = try resolve(
        message.features, proto.options.hasFeatures ? proto.options.features : nil,
        of: "oneof \(message.fullName).\(proto.name)")
      oneofs.append(.init(proto: proto, features: features, message: index, index: position))
    }
    message.oneofs = firstOneof..<oneofs.count
    for range in message.proto.extensionRange {
      guard range.start > 0, range.start < range.end else {
        throw error(element, "has the extension range \(range.start) to \(range.end), which is empty")
      }
      let features = try resolve(
        message.features, range.options.hasFeatures ? range.options.features : nil,
        of: "extension range \(range.start) of \(message.fullName)")
      message.extensionRanges.append(.init(proto: range, features: features, numbers: range.start..<range.end))
    }
    for numbers in message.extensionRanges.map(\.numbers).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let last = message.extensionNumbers.last?.upperBound ?? 0
      guard numbers.lowerBound >= last else { throw error(element, "has extension ranges that overlap") }
      if numbers.lowerBound == last {
        let start = message.extensionNumbers.popLast()?.lowerBound ?? last
        message.extensionNumbers.append(start..<numbers.upperBound)
      } else {
        message.extensionNumbers.append(numbers)
      }
    }
    for range in message.proto.reservedRange where range.start > range.end {
      throw error(element, "has the reserved range \(range.start) to \(range.end), which is empty")
    }
    let firstField = fields.count
    for (position, proto) in message.proto.field.enumerated() {
      let field = try makeField(proto, index: position, in: message, at: index)
      if message.fieldsByName.updateValue(fields.count, forKey: proto.name) != nil {
        throw error(element, "has two fields named \(proto.name)")
      }
      if message.fieldsByNumber.updateValue(fields.count, forKey: proto.number) != nil {
        throw error(element, "has two fields with the number \(proto.number)")
      }
      // Names in JSON may clash where the schema is not checked for it; the first field keeps its name.
      if message.fieldsByJSONName[field.jsonName] == nil { message.fieldsByJSONName[field.jsonName] = fields.count }
      if let oneof = field.oneof { oneofs[oneof].fields.append(fields.count) }
      fields.append(field)
    }
    message.fields = firstField..<fields.count
    for oneof in oneofs[message.oneofs] where oneof.fields.isEmpty {
      throw error("oneof \(message.fullName).\(oneof.proto.name)", "has no fields")
    }
    if message.proto.options.mapEntry { try checkMapEntry(message) }
    messages[index] = message
  }

  private mutating func linkExtensions(
    _ protos: [Google_Protobuf_FieldDescriptorProto], scope: Int?
  ) throws(DescriptorError) -> Range<Int> {
    let start = fields.count
    for (index, proto) in protos.enumerated() {
      let fullName = qualified(proto.name, in: scopeName(scope))
      let field = try makeExtension(proto, fullName: fullName, index: index, scope: scope)
      try declare(fullName, proto.name, .extension(fields.count), as: "extension")
      fields.append(field)
    }
    return start..<fields.count
  }

  private mutating func linkServices() throws(DescriptorError) {
    for proto in proto.service {
      let fullName = qualified(proto.name, in: self.proto.package)
      let element = "service \(fullName)"
      try declare(fullName, proto.name, .service(services.count), as: "service")
      let features = try resolve(features, proto.options.hasFeatures ? proto.options.features : nil, of: element)
      var service = FileContent.ServiceContent(proto: proto, fullName: fullName, features: features)
      let firstMethod = methods.count
      for method in proto.method {
        let element = "rpc \(fullName).\(method.name)"
        guard method.name.isProtoIdentifier else { throw error(element, "has no valid name") }
        guard service.methodsByName.updateValue(methods.count, forKey: method.name) == nil else {
          throw error("service \(fullName)", "has two methods named \(method.name)")
        }
        methods.append(
          .init(
            proto: method,
            features: try resolve(features, method.options.hasFeatures ? method.options.features : nil, of: element),
            service: services.count,
            input: try message(method.inputType, neededBy: element),
            output: try message(method.outputType, neededBy: element)))
      }
      service.methods = firstMethod..<methods.count
      services.append(service)
    }
  }

  // MARK: Names and features

  func error(_ element: String?, _ reason: String) -> DescriptorError {
    DescriptorError(proto.name, reason, element: element)
  }

  private func qualified(_ name: String, in scope: String) -> String { scope.isEmpty ? name : "\(scope).\(name)" }

  private func scopeName(_ message: Int?) -> String { message.map { messages[$0].fullName } ?? proto.package }

  func parentFeatures(_ message: Int?) -> Features { message.map { messages[$0].features } ?? features }

  /// The features of an element: its parent's, with those that it states itself.
  func resolve(
    _ parent: Features, _ stated: Google_Protobuf_FeatureSet?, of element: String?
  ) throws(DescriptorError) -> Features {
    guard let stated else { return parent }
    guard let features = parent.overridden(by: stated, in: edition) else {
      throw error(element, "states a feature that \(edition) does not have")
    }
    return features
  }

  /// What a full name, as descriptors write it with a leading dot, stands for.
  func find(_ typeName: String) -> (file: FileContent?, symbol: Symbol)? {
    let name = String(typeName.drop { $0 == "." })
    if let symbol = symbols[name] { return (nil, symbol) }
    return otherFiles(name)
  }

  func message(_ typeName: String, neededBy element: String) throws(DescriptorError) -> TypeReference {
    switch find(typeName) {
    case (let file, .message(let index))?: return TypeReference(file: file, index: index)
    case (_, let symbol)?: throw error(element, "needs message \"\(typeName)\", which is \(symbol.kind)")
    case nil: throw error(element, "needs message \"\(typeName)\", which no known file declares")
    }
  }

  func `enum`(_ typeName: String, neededBy element: String) throws(DescriptorError) -> TypeReference {
    switch find(typeName) {
    case (let file, .enum(let index))?: return TypeReference(file: file, index: index)
    case (_, let symbol)?: throw error(element, "needs enum \"\(typeName)\", which is \(symbol.kind)")
    case nil: throw error(element, "needs enum \"\(typeName)\", which no known file declares")
    }
  }
}

extension String {
  /// Whether the string is an identifier in `.proto` files. Spec: protobuf language, "Identifiers".
  var isProtoIdentifier: Bool {
    guard let first = utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
    return utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }
}
