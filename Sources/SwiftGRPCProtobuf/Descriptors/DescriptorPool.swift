extension ProtoDescriptor {
  /// Files that are linked with one another.
  ///
  /// ```swift
  /// let pool = try ProtoDescriptor.Pool(Google_Protobuf_FileDescriptorSet(serializedBytes: bytes))
  /// let book = pool.message(named: "acme.Book")
  /// ```
  ///
  /// Descriptors may be used longer than the pool that they come from.
  public struct Pool: Sendable {
    /// All files, each after those that it imports.
    public private(set) var files: [File] = []
    private var filesByName: [String: File] = [:]
    private var filesBySymbol: [String: FileContent] = [:]
    private var extensions: [String: [Int32: Field]] = [:]

    /// A pool without files.
    public init() {}

    /// Links the files of a descriptor set, such as protoc writes with `--descriptor_set_out --include_imports`.
    ///
    /// - Throws: ``DescriptorError`` that names the file and what is missing or wrong.
    public init(_ set: Google_Protobuf_FileDescriptorSet) throws(DescriptorError) {
      try self.init(set.file)
    }

    /// Links files, whatever their order.
    ///
    /// - Throws: ``DescriptorError`` that names the file and what is missing or wrong.
    public init(_ protos: [Google_Protobuf_FileDescriptorProto]) throws(DescriptorError) {
      for proto in try Self.sorted(protos) { try add(proto) }
    }

    // MARK: Adding

    /// Links a file whose imports have been added before.
    ///
    /// - Throws: ``DescriptorError``; the pool is as before then.
    @discardableResult
    public mutating func add(_ proto: Google_Protobuf_FileDescriptorProto) throws(DescriptorError) -> File {
      if filesByName[proto.name] != nil { throw DescriptorError(proto.name, "is there more than once") }
      var dependencies: [File] = []
      for name in proto.dependency {
        guard let dependency = filesByName[name] else {
          throw DescriptorError(proto.name, "imports \(name), which is missing")
        }
        dependencies.append(dependency)
      }
      let file = try link(proto, dependencies)
      insert(file)
      return file
    }

    // By itself, so that no copy of the pool's state is left when the file is inserted.
    private func link(
      _ proto: Google_Protobuf_FileDescriptorProto, _ dependencies: [File]
    ) throws(DescriptorError) -> File {
      try FileLinker.link(proto, dependencies: dependencies) { name in
        guard let file = filesBySymbol[name], let symbol = file.symbols[name] else { return nil }
        return (file, symbol)
      }
    }

    /// Adds a file that is linked already, such as a generated type's, and the files that it imports.
    ///
    /// - Throws: ``DescriptorError`` when the pool has another file of the same name, or one that declares the same.
    public mutating func add(_ file: File) throws(DescriptorError) {
      var result = self
      try result.addAfterImports(file)
      self = result
    }

    // As deep as imports are, which is limited.
    private mutating func addAfterImports(_ file: File) throws(DescriptorError) {
      if let known = filesByName[file.name] {
        if known != file { throw DescriptorError(file.name, "is there already, linked from another description") }
        return
      }
      for dependency in file.dependencies { try addAfterImports(dependency) }
      for name in file.content.symbols.keys {
        guard let other = filesBySymbol[name] else { continue }
        throw DescriptorError(file.name, "declares \(name), which \(other.proto.name) declares, too")
      }
      insert(file)
    }

    private mutating func insert(_ file: File) {
      files.append(file)
      filesByName[file.name] = file
      for (name, symbol) in file.content.symbols {
        filesBySymbol[name] = file.content
        guard case .extension(let index) = symbol else { continue }
        let field = Field(place: .init(file: file.content, index: index))
        extensions[field.message.fullName, default: [:]][field.number] = field
      }
    }

    // MARK: Finding

    /// The file with this path.
    public func file(named name: String) -> File? { filesByName[name] }

    /// The message with this full name, such as `google.protobuf.Timestamp`.
    public func message(named fullName: String) -> Message? { file(declaring: fullName)?.message(named: fullName) }

    /// The enum with this full name.
    public func `enum`(named fullName: String) -> Enum? { file(declaring: fullName)?.enum(named: fullName) }

    /// The service with this full name.
    public func service(named fullName: String) -> Service? { file(declaring: fullName)?.service(named: fullName) }

    /// The extension field with this full name, such as `acme.shelf`.
    public func `extension`(named fullName: String) -> Field? { file(declaring: fullName)?.extension(named: fullName) }

    /// The extension field with this number of the message with this full name.
    public func `extension`(of message: String, number: Int32) -> Field? { extensions[message]?[number] }

    /// The extension fields of the message with this full name, by number.
    public func extensions(of message: String) -> [Field] {
      extensions[message, default: [:]].values.sorted { $0.number < $1.number }
    }

    /// The file that declares the message, enum, service or extension with this full name.
    public func file(declaring fullName: String) -> File? { filesBySymbol[fullName].map { File(content: $0) } }
  }
}

extension ProtoDescriptor.Pool {
  /// The files, each after those that it imports, else in their order.
  private static func sorted(
    _ protos: [Google_Protobuf_FileDescriptorProto]
  ) throws(DescriptorError) -> [Google_Protobuf_FileDescriptorProto] {
    let indexes = Dictionary(protos.indices.map { (protos[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    var result: [Google_Protobuf_FileDescriptorProto] = []
    var state = [State](repeating: .unseen, count: protos.count)
    for start in protos.indices where state[start] == .unseen {
      // A stack of its own: a chain of imports may be longer than the thread's stack is deep.
      state[start] = .open
      var path = [(index: start, nextImport: 0)]
      while let (index, nextImport) = path.last {
        guard nextImport < protos[index].dependency.count else {
          result.append(protos[index])
          state[index] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].nextImport += 1
        guard let target = indexes[protos[index].dependency[nextImport]] else { continue }  // `add` reports it
        if state[target] == .open {
          throw DescriptorError(protos[target].name, "imports itself through \(protos[index].name)")
        }
        if state[target] == .unseen {
          state[target] = .open
          path.append((target, 0))
        }
      }
    }
    return result
  }

  private enum State { case unseen, open, done }
}
