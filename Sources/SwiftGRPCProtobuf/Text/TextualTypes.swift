import Synchronization

// What a TextualField refers to. Fields hold pointers to these, not references, so that nothing is retained for a field
// that is looked at; and none can be copied, so that the existential values in them are not copied for a call.

/// A message type as the coders of JSON and of the text format see it.
struct TextualMessage: ~Copyable {
  private let access: any MessageAccess
  /// See ``MessageAccess/isBoxed``.
  let isBoxed: Bool
  /// The address of the view, which the type's table keeps; 0 until it is first asked for, since types may contain one
  /// another.
  private let viewAddress = Atomic<UInt>(0)

  init(_ access: any MessageAccess) {
    self.access = access
    isBoxed = access.isBoxed
  }

  /// The description of the fields.
  var table: MessageTable { view.pointee.table.takeUnretainedValue() }

  /// The description of the fields as what walks it needs it.
  @inline(__always)
  var view: UnsafePointer<TextualView> {
    if let view = UnsafePointer<TextualView>(bitPattern: viewAddress.load(ordering: .acquiring)) { return view }
    let view = access.table.textual.view
    viewAddress.store(UInt(bitPattern: view), ordering: .releasing)
    return view
  }

  /// See ``MessageAccess/fields(of:)``.
  func fields(of value: UnsafeRawPointer) -> UnsafeRawPointer { access.fields(of: value) }

  /// See ``MessageAccess/list(_:)``.
  func list(_ field: UnsafeRawPointer) -> MessageList { access.list(field) }

  /// See ``MessageAccess/mutableFields(of:)``.
  func mutableFields(of value: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { access.mutableFields(of: value) }

  /// See ``MessageAccess/mutableFields(ofOptional:)``.
  func mutableFields(ofOptional field: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    access.mutableFields(ofOptional: field)
  }

  /// See ``MessageAccess/append(to:_:)``.
  func append(to field: UnsafeMutableRawPointer, _ fill: (_ fields: UnsafeMutableRawPointer) -> Bool) {
    access.append(to: field, fill)
  }

  /// See ``MessageAccess/withNewMessage(_:)``.
  func withNewMessage<Result>(_ body: (_ value: UnsafeMutableRawPointer) -> Result) -> Result {
    access.withNewMessage(body)
  }

  /// See ``MessageAccess/fields(ofOptional:)``.
  @inline(__always)
  func fields(ofOptional field: UnsafeRawPointer) -> UnsafeRawPointer? {
    guard isBoxed else { return access.fields(ofOptional: field) }
    return field.load(as: UnsafeRawPointer?.self).map { MessageBox.content(at: $0) }
  }
}

/// An enum as the coders of JSON and of the text format see it.
struct TextualEnum: ~Copyable {
  private let access: any EnumAccess
  let names: EnumNames
  /// True for `google.protobuf.NullValue`, which is `null` in JSON.
  let isNullValue: Bool
  /// The distance between the elements of an array.
  private let stride: Int

  init(_ access: any EnumAccess) {
    self.access = access
    names = access.names
    isNullValue = access.isNullValue
    let (size, alignment) = access.layout(.implicit)
    stride = (max(size, 1) + alignment - 1) / alignment * alignment
  }

  /// See ``EnumAccess/number(of:)``.
  func number(of value: UnsafeRawPointer) -> Int32 { access.number(of: value) }

  /// See ``EnumAccess/number(ofOptional:)``.
  func number(ofOptional field: UnsafeRawPointer) -> Int32? { access.number(ofOptional: field) }

  /// See ``ValueAccess/isSet(_:_:)``.
  func isSet(_ field: UnsafeRawPointer, _ shape: FieldDescription.Shape) -> Bool { access.isSet(field, shape) }

  /// See ``EnumAccess/store(_:in:_:)``.
  func store(_ number: Int32, in field: UnsafeMutableRawPointer, _ shape: FieldDescription.Shape) -> Bool {
    access.store(number, in: field, shape)
  }

  /// See ``EnumAccess/withValue(_:_:)``.
  func withValue<Result>(_ number: Int32, _ body: (_ value: UnsafeRawPointer) -> Result) -> Result {
    access.withValue(number, body)
  }

  /// Visits the numbers of the values in the array at an address.
  @inline(__always)
  func forEachNumber(in field: UnsafeRawPointer, _ body: (Int32) -> Void) {
    let words = MessageList.words(field)
    guard var value = UnsafeRawPointer(words.baseAddress) else { return }
    for _ in 0..<words.count {
      body(access.number(of: value))
      value += stride
    }
  }
}

/// A oneof as the coders of JSON and of the text format see it.
struct TextualOneof: ~Copyable {
  private let access: any OneofAccess

  init(_ access: any OneofAccess) { self.access = access }

  /// See ``OneofAccess/withValue(at:_:)``.
  func withValue<Result>(at field: UnsafeRawPointer, _ body: (Int32, UnsafeRawPointer) -> Result) -> Result? {
    access.withValue(at: field, body)
  }

  /// See ``OneofAccess/number(_:)``.
  func number(_ field: UnsafeRawPointer) -> Int32 { access.number(field) }

  /// See ``OneofAccess/isSet(_:)``.
  func isSet(_ field: UnsafeRawPointer) -> Bool { access.isSet(field) }

  /// See ``OneofAccess/set(_:_:to:)``.
  func set(_ field: UnsafeMutableRawPointer, _ number: Int32, to value: UnsafeRawPointer) {
    access.set(field, number, to: value)
  }
}

/// A map as the coders of JSON and of the text format see it. Entries are described like fields that lie alone.
struct TextualMap: ~Copyable {
  private let access: any MapAccess
  let key: UnsafePointer<TextualField>
  var value: UnsafePointer<TextualField> { key + 1 }

  init(_ access: any MapAccess) {
    self.access = access
    let fields = UnsafeMutablePointer<TextualField>.allocate(capacity: 2)
    fields.initialize(to: TextualField(access.key, textKey: Self.key("key: ----------------")))
    let isMessage = access.value.kind == .message || access.value.kind == .group
    let valueKey = Self.key(isMessage ? "value {\n----------------" : "value: ----------------")
    (fields + 1).initialize(to: TextualField(access.value, textKey: valueKey))
    key = UnsafePointer(fields)
  }

  /// See ``MapAccess/count(_:)``.
  func count(_ field: UnsafeRawPointer) -> Int { access.count(field) }

  /// See ``MapAccess/forEach(in:sorted:_:)``.
  func forEach(
    in field: UnsafeRawPointer, sorted: Bool, _ body: (_ key: UnsafeRawPointer, _ value: UnsafeRawPointer) -> Bool
  ) {
    access.forEach(in: field, sorted: sorted, body)
  }

  /// See ``MapAccess/insert(into:_:)``.
  func insert(
    into field: UnsafeMutableRawPointer,
    _ fill: (_ key: UnsafeMutableRawPointer, _ value: UnsafeMutableRawPointer) -> FilledEntry
  ) -> Int? {
    access.insert(into: field, fill)
  }

  /// The part of a text in front of ``TextualField/keyPadding`` bytes, which may be read behind keys.
  private static func key(_ padded: StaticString) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: padded.utf8Start, count: padded.utf8CodeUnitCount - TextualField.keyPadding)
  }

  deinit {
    for index in 0..<2 { key[index].deallocate() }
    key.deallocate()
  }
}
