/// How the messages of one type lie in the fields of others, and where their own fields are.
///
/// Addresses of fields stay valid until the message that holds them is changed in another way, or released.
protocol MessageAccess: ValueAccess {
  /// The description of the messages' fields. Asked for when needed, since types may contain one another.
  var table: MessageTable { get }

  /// The fields of the message at `value`.
  func fields(of value: UnsafeRawPointer) -> UnsafeRawPointer

  /// The fields of the optional message at `field`, or `nil` when there is none.
  func fields(ofOptional field: UnsafeRawPointer) -> UnsafeRawPointer?

  /// The messages of the array at `field`.
  func list(_ field: UnsafeRawPointer) -> MessageList

  /// The fields of the message at `value`, for changing.
  func mutableFields(of value: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer

  /// The fields of the optional message at `field`, for changing; an empty message is put there if there is none.
  func mutableFields(ofOptional field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer

  /// Appends an empty message to the array at `field`, and returns its fields for changing.
  func append(to field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer

  /// The fields of a message of the array at `field`, for changing.
  func mutableFields(ofElement index: Int, in field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer

  /// Gives `body` the address of a new empty message, which lives as long as `body` runs.
  func withNewMessage<Result>(_ body: (_ value: UnsafeMutableRawPointer) -> Result) -> Result
}

/// The messages of a repeated field, as the addresses of their fields.
struct MessageList {
  let count: Int
  let first: UnsafeRawPointer?
  let stride: Int
  let access: any MessageAccess

  subscript(index: Int) -> UnsafeRawPointer {
    access.fields(of: first.unsafelyUnwrapped + index * stride)
  }
}

/// Messages of a generated type.
struct GeneratedMessage<M: Message>: MessageAccess {
  var table: MessageTable { M._table }

  func fields(of value: UnsafeRawPointer) -> UnsafeRawPointer {
    M._withFields(of: value.assumingMemoryBound(to: M.self)) { $0 }
  }

  func fields(ofOptional field: UnsafeRawPointer) -> UnsafeRawPointer? {
    // Reading does not change what is there; the address of an optional's content can only be taken as a mutable one.
    UnsafeMutablePointer(mutating: field.assumingMemoryBound(to: M?.self)).payload().map {
      M._withFields(of: UnsafePointer($0)) { $0 }
    }
  }

  func list(_ field: UnsafeRawPointer) -> MessageList {
    field.assumingMemoryBound(to: [M].self).pointee.withUnsafeBufferPointer { values in
      MessageList(
        count: values.count, first: values.baseAddress.map { UnsafeRawPointer($0) }, stride: MemoryLayout<M>.stride,
        access: self)
    }
  }

  func mutableFields(of value: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    value.assumingMemoryBound(to: M.self).pointee._withMutableFields { $0 }
  }

  func mutableFields(ofOptional field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    let optional = field.assumingMemoryBound(to: M?.self)
    if let value = optional.payload() { return value.pointee._withMutableFields { $0 } }
    optional.pointee = M()
    return optional.payload().unsafelyUnwrapped.pointee._withMutableFields { $0 }
  }

  func append(to field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    field.assumingMemoryBound(to: [M].self).pointee.append(M())
    return mutableFields(ofElement: field.assumingMemoryBound(to: [M].self).pointee.count - 1, in: field)
  }

  func mutableFields(ofElement index: Int, in field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    field.assumingMemoryBound(to: [M].self).pointee.withUnsafeMutableBufferPointer { values in
      (values.baseAddress.unsafelyUnwrapped + index).pointee._withMutableFields { $0 }
    }
  }

  func withNewMessage<Result>(_ body: (_ value: UnsafeMutableRawPointer) -> Result) -> Result {
    var message = M()
    return withUnsafeMutablePointer(to: &message) { body($0) }
  }

  func layout(_ shape: FieldDescription.Shape) -> (size: Int, alignment: Int) { StoredValues<M>.layout(shape) }

  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    shape == .optional || shape == .required
      ? fields(ofOptional: field) != nil : StoredValues<M>.isSet(field, shape, default: M())
  }

  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    StoredValues<M>.isEqual(left, right, shape)
  }

  func hash(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape, into hasher: inout Hasher) {
    StoredValues<M>.hash(field, shape, into: &hasher)
  }

  func clear(_ field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    StoredValues<M>.clear(field, shape, default: M())
  }

  func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) {
    StoredValues<M>.copy(source, to: target, shape)
  }
}
