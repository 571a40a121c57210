import SwiftGRPCProtobuf

// The run-time descriptors under the names that the generator calls them by, and what it asks of them besides.

typealias FileDescriptor = ProtoDescriptor.File
typealias MessageDescriptor = ProtoDescriptor.Message
typealias FieldDescriptor = ProtoDescriptor.Field
typealias FieldType = ProtoDescriptor.FieldType
typealias OneofDescriptor = ProtoDescriptor.Oneof
typealias EnumDescriptor = ProtoDescriptor.Enum
typealias EnumValueDescriptor = ProtoDescriptor.EnumValue
typealias ServiceDescriptor = ProtoDescriptor.Service
typealias MethodDescriptor = ProtoDescriptor.Method

extension FileDescriptor {
  /// All messages, nested ones after their parents; no map entries.
  var allMessages: [MessageDescriptor] { messages.flatMap(\.selfAndNested) }

  /// All enums, also those nested in messages.
  var allEnums: [EnumDescriptor] { Array(enums) + allMessages.flatMap(\.enums) }

  /// All extension fields, also those declared in messages, in the order of declaration by scope.
  var allExtensions: [FieldDescriptor] { Array(extensions) + allMessages.flatMap(\.extensions) }

  /// Whether the runtime module already has the types of this file.
  var isBundled: Bool { package == "google.protobuf" && Self.bundledNames.contains(name) }

  /// The files whose types come with the runtime module.
  static let bundledNames: Set<String> = Set(
    [
      "any", "api", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp", "type",
      "wrappers",
    ].map { "google/protobuf/\($0).proto" }
  )
}

extension MessageDescriptor {
  var isDeprecated: Bool { options.deprecated }
  var fieldsByNumber: [FieldDescriptor] { fields.sorted { $0.number < $1.number } }
  var selfAndNested: [MessageDescriptor] { [self] + messages.flatMap(\.selfAndNested) }
}

extension FieldDescriptor {
  var isDeprecated: Bool { options.deprecated }
  var isGroup: Bool { type == .group }
}

extension FieldType {
  /// The wire type of one value: protobuf encoding, "Message Structure".
  var wireType: Int {
    switch self {
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool, .enum: 0
    case .double, .fixed64, .sfixed64: 1
    case .string, .bytes, .message: 2
    case .group: 3
    case .float, .fixed32, .sfixed32: 5
    }
  }

  /// The Swift type of a scalar; `nil` for messages, groups and enums, whose types are generated.
  var scalarSwiftType: String? {
    switch self {
    case .double: "Double"
    case .float: "Float"
    case .int32, .sint32, .sfixed32: "Int32"
    case .int64, .sint64, .sfixed64: "Int64"
    case .uint32, .fixed32: "UInt32"
    case .uint64, .fixed64: "UInt64"
    case .bool: "Bool"
    case .string: "String"
    case .bytes: "Data"
    case .message, .group, .enum: nil
    }
  }
}

extension EnumDescriptor {
  var isDeprecated: Bool { options.deprecated }
  /// The first value of each number, in the order of declaration.
  var primaryValues: [EnumValueDescriptor] { values.filter { $0.original == nil } }
}

extension EnumValueDescriptor {
  var isDeprecated: Bool { options.deprecated }
}

extension ServiceDescriptor {
  var isDeprecated: Bool { options.deprecated }
}

extension MethodDescriptor {
  var isDeprecated: Bool { options.deprecated }
}
