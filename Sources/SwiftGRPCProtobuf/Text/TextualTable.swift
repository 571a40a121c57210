/// A ``MessageTable`` as the coders of JSON and of the text format walk it: fields without reference counts on the way,
/// keys ready to be written, and an index from keys to fields. Made once for each message type, on first use.
final class TextualTable: Sendable {
  /// How a message looks in JSON. Spec: ProtoJSON format.
  enum Form {
    /// An object with a key for each field.
    case message
    /// An object with the fields of the packed message, and `@type`.
    case any
    /// A date and time in a string.
    case timestamp
    /// Seconds in a string.
    case duration
    /// Paths in a string.
    case fieldMask
    /// Any object.
    case structure
    /// Any value.
    case value
    /// Any array.
    case list
    /// The value of the only field.
    case wrapper
  }

  let form: Form
  /// The number of fields.
  let count: Int
  // Neither the fields nor the bytes of their keys are changed after `init`, and both live as long as this object.
  nonisolated(unsafe) let fields: UnsafePointer<TextualField>
  nonisolated(unsafe) private let keys: UnsafeMutablePointer<UInt8>
  private let index: FieldNameIndex
  // As the fields.
  nonisolated(unsafe) let view: UnsafePointer<TextualView>

  init(_ table: MessageTable) {
    count = table.fields.count
    form = Form(table)
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for field in table.fields {
      let isMessage = field.kind == .message || field.kind == .group
      for key in [
        TextualField.keyBytes(field.jsonName), TextualField.keyBytes(field.protoName),
        Array((field.name + (isMessage ? " {\n" : ": ")).utf8),
      ] {
        bytes += key
        ends.append(bytes.count)
      }
    }
    let keys = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + TextualField.keyPadding)
    keys.initialize(repeating: 0, count: bytes.count + TextualField.keyPadding)
    for (offset, byte) in bytes.enumerated() { keys[offset] = byte }
    self.keys = keys

    func key(_ position: Int) -> UnsafeBufferPointer<UInt8> {
      let start = position == 0 ? 0 : ends[position - 1]
      return UnsafeBufferPointer(start: keys + start, count: ends[position] - start)
    }
    let fields = UnsafeMutablePointer<TextualField>.allocate(capacity: count)
    for (position, field) in table.fields.enumerated() {
      (fields + position).initialize(
        to: TextualField(
          field, key: key(3 * position), protoKey: key(3 * position + 1), textKey: key(3 * position + 2)))
    }
    self.fields = UnsafePointer(fields)
    let view = UnsafeMutablePointer<TextualView>.allocate(capacity: 1)
    view.initialize(to: TextualView(form: form, count: count, fields: self.fields, table: .passUnretained(table)))
    self.view = UnsafePointer(view)
    index = FieldNameIndex(
      table.fields.enumerated().map { ($1.jsonName, $0) } + table.fields.enumerated().map { ($1.protoName, $0) })
  }

  deinit {
    for position in 0..<count { fields[position].deallocate() }
    fields.deallocate()
    view.deallocate()
    keys.deallocate()
  }

  /// The position of the field with this JSON or original name.
  func field(named name: UnsafeRawBufferPointer) -> Int? { index.field(named: name) }
}

extension TextualTable.Form {
  /// The form that the specification gives a message of this name. A message that borrows the name, but has other
  /// fields, is an ordinary one.
  fileprivate init(_ table: MessageTable) {
    let fields = table.fields
    func has(_ kinds: FieldKind..., shape: FieldDescription.Shape = .implicit) -> Bool {
      fields.map(\.kind) == kinds && fields.allSatisfy { $0.shape == shape }
        && fields.enumerated().allSatisfy { Int($1.number) == $0 + 1 }
    }
    let wrapped: FieldKind
    switch table.name {
    case "google.protobuf.Any":
      self = has(.string, .bytes) ? .any : .message
      return
    case "google.protobuf.Timestamp":
      self = has(.int64, .int32) ? .timestamp : .message
      return
    case "google.protobuf.Duration":
      self = has(.int64, .int32) ? .duration : .message
      return
    case "google.protobuf.FieldMask":
      self = has(.string, shape: .repeated) ? .fieldMask : .message
      return
    case "google.protobuf.Struct":
      self = has(.message, shape: .map) ? .structure : .message
      return
    case "google.protobuf.Value":
      self = has(.enum, .double, .string, .bool, .message, .message, shape: .oneof) ? .value : .message
      return
    case "google.protobuf.ListValue":
      self = has(.message, shape: .repeated) ? .list : .message
      return
    case "google.protobuf.DoubleValue": wrapped = .double
    case "google.protobuf.FloatValue": wrapped = .float
    case "google.protobuf.Int64Value": wrapped = .int64
    case "google.protobuf.UInt64Value": wrapped = .uint64
    case "google.protobuf.Int32Value": wrapped = .int32
    case "google.protobuf.UInt32Value": wrapped = .uint32
    case "google.protobuf.BoolValue": wrapped = .bool
    case "google.protobuf.StringValue": wrapped = .string
    case "google.protobuf.BytesValue": wrapped = .bytes
    default:
      self = .message
      return
    }
    self = has(wrapped) ? .wrapper : .message
  }
}

extension FieldDescription {
  /// The field's name in the `.proto` file. ``name`` of a proto2 group is that of its message, which differs in the case
  /// of its letters.
  fileprivate var protoName: String { kind == .group && name.lowercased() == jsonName ? jsonName : name }
}

/// A ``TextualTable`` without reference counts: it lives as long as that.
struct TextualView {
  let form: TextualTable.Form
  let count: Int
  let fields: UnsafePointer<TextualField>
  /// The table that all of this was made of, and which keeps it.
  let table: Unmanaged<MessageTable>
}
