/// Descriptors: what `.proto` files declare, linked, to be read at run time.
///
/// A ``Pool`` makes them of the messages of `descriptor.proto`; generated message and enum types give theirs as
/// `protoDescriptor`. A descriptor is a small value that keeps its file alive, and through it the files that it
/// imports; it never changes.
///
/// All of them live in this namespace, because `FileDescriptor` is a type of the system's library, and
/// `ServiceDescriptor` and `MethodDescriptor` are types of the RPC module: their users need not qualify either.
public enum ProtoDescriptor {
  /// What the descriptors of all kinds have.
  public protocol Element: Hashable, Sendable, CustomStringConvertible {
    /// The message of `descriptor.proto` that describes the element.
    associatedtype Proto: SwiftGRPCProtobuf.Message
    /// The message of `descriptor.proto` with the element's options.
    associatedtype Options: SwiftGRPCProtobuf.Message

    /// The description that the descriptor was made of.
    var proto: Proto { get }

    /// The element's own name; a file's is its path.
    var name: String { get }

    /// The name with package and enclosing messages, without a leading dot; a file's is its path.
    var fullName: String { get }

    /// The options that the `.proto` file states. Custom ones are among the unknown fields;
    /// ``options(extensions:)`` decodes them.
    var options: Options { get }

    /// The features that hold for the element: its own, inherited ones and the edition's.
    var features: Features { get }

    /// The file that declares the element.
    var file: File { get }

    /// Where the element's description is in its file's: field numbers and indexes from `FileDescriptorProto` down, as
    /// `SourceCodeInfo.Location.path` counts.
    var path: [Int32] { get }
  }

  /// The elements of one kind that a file or message declares, in the order of declaration.
  public struct List<Element: Sendable>: RandomAccessCollection, Sendable {
    private let content: FileContent
    private let indexes: Range<Int>
    private let element: @Sendable (FileContent.Place) -> Element

    init(_ content: FileContent, _ indexes: Range<Int>, _ element: @escaping @Sendable (FileContent.Place) -> Element) {
      self.content = content
      self.indexes = indexes
      self.element = element
    }

    /// Zero.
    public var startIndex: Int { 0 }

    /// How many elements there are.
    public var endIndex: Int { indexes.count }

    /// The element at a position from zero on.
    public subscript(position: Int) -> Element {
      precondition(indices.contains(position), "no element \(position) among \(count)")
      return element(.init(file: content, index: indexes.lowerBound + position))
    }
  }
}

extension ProtoDescriptor.Element {
  /// The full name.
  public var description: String { fullName }

  /// The options with custom ones decoded, so that the properties which generated code adds for them work.
  ///
  /// - Parameter extensions: the custom options to recognise, such as a generated `…_Extensions`.
  /// - Throws: ``BinaryDecodingError`` when the bytes of a custom option do not fit its type.
  public func options(extensions: any ExtensionMap) throws -> Options {
    let bytes: [UInt8] = try options.serializedBytes(partial: true)
    return try Options(serializedBytes: bytes, extensions: extensions, partial: true)
  }
}
