/// The description of a message's fields, on which everything but the binary format runs: comparing, hashing, the check
/// for required fields, printing.
///
/// Generated code makes one for each message. A table refers to fields by their offset in the struct that stores them.
public struct MessageTable: Sendable {
  /// The fields in the order of their numbers.
  public let fields: [FieldDescription]
  /// Where the unknown fields lie.
  let unknownFields: Int
  /// Where the extensions lie, if the message can be extended.
  let extensions: Int?

  /// Called by generated code.
  ///
  /// - Parameters:
  ///   - unknownFields: the offset of the ``UnknownStorage``.
  ///   - extensions: the offset of the ``ExtensionFieldValueSet`` of a message that can be extended.
  public init(unknownFields: Int, extensions: Int? = nil, _ fields: [FieldDescription]) {
    self.fields = fields
    self.unknownFields = unknownFields
    self.extensions = extensions
  }

  /// The unknown fields of the message whose fields lie at `message`.
  func unknownFields(in message: UnsafeRawPointer) -> UnknownStorage {
    (message + unknownFields).assumingMemoryBound(to: UnknownStorage.self).pointee
  }

  /// The extensions of the message whose fields lie at `message`.
  func extensions(in message: UnsafeRawPointer) -> ExtensionFieldValueSet? {
    extensions.map { (message + $0).assumingMemoryBound(to: ExtensionFieldValueSet.self).pointee }
  }

  /// True when two messages of this type have equal fields, unknown fields and extensions.
  func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    for field in fields where !field.isRepeatedOneofMember {
      if !field.isEqual(left + field.offset, right + field.offset) { return false }
    }
    return unknownFields(in: left) == unknownFields(in: right) && extensions(in: left) == extensions(in: right)
  }

  /// Hashes the fields that are set.
  func hash(_ message: UnsafeRawPointer, into hasher: inout Hasher) {
    for field in fields where !field.isRepeatedOneofMember {
      guard field.isSet(message + field.offset) else { continue }
      hasher.combine(field.number)
      field.hash(message + field.offset, into: &hasher)
    }
    let unknown = unknownFields(in: message)
    if !unknown.isEmpty { hasher.combine(unknown) }
    if let extensions = extensions(in: message), !extensions.isEmpty { hasher.combine(extensions) }
  }

  /// True when every required field is set, in the messages that it holds as well.
  func isInitialized(_ message: UnsafeRawPointer) -> Bool {
    for field in fields where !field.isRepeatedOneofMember {
      if let oneof = field.oneof {
        let member = oneof.withValue(at: message + field.offset) { number, value in
          fields.first { $0.number == number }?.isInitialized(value) ?? true
        }
        if member == false { return false }
        continue
      }
      if field.shape == .required, !field.isSet(message + field.offset) { return false }
      if !field.isInitialized(message + field.offset) { return false }
    }
    return extensions(in: message)?.isInitialized ?? true
  }
}

extension Message {
  /// What generated code of a message with required fields, or with messages that have some, answers ``isInitialized``
  /// with.
  public var _hasRequiredFields: Bool {
    withUnsafePointer(to: self) { message in Self._withFields(of: message) { Self._table.isInitialized($0) } }
  }
}
