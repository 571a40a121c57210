extension ProtoDescriptor {
  /// A `.proto` file: what it declares and imports.
  public struct File: Element {
    let content: FileContent

    /// The file as it was given.
    public var proto: Google_Protobuf_FileDescriptorProto { content.proto }

    /// The path under which the file is imported, `google/protobuf/any.proto`.
    public var name: String { proto.name }

    /// The path under which the file is imported.
    public var fullName: String { proto.name }

    /// The package, empty when there is none.
    public var package: String { proto.package }

    /// The options of the file.
    public var options: Google_Protobuf_FileOptions { proto.options }

    /// The language that the file is written in.
    public var edition: Edition { content.edition }

    /// The edition's defaults, with what the file overrides.
    public var features: Features { content.features }

    /// The file itself.
    public var file: File { self }

    /// Empty: the file is where paths start.
    public var path: [Int32] { [] }

    /// The files that this one imports, in the order of the imports.
    ///
    /// A file in generated code has those whose types it uses; `proto.dependency` names them all. Files that are
    /// imported for their options only are named in `proto.optionDependency`.
    public var dependencies: [File] { content.dependencies }

    /// Those of ``dependencies`` that are imported with `import public`.
    public var publicDependencies: [File] {
      let names = proto.publicDependency.map { proto.dependency[Int($0)] }
      return dependencies.filter { names.contains($0.name) }
    }

    /// The messages at the top of the file, in the order of declaration.
    public var messages: List<Message> { List(content, content.top.messages, Message.init) }

    /// The enums at the top of the file, in the order of declaration.
    public var enums: List<Enum> { List(content, content.top.enums, Enum.init) }

    /// The extension fields that are declared at the top of the file, in the order of declaration.
    public var extensions: List<Field> { List(content, content.top.extensions, Field.init) }

    /// The services, in the order of declaration.
    public var services: List<Service> { List(content, content.services.indices, Service.init) }

    /// The message with this full name that the file declares, at its top or in another message.
    public func message(named fullName: String) -> Message? {
      guard case .message(let index)? = content.symbols[fullName] else { return nil }
      return Message(place: .init(file: content, index: index))
    }

    /// The enum with this full name that the file declares, at its top or in a message.
    public func `enum`(named fullName: String) -> Enum? {
      guard case .enum(let index)? = content.symbols[fullName] else { return nil }
      return Enum(place: .init(file: content, index: index))
    }

    /// The service with this full name that the file declares.
    public func service(named fullName: String) -> Service? {
      guard case .service(let index)? = content.symbols[fullName] else { return nil }
      return Service(place: .init(file: content, index: index))
    }

    /// The extension field with this full name that the file declares, at its top or in a message.
    public func `extension`(named fullName: String) -> Field? {
      guard case .extension(let index)? = content.symbols[fullName] else { return nil }
      return Field(place: .init(file: content, index: index))
    }

    /// True when both are the same linked file.
    public static func == (left: File, right: File) -> Bool { left.content === right.content }

    /// Hashes the identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(content)) }
  }
}

/// Field numbers of `descriptor.proto` that paths consist of.
enum DescriptorPath {
  static let fileMessage: Int32 = 4
  static let fileEnum: Int32 = 5
  static let fileService: Int32 = 6
  static let fileExtension: Int32 = 7
  static let messageField: Int32 = 2
  static let messageMessage: Int32 = 3
  static let messageEnum: Int32 = 4
  static let messageExtension: Int32 = 6
  static let messageOneof: Int32 = 8
  static let enumValue: Int32 = 2
  static let serviceMethod: Int32 = 2
}
