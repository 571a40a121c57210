/// How the messages of a dynamic type lie in memory: every field in the Swift type that generated code would give it,
/// so that what runs on tables need not know the difference. Only maps and oneofs have types of their own, which the
/// table reaches through ``MapAccess`` and ``OneofAccess``.
// Unchecked: nothing changes after `init`, also not the memory behind `emptyFields`.
final class DynamicLayout: @unchecked Sendable {
  let table: MessageTable
  /// In the order of their numbers, as in the table.
  let fields: [DynamicField]
  /// The indexes of the fields that must be set.
  let requiredFields: [Int]
  /// Extensions are encoded as items of a message set.
  let usesMessageSetWireFormat: Bool
  /// The fields of a message in which nothing is set, shared by all such messages.
  let emptyFields: UnsafeMutableRawPointer

  private let numbers: [Int32]
  private let indexesByName: [String: Int]
  private let byteCount: Int
  private let alignment: Int
  /// The fields whose bytes may not just be copied.
  private let slots: [(offset: Int, slot: any FieldSlot)]

  init(_ type: DynamicType) {
    let descriptor = type.descriptor
    // The items of a message set can hold single messages only.
    let extensions = type.schema.pool.extensions(of: descriptor.fullName).filter {
      $0.message == descriptor
        && (!descriptor.usesMessageSetWireFormat || $0.type == .message && !$0.isRepeated && !$0.isRequired)
    }
    let descriptors = (Array(descriptor.fields) + extensions).sorted { $0.number < $1.number }

    var builder = Builder()
    let unknownFields = builder.add(TypedSlot(initial: UnknownStorage()))
    var oneofs: [ProtoDescriptor.Oneof: (offset: Int, access: DynamicOneof)] = [:]
    for descriptor in descriptors {
      if let oneof = descriptor.realOneof {
        let known = oneofs[oneof]
        let place = known ?? (builder.add(TypedSlot(initial: DynamicOneof.Value())), DynamicOneof(oneof))
        oneofs[oneof] = place
        let field = DynamicField(descriptor, type.schema, shape: .oneof, offset: place.offset)
        builder.fields.append(field)
        builder.descriptions.append(field.description(oneof: place.access, isRepeatedOneofMember: known != nil))
      } else {
        let shape = DynamicField.shape(of: descriptor)
        let slot = DynamicField.slot(of: descriptor, shape)
        let field = DynamicField(descriptor, type.schema, shape: shape, offset: builder.add(slot))
        builder.fields.append(field)
        builder.descriptions.append(field.description())
      }
    }

    fields = builder.fields
    let reserved = descriptor.reservedNames + descriptor.reservedRanges.map { "\($0.lowerBound)-\($0.upperBound - 1)" }
    table = MessageTable(
      named: descriptor.fullName, unknownFields: unknownFields, reserved: reserved, builder.descriptions)
    requiredFields = fields.indices.filter { builder.fields[$0].shape == .required }
    usesMessageSetWireFormat = descriptor.usesMessageSetWireFormat
    numbers = builder.descriptions.map(\.number)
    indexesByName = Dictionary(
      zip(descriptors.map { $0.isExtension ? "[\($0.fullName)]" : $0.name }, descriptors.indices),
      uniquingKeysWith: { first, _ in first })
    byteCount = builder.byteCount
    alignment = builder.alignment
    slots = builder.slots.filter { !$0.slot.isTrivial }

    emptyFields = .allocate(byteCount: byteCount, alignment: alignment)
    // Also the gaps between fields, since all bytes are copied.
    emptyFields.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    for (offset, slot) in builder.slots { slot.initialize(emptyFields + offset) }
  }

  deinit { deallocate(emptyFields) }

  private struct Builder {
    var byteCount = 0
    var alignment = 1
    var slots: [(offset: Int, slot: any FieldSlot)] = []
    var fields: [DynamicField] = []
    var descriptions: [FieldDescription] = []

    /// Places a slot behind the ones before it, and returns where.
    mutating func add(_ slot: any FieldSlot) -> Int {
      let offset = (byteCount + slot.alignment - 1) / slot.alignment * slot.alignment
      slots.append((offset, slot))
      byteCount = offset + slot.byteCount
      alignment = max(alignment, slot.alignment)
      return offset
    }
  }

  // MARK: Finding fields

  /// The position of the field with this number.
  func index(number: Int32) -> Int? {
    let guess = Int(number) - 1  // most messages number their fields 1, 2, 3
    if numbers.indices.contains(guess), numbers[guess] == number { return guess }
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low] == number ? low : nil
  }

  /// The position of the field with this name, of an extension `[full.name]`.
  func index(name: String) -> Int? { indexesByName[name] }

  /// Whether the field at a position is set in a message.
  func isSet(_ index: Int, in message: UnsafeRawPointer) -> Bool {
    table.fields[index].isSet(message + fields[index].offset)
  }

  // MARK: Memory

  /// Copies the fields of a message into memory of their own.
  func allocate(copying source: UnsafeRawPointer) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: alignment)
    memory.copyMemory(from: source, byteCount: byteCount)
    for (offset, slot) in slots { slot.initialize(memory + offset, from: source + offset) }
    return memory
  }

  /// Ends the life of fields, and gives their memory back.
  func deallocate(_ fields: UnsafeMutableRawPointer) {
    for (offset, slot) in slots { slot.deinitialize(fields + offset) }
    fields.deallocate()
  }
}

/// The fields of a dynamic message that has any.
// Unchecked: a message that changes its fields has made sure that it alone refers to them.
final class DynamicStorage: @unchecked Sendable {
  private let layout: DynamicLayout
  let fields: UnsafeMutableRawPointer

  init(_ layout: DynamicLayout, copying fields: UnsafeRawPointer) {
    self.layout = layout
    self.fields = layout.allocate(copying: fields)
  }

  deinit { layout.deallocate(fields) }
}
