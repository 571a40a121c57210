#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How messages of a type are compared and hashed: the fields of a ``MessageTable`` as steps, without references to
/// count and with types that are known at compile time. Made once for each message type, on first use.
///
/// What is the same bit by bit is equal, which is all that is looked at in most fields of equal messages; except for
/// floating-point numbers, of which one that is not a number equals nothing. As everywhere in Swift, two arrays or
/// dictionaries with the same buffer are equal whatever they hold.
final class MessageComparison: Sendable {
  // Not changed after `init`; as long as the table, which owns this object.
  nonisolated(unsafe) private let steps: UnsafeMutablePointer<ComparisonStep>
  /// What the steps know of their messages.
  nonisolated(unsafe) private let messages: UnsafeMutablePointer<any MessageAccess>
  private let count: Int
  private let messageCount: Int

  init(_ table: MessageTable) {
    let list = table.fields.withUnsafeBufferPointer { $0 }  // stays where it is as long as the table
    let fields = list.indices.filter { !list[$0].isRepeatedOneofMember }
    count = fields.count
    steps = .allocate(capacity: count)
    messages = .allocate(capacity: count)
    var messageCount = 0
    for (position, field) in fields.enumerated() {
      let field = list.baseAddress.unsafelyUnwrapped + field
      var access: UnsafePointer<any MessageAccess>?
      if case .message(let type) = field.pointee.content {
        (messages + messageCount).initialize(to: type)
        access = UnsafePointer(messages + messageCount)
        messageCount += 1
      }
      (steps + position).initialize(to: ComparisonStep(field, access))
    }
    self.messageCount = messageCount
  }

  deinit {
    steps.deallocate()  // they have nothing to release
    messages.deinitialize(count: messageCount)
    messages.deallocate()
  }

  /// True when the fields of two messages are equal.
  @inline(__always)
  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    let end = steps + count
    var step = UnsafePointer(steps)
    while step < end {
      let offset = step.pointee.offset
      if !ComparisonStep.isEqual(step, left + offset, right + offset) { return false }
      step += 1
    }
    return true
  }

  /// Hashes the fields that are set.
  func hash(_ message: UnsafeRawPointer, into hasher: inout Hasher) {
    let end = steps + count
    var step = UnsafePointer(steps)
    while step < end {
      ComparisonStep.hash(step, message + step.pointee.offset, into: &hasher)
      step += 1
    }
  }
}

/// What is done with one field, or with one oneof.
struct ComparisonStep {
  /// How the field is stored. Numbers are named by their bits, if these say whether they are equal; so are closed enums,
  /// of which each value has its byte, and so has an optional one that is not set.
  enum Form: UInt8 {
    case bits8, bits32, bits64, float, double, string, bytes
    case optionalBits32, optionalBits64, optionalFloat, optionalDouble, optionalString, optionalBytes
    case bits8List, bits32List, bits64List, floats, doubles, strings, bytesList
    /// Of nine bytes, as open enums are, which keep a number.
    case openEnum, optionalOpenEnum, openEnums
    case boxedMessage, message, messages, map
    /// What is left to the field's own methods.
    case other
  }

  let form: Form
  /// The field's number.
  private let number: UInt32
  /// Where the field lies in the struct that stores the message's fields.
  let offset: Int
  /// The table of the field's messages. Tables of generated code last as long as the program, those of dynamic messages
  /// as long as the schema, which the messages hold.
  private let messageTable: Unmanaged<MessageTable>?
  private let messages: UnsafePointer<any MessageAccess>?
  let field: UnsafePointer<FieldDescription>

  init(_ field: UnsafePointer<FieldDescription>, _ messages: UnsafePointer<any MessageAccess>?) {
    form = Form(field.pointee)
    number = UInt32(bitPattern: field.pointee.number)
    offset = field.pointee.offset
    self.field = field
    self.messages = messages
    messageTable = messages.map { .passUnretained($0.pointee.table) }
  }

  @inline(__always)
  private func isEqual(messages left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    left == right || messageTable.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.isEqual(left, right) }
  }

  // MARK: Comparing

  /// True when the fields at two addresses are equal. What most fields are is compared here; a step is passed by its
  /// address, so that it is not copied.
  @inline(__always)
  static func isEqual(
    _ step: UnsafePointer<ComparisonStep>, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer
  ) -> Bool {
    switch step.pointee.form {
    case .bits8: left.load(as: UInt8.self) == right.load(as: UInt8.self)
    case .bits32: left.load(as: UInt32.self) == right.load(as: UInt32.self)
    case .bits64: left.load(as: UInt64.self) == right.load(as: UInt64.self)
    case .float: left.load(as: Float.self) == right.load(as: Float.self)
    case .double: left.load(as: Double.self) == right.load(as: Double.self)
    case .optionalBits32: left.load(as: UInt32?.self) == right.load(as: UInt32?.self)
    case .string, .optionalString, .bytes:
      haveSameWord(left, right) && haveSameWord(left + 8, right + 8) || isLongEqual(step, left, right)
    case .openEnum, .optionalOpenEnum:
      haveSameWord(left, right) && (left + 8).load(as: UInt8.self) == (right + 8).load(as: UInt8.self)
        || isLongEqual(step, left, right)
    case .bits8List, .bits32List, .bits64List, .floats, .doubles, .strings, .bytesList, .openEnums, .messages, .map,
      .boxedMessage:
      haveSameWord(left, right) || isLongEqual(step, left, right)
    case .optionalBits64, .optionalFloat, .optionalDouble, .optionalBytes, .message, .other:
      isLongEqual(step, left, right)
    }
  }

  @inline(__always)
  private static func haveSameWord(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    left.load(as: UInt.self) == right.load(as: UInt.self)
  }

  @inline(never)
  private static func isLongEqual(
    _ step: UnsafePointer<ComparisonStep>, _ left: UnsafeRawPointer, _ right: UnsafeRawPointer
  ) -> Bool {
    step.pointee.isLongEqual(left, right)
  }

  /// As ``isEqual(_:_:_:)``, for what does not have the same bits or has to be looked at more closely.
  @inline(__always)
  private func isLongEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    switch form {
    case .bits8, .bits32, .bits64, .float, .double, .optionalBits32: false  // above
    case .string: isEqual(left, right, as: String.self)
    case .bytes: isEqual(left, right, as: Data.self)
    case .optionalBits64: isEqual(left, right, as: UInt64?.self)
    case .optionalFloat: isEqual(left, right, as: Float?.self)
    case .optionalDouble: isEqual(left, right, as: Double?.self)
    case .optionalString: isEqual(left, right, as: String?.self)
    case .optionalBytes: isEqual(left, right, as: Data?.self)
    case .bits8List: isEqual(left, right, as: [UInt8].self)
    case .bits32List: isEqual(left, right, as: [UInt32].self)
    case .bits64List: isEqual(left, right, as: [UInt64].self)
    case .floats: isEqual(left, right, as: [Float].self)
    case .doubles: isEqual(left, right, as: [Double].self)
    case .strings: isEqual(left, right, as: [String].self)
    case .bytesList: isEqual(left, right, as: [Data].self)
    case .boxedMessage: isBoxedMessageEqual(left, right)
    case .message: isMessageEqual(left, right)
    case .messages: isMessageListEqual(left, right)
    case .openEnum, .optionalOpenEnum, .openEnums, .map, .other: field.pointee.isEqual(left, right)
    }
  }

  @inline(__always)
  private func isEqual<Value: Equatable>(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, as type: Value.Type
  ) -> Bool {
    left.assumingMemoryBound(to: type).pointee == right.assumingMemoryBound(to: type).pointee
  }

  @inline(__always)
  private func isBoxedMessageEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    let (left, right) = (left.load(as: UnsafeRawPointer?.self), right.load(as: UnsafeRawPointer?.self))
    guard let left, let right else { return left == right }
    return isEqual(messages: MessageBox.content(at: left), MessageBox.content(at: right))
  }

  private func isMessageEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    let type = messages.unsafelyUnwrapped
    let (left, right) = (type.pointee.fields(ofOptional: left), type.pointee.fields(ofOptional: right))
    guard let left, let right else { return left == right }
    return isEqual(messages: left, right)
  }

  private func isMessageListEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    let type = messages.unsafelyUnwrapped
    let (left, right) = (type.pointee.list(left), type.pointee.list(right))
    guard left.count == right.count else { return false }
    for index in 0..<left.count where !isEqual(messages: left[index], right[index]) { return false }
    return true
  }

  // MARK: Hashing

  /// Hashes the field, if it is set: number and value. Fields that are empty are passed over here.
  @inline(__always)
  static func hash(
    _ step: UnsafePointer<ComparisonStep>, _ field: UnsafeRawPointer, into hasher: inout Hasher
  ) {
    switch step.pointee.form {
    case .bits8: if field.load(as: UInt8.self) == 0 { return }
    case .bits32: if field.load(as: UInt32.self) == 0 { return }
    case .bits64: if field.load(as: UInt64.self) == 0 { return }
    case .boxedMessage: if field.load(as: UInt.self) == 0 { return }
    case .string: if field.assumingMemoryBound(to: String.self).pointee.isEmpty { return }
    case .optionalBits32: if field.load(as: UInt32?.self) == nil { return }
    case .optionalString: if case .none = field.assumingMemoryBound(to: String?.self).pointee { return }
    case .bits8List, .bits32List, .bits64List, .floats, .doubles, .strings, .bytesList, .openEnums, .messages:
      if MessageList.words(field).isEmpty { return }
    default: break
    }
    step.pointee.hashSet(field, into: &hasher)
  }

  @inline(never)
  private func hashSet(_ field: UnsafeRawPointer, into hasher: inout Hasher) {
    switch form {
    // Number and value in a word are combined at once.
    case .bits8: hasher.combine(UInt64(number) << 32 | UInt64(field.load(as: UInt8.self)))
    case .bits32: hasher.combine(UInt64(number) << 32 | UInt64(field.load(as: UInt32.self)))
    case .bits64: combine(field.load(as: UInt64.self), into: &hasher)
    case .float: combine(nonZero: field.load(as: Float.self), into: &hasher)  // 0 equals -0
    case .double: combine(nonZero: field.load(as: Double.self), into: &hasher)
    case .string: combine(field.assumingMemoryBound(to: String.self).pointee, into: &hasher)
    case .bytes: combine(list: field.assumingMemoryBound(to: Data.self).pointee, into: &hasher)
    case .optionalBits32:
      if let value = field.load(as: UInt32?.self) { hasher.combine(UInt64(number) << 32 | UInt64(value)) }
    case .optionalBits64: combine(optional: field.load(as: UInt64?.self), into: &hasher)
    case .optionalFloat: combine(optional: field.load(as: Float?.self), into: &hasher)
    case .optionalDouble: combine(optional: field.load(as: Double?.self), into: &hasher)
    case .optionalString: combine(optional: field.assumingMemoryBound(to: String?.self).pointee, into: &hasher)
    case .optionalBytes: combine(optional: field.assumingMemoryBound(to: Data?.self).pointee, into: &hasher)
    case .bits8List: combine(list: field.assumingMemoryBound(to: [UInt8].self).pointee, into: &hasher)
    case .bits32List: combine(list: field.assumingMemoryBound(to: [UInt32].self).pointee, into: &hasher)
    case .bits64List: combine(list: field.assumingMemoryBound(to: [UInt64].self).pointee, into: &hasher)
    case .floats: combine(list: field.assumingMemoryBound(to: [Float].self).pointee, into: &hasher)
    case .doubles: combine(list: field.assumingMemoryBound(to: [Double].self).pointee, into: &hasher)
    case .strings: combine(list: field.assumingMemoryBound(to: [String].self).pointee, into: &hasher)
    case .bytesList: combine(list: field.assumingMemoryBound(to: [Data].self).pointee, into: &hasher)
    case .openEnum:
      if case .enumeration(let type) = self.field.pointee.content {
        combine(nonZero: type.number(of: field), into: &hasher)
      }
    case .optionalOpenEnum:
      if case .enumeration(let type) = self.field.pointee.content {
        combine(optional: type.number(ofOptional: field), into: &hasher)
      }
    case .openEnums:
      if case .enumeration(let type) = self.field.pointee.content {
        combine(list: type.numbers(in: field), into: &hasher)
      }
    case .boxedMessage:
      guard let box = field.load(as: UnsafeRawPointer?.self) else { return }
      hash(message: MessageBox.content(at: box), into: &hasher)
    case .message:
      guard let fields = messages.unsafelyUnwrapped.pointee.fields(ofOptional: field) else { return }
      hash(message: fields, into: &hasher)
    case .messages:
      let list = messages.unsafelyUnwrapped.pointee.list(field)
      for index in 0..<list.count { hash(message: list[index], into: &hasher) }
    case .map, .other:
      let description = self.field.pointee
      guard description.oneof?.isSet(field) ?? description.isSet(field) else { return }
      hasher.combine(number)
      description.hash(field, into: &hasher)
    }
  }

  private func hash(message: UnsafeRawPointer, into hasher: inout Hasher) {
    hasher.combine(number)
    messageTable.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.hash(message, into: &hasher) }
    hasher.combine(0 as UInt32)  // where it ends
  }

  @inline(__always)
  private func combine<Value: Hashable>(_ value: Value, into hasher: inout Hasher) {
    hasher.combine(number)
    hasher.combine(value)
  }

  @inline(__always)
  private func combine<Value: Hashable & Numeric>(nonZero value: Value, into hasher: inout Hasher) {
    if value != 0 { combine(value, into: &hasher) }
  }

  @inline(__always)
  private func combine<Value: Hashable>(optional value: Value?, into hasher: inout Hasher) {
    if let value { combine(value, into: &hasher) }
  }

  @inline(__always)
  private func combine<Value: Hashable & Collection>(list: Value, into hasher: inout Hasher) {
    if !list.isEmpty { combine(list, into: &hasher) }
  }
}

extension ComparisonStep.Form {
  /// The form in which a field is stored.
  init(_ field: FieldDescription) {
    self = field.oneof == nil ? Self.form(of: field) ?? .other : .other
  }

  private static func form(of field: FieldDescription) -> Self? {
    switch field.content {
    case .map: return .map
    case .enumeration(let type):
      // An optional enum has no more bytes than the enum itself, unless that has no or all values of a byte.
      switch (field.layout.size, type.layout(.implicit).size) {
      case (1, 1): return .bits8
      case (_, 1) where field.shape == .repeated: return .bits8List
      case (9, 9): return choose(field.shape, alone: .openEnum, optional: .optionalOpenEnum, list: .openEnums)
      case (_, 9) where field.shape == .repeated: return .openEnums
      default: return nil
      }
    case .message(let type):
      return choose(field.shape, alone: nil, optional: type.isBoxed ? .boxedMessage : .message, list: .messages)
    case .scalar: break
    }
    switch field.kind {
    case .bool: return choose(field.shape, alone: .bits8, optional: .bits8, list: .bits8List)
    case .int32, .uint32, .sint32, .fixed32, .sfixed32:
      return choose(field.shape, alone: .bits32, optional: .optionalBits32, list: .bits32List)
    case .int64, .uint64, .sint64, .fixed64, .sfixed64:
      return choose(field.shape, alone: .bits64, optional: .optionalBits64, list: .bits64List)
    case .float: return choose(field.shape, alone: .float, optional: .optionalFloat, list: .floats)
    case .double: return choose(field.shape, alone: .double, optional: .optionalDouble, list: .doubles)
    case .string: return choose(field.shape, alone: .string, optional: .optionalString, list: .strings)
    case .bytes: return choose(field.shape, alone: .bytes, optional: .optionalBytes, list: .bytesList)
    case .enum, .message, .group: return nil
    }
  }

  private static func choose(
    _ shape: FieldDescription.Shape, alone: Self?, optional: Self, list: Self
  ) -> Self? {
    switch shape {
    case .implicit: alone
    case .optional, .required: optional
    case .repeated: list
    case .map, .oneof: nil
    }
  }
}
