/// A message whose `.proto` file lets others add fields.
public protocol ExtensibleMessage: Message {
  /// The extensions that are set.
  var _protobuf_extensionFieldValues: ExtensionFieldValueSet { get set }
}

extension ExtensibleMessage {
  /// The value of an extension, or `nil` when it is not set.
  public func getExtensionValue<Field: ExtensionField>(ext: MessageExtension<Field, Self>) -> Field.ValueType? {
    (_protobuf_extensionFieldValues[ext.fieldNumber]?.field as? Field)?.value
  }

  /// Sets an extension.
  public mutating func setExtensionValue<Field: ExtensionField>(
    ext: MessageExtension<Field, Self>, value: Field.ValueType
  ) {
    _protobuf_extensionFieldValues[ext.fieldNumber] = .init(type: ext, field: Field(value: value))
  }

  /// True when an extension is set.
  public func hasExtensionValue<Field: ExtensionField>(ext: MessageExtension<Field, Self>) -> Bool {
    _protobuf_extensionFieldValues[ext.fieldNumber]?.field is Field
  }

  /// Removes an extension.
  public mutating func clearExtensionValue<Field: ExtensionField>(ext: MessageExtension<Field, Self>) {
    _protobuf_extensionFieldValues[ext.fieldNumber] = nil
  }
}

extension FieldReader {
  /// As ``unknown(tag:from:_:_:_:_:)``, for messages that can be extended: a known extension is decoded.
  @inline(never)
  public static func unknown<M: ExtensibleMessage>(
    tag: UInt32, from fieldStart: UnsafeRawPointer, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ fields: inout UnknownStorage,
    _ values: inout ExtensionFieldValueSet, of message: M.Type
  ) -> UnsafeRawPointer? {
    do throws(BinaryDecodingError) {
      var p = start
      if tag & 7 != WireType.endGroup.rawValue,
        try values._merge(Int(tag >> 3), tag: tag, &p, end, &context, &fields, of: message)
      {
        return p
      }
      return try WireReader.keepUnknown(tag, fieldStart, p, end, &context, &fields)
    } catch {
      return context.fail(with: error)
    }
  }
}

extension ExtensionFieldValueSet {
  /// Reads a field whose tag has been read if the decoder knows `number` as an extension of the message; false when it
  /// does not, and nothing was read.
  mutating func _merge<M: ExtensibleMessage>(
    _ number: Int, tag: UInt32, _ p: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ context: inout DecodingContext, _ fields: inout UnknownStorage, of message: M.Type
  ) throws(BinaryDecodingError) -> Bool {
    guard let known = context.extensions?.pointee?[message, number] else { return false }
    let isSet = self[number] != nil
    // Taken out while it changes: a list that the set still held would be copied for every element.
    var value = take(number) ?? Value(type: known, field: known._makeField())
    var outcome = ExtensionMerge.wrongWireType
    defer { if isSet || outcome == .merged { self[number] = value } }
    outcome = try value.field._merge(tag: tag, &p, end, &context, &fields)
    return outcome != .wrongWireType
  }
}
