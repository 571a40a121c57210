/// Messages of a dynamic type in the fields of others.
struct DynamicMessageAccess: MessageAccess {
  private typealias Values = StoredValues<DynamicMessage>

  // The table that has this access belongs to the schema, which keeps its types.
  unowned(unsafe) let type: DynamicType

  var table: MessageTable { type.layout.table }

  private var newMessage: DynamicMessage { DynamicMessage(DynamicMessageType(type)) }

  func fields(of value: UnsafeRawPointer) -> UnsafeRawPointer {
    value.assumingMemoryBound(to: DynamicMessage.self).pointee.fields
  }

  func fields(ofOptional field: UnsafeRawPointer) -> UnsafeRawPointer? {
    field.assumingMemoryBound(to: DynamicMessage?.self).pointee?.fields
  }

  func list(_ field: UnsafeRawPointer) -> MessageList {
    field.assumingMemoryBound(to: [DynamicMessage].self).pointee.withUnsafeBufferPointer { values in
      MessageList(
        count: values.count, first: values.baseAddress.map { UnsafeRawPointer($0) },
        stride: MemoryLayout<DynamicMessage>.stride, element: .value(self))
    }
  }

  func mutableFields(of value: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    value.assumingMemoryBound(to: DynamicMessage.self).pointee.mutableFields()
  }

  func mutableFields(ofOptional field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let optional = field.assumingMemoryBound(to: DynamicMessage?.self)
    if let value = optional.payload() { return value.pointee.mutableFields() }
    var message = newMessage
    let fields = message.mutableFields()
    optional.pointee = message
    return fields
  }

  func append(to field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    var message = newMessage
    let fields = message.mutableFields()
    field.assumingMemoryBound(to: [DynamicMessage].self).pointee.append(message)
    return fields
  }

  func mutableFields(ofElement index: Int, in field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    field.assumingMemoryBound(to: [DynamicMessage].self).pointee[index].mutableFields()
  }

  func withNewMessage<Result>(_ body: (_ value: UnsafeMutableRawPointer) -> Result) -> Result {
    var message = newMessage
    return withUnsafeMutablePointer(to: &message) { body($0) }
  }

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { Values.layout(shape) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    Values.isSet(field, shape, default: newMessage)
  }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    Values.isEqual(left, right, shape)
  }

  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    Values.hash(field, shape, into: &hasher)
  }

  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.clear(field, shape, default: newMessage)
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    Values.copy(source, to: target, shape)
  }
}
