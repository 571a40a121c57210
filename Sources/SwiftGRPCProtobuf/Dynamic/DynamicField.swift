#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A field of a dynamic type, or the key or value of its map: what the binary format and the user's view need to know.
final class DynamicField: Sendable {
  let descriptor: ProtoDescriptor.Field
  let number: Int32
  let kind: FieldKind
  /// How the value is stored; keys and values of maps are ``FieldDescription/Shape/oneof`` while an entry is read.
  let shape: FieldDescription.Shape
  /// Where the value lies in the message's memory.
  let offset: Int
  /// Several values are written behind one tag.
  let isPacked: Bool
  /// The tag of one value.
  let tag: UInt32
  /// The tag of a packed list, which a repeated field of numbers may always have; else 0, which is no tag.
  let packedTag: UInt32
  /// The type of the messages that the field holds. The schema keeps it.
  unowned(unsafe) let messageType: DynamicType?
  /// The type of the numbers that the field holds.
  let enumeration: DynamicEnum?
  /// The types of a map's keys and values.
  let map: DynamicMap?

  init(
    _ descriptor: ProtoDescriptor.Field, _ schema: DynamicSchema, shape: FieldDescription.Shape, offset: Int
  ) {
    let kind = FieldKind(rawValue: UInt8(descriptor.type.rawValue)) ?? .bytes  // the numbers are the same
    self.descriptor = descriptor
    self.kind = kind
    self.shape = shape
    self.offset = offset
    number = descriptor.number
    isPacked = descriptor.isPacked
    tag = UInt32(bitPattern: descriptor.number) << 3 | kind.wireType.rawValue
    packedTag =
      shape == .repeated && descriptor.type.isPackable
      ? UInt32(bitPattern: number) << 3 | WireType.lengthDelimited.rawValue : 0
    enumeration = descriptor.enumType.map(schema.enum)
    if let (key, value) = descriptor.mapEntry {
      map = DynamicMap(
        DynamicField(key, schema, shape: .oneof, offset: 0), DynamicField(value, schema, shape: .oneof, offset: 0))
      messageType = nil
    } else {
      map = nil
      messageType = descriptor.messageType.map(schema.type)
    }
  }

  /// How a field that is no member of a oneof is stored.
  static func shape(of descriptor: ProtoDescriptor.Field) -> FieldDescription.Shape {
    if descriptor.isMap { return .map }
    if descriptor.isRepeated { return .repeated }
    if descriptor.isRequired { return .required }
    return descriptor.hasPresence ? .optional : .implicit
  }

  /// The memory of a field that is no member of a oneof.
  static func slot(of descriptor: ProtoDescriptor.Field, _ shape: FieldDescription.Shape) -> any FieldSlot {
    func slot<Value: Sendable>(_ value: Value) -> any FieldSlot {
      switch shape {
      case .repeated: TypedSlot<[Value]>(initial: [])
      case .optional, .required: TypedSlot<Value?>(initial: nil)
      case .implicit, .oneof, .map: TypedSlot(initial: value)
      }
    }
    if shape == .map { return TypedSlot(initial: DynamicMap.Entries()) }
    switch descriptor.type {
    case .int32, .sint32, .sfixed32: return slot(Int32(0))
    case .int64, .sint64, .sfixed64: return slot(Int64(0))
    case .uint32, .fixed32: return slot(UInt32(0))
    case .uint64, .fixed64: return slot(UInt64(0))
    case .float: return slot(Float(0))
    case .double: return slot(Double(0))
    case .bool: return slot(false)
    case .string: return slot("")
    case .bytes: return slot(Data())
    case .enum: return slot(descriptor.enumType?.defaultValue.number ?? 0)
    case .message, .group:
      // Messages always have presence.
      return shape == .repeated ? TypedSlot<[DynamicMessage]>(initial: []) : TypedSlot<DynamicMessage?>(initial: nil)
    }
  }

  /// Describes the field for a table; keys and values of maps as ``FieldDescription/Shape/implicit``.
  func description(
    _ shape: FieldDescription.Shape? = nil, oneof: DynamicOneof? = nil, isRepeatedOneofMember: Bool = false
  ) -> FieldDescription {
    let content: FieldContent.Form =
      if let map {
        .map(map)
      } else if let enumeration {
        .enumeration(enumeration)
      } else if let messageType {
        .message(DynamicMessageAccess(type: messageType))
      } else {
        .scalar
      }
    var name = descriptor.name
    var jsonName = descriptor.jsonName
    if descriptor.isExtension {
      name = "[\(descriptor.fullName)]"
      jsonName = name
    } else if descriptor.isGroupLike, let group = descriptor.messageType {
      name = group.name
    }
    return FieldDescription(
      number, name, jsonName, offset, kind, shape ?? self.shape, FieldContent(content), isPacked: isPacked,
      oneof: oneof,
      isRepeatedOneofMember: isRepeatedOneofMember)
  }
}

extension FieldKind {
  /// The wire type of one value.
  var wireType: WireType {
    switch self {
    case .double, .fixed64, .sfixed64: .fixed64
    case .float, .fixed32, .sfixed32: .fixed32
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .bool, .enum: .varint
    case .string, .bytes, .message: .lengthDelimited
    case .group: .startGroup
    }
  }
}
