import SwiftGRPCProtobuf

/// The type of a field's values, with the number that descriptor.proto gives it.
enum FieldType: Int, CaseIterable {
  case double = 1
  case float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message, bytes, uint32, `enum`
  case sfixed32, sfixed64, sint32, sint64

  init?(_ proto: Google_Protobuf_FieldDescriptorProto.TypeEnum) {
    self.init(rawValue: proto.rawValue)
  }

  /// Whether several values can be written behind one tag.
  var isPackable: Bool {
    switch self {
    case .string, .bytes, .message, .group: false
    default: true
    }
  }

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
