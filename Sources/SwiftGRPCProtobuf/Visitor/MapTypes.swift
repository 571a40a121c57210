/// A map to numbers, strings or bytes, for ``Visitor``. It is never instantiated.
public struct _ProtobufMap<KeyType: MapKeyType, ValueType: MapValueType> {
  /// The dictionary in which the entries are kept.
  public typealias BaseType = [KeyType.Value: ValueType.Value]
}

/// A map to values of an enum, for ``Visitor``. It is never instantiated.
public struct _ProtobufEnumMap<KeyType: MapKeyType, ValueType: Enum> {
  /// The dictionary in which the entries are kept.
  public typealias BaseType = [KeyType.Value: ValueType]
}

/// A map to messages, for ``Visitor``. It is never instantiated.
public struct _ProtobufMessageMap<KeyType: MapKeyType, ValueType: Message> {
  /// The dictionary in which the entries are kept.
  public typealias BaseType = [KeyType.Value: ValueType]
}

extension MapValueType {
  /// Shows the entries of a map to a visitor.
  public static func _visitMap<K: MapKeyType, V: Visitor>(
    _ entries: [K.Value: Value], key: K.Type, fieldNumber: Int, _ visitor: inout V
  ) throws {
    try visitor.visitMapField(fieldType: _ProtobufMap<K, Self>.self, value: entries, fieldNumber: fieldNumber)
  }
}

extension ProtobufEnum {
  /// Shows the entries of a map to a visitor.
  public static func _visitMap<K: MapKeyType, V: Visitor>(
    _ entries: [K.Value: Value], key: K.Type, fieldNumber: Int, _ visitor: inout V
  ) throws {
    try visitor.visitMapField(fieldType: _ProtobufEnumMap<K, Value>.self, value: entries, fieldNumber: fieldNumber)
  }
}

extension ProtobufMessage {
  /// Shows the entries of a map to a visitor.
  public static func _visitMap<K: MapKeyType, V: Visitor>(
    _ entries: [K.Value: Value], key: K.Type, fieldNumber: Int, _ visitor: inout V
  ) throws {
    try visitor.visitMapField(fieldType: _ProtobufMessageMap<K, Value>.self, value: entries, fieldNumber: fieldNumber)
  }
}

extension ProtobufGroup {
  /// Shows the entries of a map to a visitor.
  public static func _visitMap<K: MapKeyType, V: Visitor>(
    _ entries: [K.Value: Value], key: K.Type, fieldNumber: Int, _ visitor: inout V
  ) throws {
    try visitor.visitMapField(fieldType: _ProtobufMessageMap<K, Value>.self, value: entries, fieldNumber: fieldNumber)
  }
}
