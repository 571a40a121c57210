import Synchronization

extension ProtoDescriptor {
  /// The description of a `.proto` file that its generated code carries, as the constant `File_<path>`.
  ///
  /// It costs nothing until it is asked for: the bytes lie in the program's constants, and are decoded and linked on
  /// first use.
  public final class GeneratedFile: Sendable {
    private let text: StaticString
    private let imports: [any GeneratedType.Type]
    private let linked = Mutex<Result<File, DescriptorError>?>(nil)

    /// Called by generated code.
    ///
    /// - Parameters:
    ///   - text: the encoded `FileDescriptorProto`, each byte as the Unicode scalar of its number.
    ///   - imports: a type of each other file whose types this one uses.
    public init(_ text: StaticString, imports: [any GeneratedType.Type] = []) {
      self.text = text
      self.imports = imports
    }

    /// The linked descriptor; `nil` when ``link()`` throws.
    public var descriptor: File? { try? link() }

    /// The linked descriptor.
    ///
    /// - Throws: ``DescriptorError`` when a file that this one imports was generated without descriptors.
    public func link() throws(DescriptorError) -> File {
      // Files wait for those that they import, and imports form no cycle.
      try linked.withLock { (linked: inout sending Result<File, DescriptorError>?) throws(DescriptorError) in
        if let linked { return try linked.get() }
        let result = Result { () throws(DescriptorError) in try makeDescriptor() }
        linked = result
        return try result.get()
      }
    }

    private func makeDescriptor() throws(DescriptorError) -> File {
      let bytes = text.description.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      guard let proto = try? Google_Protobuf_FileDescriptorProto(serializedBytes: bytes) else {
        throw DescriptorError("generated code", "carries bytes that describe no file")
      }
      var files: [File] = []
      for type in imports {
        guard let file = type._protobuf_file else {
          throw DescriptorError(proto.name, "uses \(type), which was generated without descriptors")
        }
        files.append(try file.link())
      }
      return try FileLinker.link(
        proto, dependencies: proto.dependency.compactMap { name in files.first { $0.name == name } }
      ) { name in
        for file in files {
          if let symbol = file.content.symbols[name] { return (file.content, symbol) }
        }
        return nil
      }
    }
  }

  /// A message or enum type, which generated code ties to the description of its file.
  public protocol GeneratedType: Sendable {
    /// The file that declares the type; `nil` when the code was generated without descriptors.
    static var _protobuf_file: GeneratedFile? { get }
  }
}

extension ProtoDescriptor.GeneratedType {
  /// Generated code without descriptors has none.
  public static var _protobuf_file: ProtoDescriptor.GeneratedFile? { nil }
}

extension Message {
  /// The descriptor of the message; `nil` when its file, or one that it imports, was generated without descriptors.
  public static var protoDescriptor: ProtoDescriptor.Message? {
    _protobuf_file?.descriptor?.message(named: protoMessageName)
  }
}

extension Enum {
  /// The descriptor of the enum; `nil` when its file, or one that it imports, was generated without descriptors.
  public static var protoDescriptor: ProtoDescriptor.Enum? {
    _protobuf_file?.descriptor?.enum(named: _protobuf_enumName)
  }

  /// Generated code without descriptors does not name the enum.
  public static var _protobuf_enumName: String { "" }
}
