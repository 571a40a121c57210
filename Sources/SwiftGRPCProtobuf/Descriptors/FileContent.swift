/// All that a file declares, linked, in flat arrays; descriptors are positions in them.
///
/// Positions instead of references, so that nothing forms a cycle: a file holds the files that it imports, and nothing
/// holds a file but descriptors of it and files that import it.
final class FileContent: Sendable {
  let proto: Google_Protobuf_FileDescriptorProto
  let edition: ProtoDescriptor.Edition
  let features: ProtoDescriptor.Features
  /// The imports, in their order.
  let dependencies: [ProtoDescriptor.File]
  /// How many files a chain of imports has at most, this one included.
  let depth: Int
  /// Messages: those at the top, then those in the first of them, and so on; map entries come behind their siblings.
  let messages: [MessageContent]
  let enums: [EnumContent]
  let values: [EnumValueContent]
  let fields: [FieldContent]
  let oneofs: [OneofContent]
  let services: [ServiceContent]
  let methods: [MethodContent]
  /// What the file declares at its top.
  let top: DeclaredTypes
  /// Messages, enums, services and extensions by full name.
  let symbols: [String: Symbol]

  init(_ linker: FileLinker) {
    proto = linker.proto
    edition = linker.edition
    features = linker.features
    dependencies = linker.dependencies
    depth = linker.depth
    messages = linker.messages
    enums = linker.enums
    values = linker.values
    fields = linker.fields
    oneofs = linker.oneofs
    services = linker.services
    methods = linker.methods
    top = linker.top
    symbols = linker.symbols
  }

  /// What a full name stands for: a kind, and a position in that kind's array.
  enum Symbol: Sendable {
    case message(Int)
    case `enum`(Int)
    case service(Int)
    case `extension`(Int)

    /// The kind with its article, for errors.
    var kind: String {
      switch self {
      case .message: "a message"
      case .enum: "an enum"
      case .service: "a service"
      case .extension: "an extension"
      }
    }
  }

  /// What a descriptor stands for: a position in one of a file's arrays. Equal when it is the same one.
  struct Place: Hashable, Sendable {
    let file: FileContent
    let index: Int

    /// Another position in the same file.
    func at(_ index: Int) -> Place { Place(file: file, index: index) }

    static func == (left: Place, right: Place) -> Bool { left.index == right.index && left.file === right.file }

    func hash(into hasher: inout Hasher) {
      hasher.combine(ObjectIdentifier(file))
      hasher.combine(index)
    }
  }

  /// The type of a field or method.
  struct TypeReference: Sendable {
    /// The other file that declares the type; `nil` for the own one, which must not hold itself.
    let file: FileContent?
    let index: Int

    func place(seenFrom own: FileContent) -> Place { Place(file: file ?? own, index: index) }
  }

  /// The types and extensions that a file or message declares in itself.
  struct DeclaredTypes: Sendable {
    var messages = 0..<0
    var mapEntries = 0..<0
    var enums = 0..<0
    var extensions = 0..<0
  }

  struct MessageContent: Sendable {
    let proto: Google_Protobuf_DescriptorProto
    let fullName: String
    let features: ProtoDescriptor.Features
    /// The message around this one.
    let parent: Int?
    /// The position in the parent's description.
    let index: Int
    let isExported: Bool
    var nested = DeclaredTypes()
    var fields = 0..<0
    var oneofs = 0..<0
    /// Positions of fields in the file, by name, by name in JSON and by number.
    var fieldsByName: [String: Int] = [:]
    var fieldsByJSONName: [String: Int] = [:]
    var fieldsByNumber: [Int32: Int] = [:]
    var extensionRanges: [ProtoDescriptor.ExtensionRange] = []
    /// The numbers of all extension ranges, sorted, adjacent ranges joined.
    var extensionNumbers: [Range<Int32>] = []

    /// Whether extensions may have the number.
    func leavesToExtensions(_ number: Int32) -> Bool {
      var candidates = extensionNumbers[...]
      while !candidates.isEmpty {
        let middle = candidates.startIndex + candidates.count / 2
        if candidates[middle].contains(number) { return true }
        candidates = number < candidates[middle].lowerBound ? candidates[..<middle] : candidates[(middle + 1)...]
      }
      return false
    }
  }

  struct EnumContent: Sendable {
    let proto: Google_Protobuf_EnumDescriptorProto
    let fullName: String
    let features: ProtoDescriptor.Features
    let parent: Int?
    let index: Int
    let isExported: Bool
    var values = 0..<0
    var valuesByName: [String: Int] = [:]
    /// The first value of each number.
    var valuesByNumber: [Int32: Int] = [:]
  }

  struct EnumValueContent: Sendable {
    let proto: Google_Protobuf_EnumValueDescriptorProto
    let features: ProtoDescriptor.Features
    let enumType: Int
    /// The value declared before this one with the same number.
    let original: Int?
  }

  struct FieldContent: Sendable {
    let proto: Google_Protobuf_FieldDescriptorProto
    let fullName: String
    let jsonName: String
    let type: ProtoDescriptor.FieldType
    let features: ProtoDescriptor.Features
    /// The message that the field belongs to or, as an extension, extends.
    let message: TypeReference
    /// The message that an extension is declared in.
    let scope: Int?
    /// The position in the description of the message or, for an extension, of its scope.
    let index: Int
    let oneof: Int?
    let messageType: TypeReference?
    let enumType: TypeReference?
    let explicitDefault: ExplicitDefault?
  }

  /// The default that a field states; not the public type, whose enum values hold their file.
  enum ExplicitDefault: Sendable {
    case scalar(ProtoDescriptor.DefaultValue)
    /// A position among the values of the enum's file.
    case enumValue(Int)
  }

  struct OneofContent: Sendable {
    let proto: Google_Protobuf_OneofDescriptorProto
    let features: ProtoDescriptor.Features
    let message: Int
    let index: Int
    var fields: [Int] = []
  }

  struct ServiceContent: Sendable {
    let proto: Google_Protobuf_ServiceDescriptorProto
    let fullName: String
    let features: ProtoDescriptor.Features
    var methods = 0..<0
    var methodsByName: [String: Int] = [:]
  }

  struct MethodContent: Sendable {
    let proto: Google_Protobuf_MethodDescriptorProto
    let features: ProtoDescriptor.Features
    let service: Int
    let input: TypeReference
    let output: TypeReference
  }
}
