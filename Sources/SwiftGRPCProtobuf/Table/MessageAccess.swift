/// How the messages of one type lie in the fields of others, and where their own fields are.
///
/// Addresses of fields stay valid until the message that holds them is changed in another way, or released.
protocol MessageAccess: ValueAccess {
  /// The description of the messages' fields. Asked for when needed, since types may contain one another.
  var table: MessageTable { get }

  /// A message is nothing but a reference to the box that stores its fields, so that an optional of it is a pointer that
  /// may be zero.
  var isBoxed: Bool { get }

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

  /// Appends empty messages to the array at `field`, and gives their fields to `fill` one after the other, as long as it
  /// returns true. Many at once cost less.
  func append(to field: UnsafeMutableRawPointer, _ fill: (_ fields: UnsafeMutableRawPointer) -> Bool)

  /// The fields of a message of the array at `field`, for changing.
  func mutableFields(ofElement index: Int, in field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer

  /// Gives `body` the address of a new empty message, which lives as long as `body` runs.
  func withNewMessage<Result>(_ body: (_ value: UnsafeMutableRawPointer) -> Result) -> Result
}

extension MessageAccess {
  /// Messages of types that are known at run time only.
  var isBoxed: Bool { false }

  /// Appends one after the other.
  func append(to field: UnsafeMutableRawPointer, _ fill: (_ fields: UnsafeMutableRawPointer) -> Bool) {
    while fill(append(to: field)) {}
  }
}

/// The messages of a repeated field, as the addresses of their fields.
struct MessageList {
  /// What an element of the array is.
  enum Element {
    /// A reference to the box with the fields.
    case box
    /// The fields themselves.
    case fields
    /// What only the type knows.
    case value(any MessageAccess)
  }

  let count: Int
  let first: UnsafeRawPointer?
  let stride: Int
  let element: Element

  subscript(index: Int) -> UnsafeRawPointer {
    let value = first.unsafelyUnwrapped + index * stride
    switch element {
    case .box: return MessageBox.content(at: value.load(as: UnsafeRawPointer.self))
    case .fields: return value
    case .value(let type): return type.fields(of: value)
    }
  }

  /// The elements of an array as if they were words: where they lie and how many there are does not depend on what they
  /// are.
  @inline(__always)
  static func words(_ field: UnsafeRawPointer) -> UnsafeBufferPointer<UInt> {
    field.assumingMemoryBound(to: [UInt].self).pointee.withUnsafeBufferPointer { $0 }
  }
}

/// Messages of a generated type.
///
/// This code is not specialised for the types. Where it names `M?` or `[M]` it looks up their metadata, which costs
/// hundreds of instructions; hence the metatypes that are kept here, and a shorter way for messages in boxes.
struct GeneratedMessage<M: Message>: MessageAccess {
  let isBoxed: Bool
  private let optional: any OptionalMessage.Type = M?.self
  private let array: any MessageArray.Type = [M].self

  init() {
    isBoxed =
      MemoryLayout<M>.size == MemoryLayout<UnsafeRawPointer>.size
      && withUnsafePointer(to: M()) { message in M._withFields(of: message) { $0 != UnsafeRawPointer(message) } }
  }

  var table: MessageTable { M._table }

  func fields(of value: UnsafeRawPointer) -> UnsafeRawPointer {
    if isBoxed { return MessageBox.content(at: value.load(as: UnsafeRawPointer.self)) }
    return M._withFields(of: value.assumingMemoryBound(to: M.self)) { $0 }
  }

  func fields(ofOptional field: UnsafeRawPointer) -> UnsafeRawPointer? {
    guard isBoxed else { return optional.fields(at: field) }
    guard let box = field.load(as: UnsafeRawPointer?.self) else { return nil }
    return MessageBox.content(at: box)
  }

  func list(_ field: UnsafeRawPointer) -> MessageList {
    let words = MessageList.words(field)
    return MessageList(
      count: words.count, first: words.baseAddress, stride: MemoryLayout<M>.stride, element: isBoxed ? .box : .fields)
  }

  func mutableFields(of value: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    value.assumingMemoryBound(to: M.self).pointee._withMutableFields { $0 }
  }

  func mutableFields(ofOptional field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    if !isBoxed {
      optional.setIfNil(at: field)
    } else if field.load(as: UnsafeRawPointer?.self) == nil {
      field.assumingMemoryBound(to: M.self).initialize(to: M())
    }
    // An optional keeps its value at its own address.
    return mutableFields(of: field)
  }

  func append(to field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    array.append(to: field)
    // Nobody else holds the array now.
    let words = MessageList.words(field)
    let offset = (words.count - 1) * MemoryLayout<M>.stride
    return mutableFields(of: UnsafeMutableRawPointer(mutating: words.baseAddress.unsafelyUnwrapped) + offset)
  }

  func append(to field: UnsafeMutableRawPointer, _ fill: (_ fields: UnsafeMutableRawPointer) -> Bool) {
    array.append(to: field, fill)
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

/// An optional message. What a type's own methods do, they do without looking for the type; but only if they are not
/// functions apart from the witnesses, hence inlined.
private protocol OptionalMessage: Sendable {
  /// The fields of the message at `field`, or `nil` when there is none.
  static func fields(at field: UnsafeRawPointer) -> UnsafeRawPointer?

  /// Puts an empty message where there is none.
  static func setIfNil(at field: UnsafeMutableRawPointer)
}

extension Optional: OptionalMessage where Wrapped: Message {
  @inline(__always)
  fileprivate static func fields(at field: UnsafeRawPointer) -> UnsafeRawPointer? {
    if case .none = field.assumingMemoryBound(to: Self.self).pointee { return nil }
    return Wrapped._withFields(of: field.assumingMemoryBound(to: Wrapped.self)) { $0 }
  }

  @inline(__always)
  fileprivate static func setIfNil(at field: UnsafeMutableRawPointer) {
    if case .none = field.assumingMemoryBound(to: Self.self).pointee {
      field.assumingMemoryBound(to: Self.self).initialize(to: Wrapped())
    }
  }
}

/// An array of messages.
private protocol MessageArray: Sendable {
  /// Appends an empty message to the array at `field`.
  static func append(to field: UnsafeMutableRawPointer)

  /// As ``MessageAccess/append(to:_:)``.
  static func append(to field: UnsafeMutableRawPointer, _ fill: (_ fields: UnsafeMutableRawPointer) -> Bool)
}

extension Array: MessageArray where Element: Message {
  @inline(__always)
  fileprivate static func append(to field: UnsafeMutableRawPointer) {
    field.assumingMemoryBound(to: Self.self).pointee.append(Element())
  }

  /// Collects the messages first: the array is made as large as it has to be at once, since making it larger takes a
  /// thousand instructions in code that is not specialised.
  @inline(__always)
  fileprivate static func append(
    to field: UnsafeMutableRawPointer, _ fill: (_ fields: UnsafeMutableRawPointer) -> Bool
  ) {
    var capacity = 4
    var count = 0
    var elements = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    var isMore = true
    while isMore {
      if count == capacity {
        let fewer = elements
        capacity *= 2
        elements = .allocate(capacity: capacity)
        elements.moveInitialize(from: fewer, count: count)
        fewer.deallocate()
      }
      (elements + count).initialize(to: Element())
      isMore = fill((elements + count).pointee._withMutableFields { $0 })
      count += 1
    }
    let array = field.assumingMemoryBound(to: Self.self)
    if array.pointee.isEmpty {
      array.pointee = Self(unsafeUninitializedCapacity: count) { buffer, initializedCount in
        buffer.baseAddress.unsafelyUnwrapped.moveInitialize(from: elements, count: count)
        initializedCount = count
      }
    } else {
      array.pointee.append(contentsOf: UnsafeBufferPointer(start: elements, count: count))
      elements.deinitialize(count: count)
    }
    elements.deallocate()
  }
}
