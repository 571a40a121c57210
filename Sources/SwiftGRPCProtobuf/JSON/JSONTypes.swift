import Synchronization

/// A message type as the JSON coders see it: an existential value would be copied for each field that is looked at.
final class JSONMessage: Sendable {
  let access: any MessageAccess
  /// See ``MessageAccess/isBoxed``.
  let isBoxed: Bool
  /// The address of the table, which the type keeps; 0 until it is first asked for, since types may contain one another.
  private let tableAddress = Atomic<UInt>(0)

  init(_ access: any MessageAccess) {
    self.access = access
    isBoxed = access.isBoxed
  }

  var table: MessageTable {
    if let table = UnsafeRawPointer(bitPattern: tableAddress.load(ordering: .acquiring)) {
      return Unmanaged<MessageTable>.fromOpaque(table).takeUnretainedValue()
    }
    let table = access.table
    tableAddress.store(UInt(bitPattern: Unmanaged.passUnretained(table).toOpaque()), ordering: .releasing)
    return table
  }

  /// See ``MessageAccess/fields(ofOptional:)``.
  @inline(__always)
  func fields(ofOptional field: UnsafeRawPointer) -> UnsafeRawPointer? {
    guard isBoxed else { return access.fields(ofOptional: field) }
    return field.load(as: UnsafeRawPointer?.self).map { MessageBox.content(at: $0) }
  }
}

/// An enum as the JSON coders see it.
final class JSONEnum: Sendable {
  let access: any EnumAccess
  let names: EnumNames
  /// True for `google.protobuf.NullValue`, which is `null` in JSON.
  let isNullValue: Bool

  init(_ access: any EnumAccess) {
    self.access = access
    names = access.names
    isNullValue = access.isNullValue
  }
}

/// A oneof as the JSON coders see it: an existential value would be copied for each field that is looked at.
final class JSONOneof: Sendable {
  let access: any OneofAccess

  init(_ access: any OneofAccess) { self.access = access }
}

/// A map as the JSON coders see it. Entries are described like fields that lie alone.
final class JSONMap {
  let access: any MapAccess
  let key: UnsafeMutablePointer<JSONField>
  var value: UnsafeMutablePointer<JSONField> { key + 1 }

  init(_ access: any MapAccess) {
    self.access = access
    key = .allocate(capacity: 2)
    key.initialize(to: JSONField(access.key))
    (key + 1).initialize(to: JSONField(access.value))
  }

  deinit {
    key.deinitialize(count: 2)
    key.deallocate()
  }
}
