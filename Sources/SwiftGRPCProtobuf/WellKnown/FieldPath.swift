/// A path of a field mask in a message type: the fields that it names.
///
/// Messages are walked by their tables; `message` is where the fields of one lie. Only messages that are there are
/// walked into, so that the depth of a path, which may come from a peer, does not matter.
struct FieldPath {
  /// The fields, from the outermost inwards; never none, and all but the last hold one message.
  private let fields: ArraySlice<FieldDescription>

  /// `nil` when the message type has no such path.
  init?(_ path: String, in table: MessageTable) {
    var fields: ArraySlice<FieldDescription> = []
    var next: MessageTable? = table
    for name in path.split(separator: ".", omittingEmptySubsequences: false) {
      guard let field = next?.fields.first(where: { $0.name == name }) else { return nil }
      fields.append(field)
      next = field.innerMessage?.table
    }
    self.fields = fields
  }

  private init(_ fields: ArraySlice<FieldDescription>) { self.fields = fields }

  private var first: FieldDescription { fields[fields.startIndex] }

  /// The path from the message in the first field; `nil` when it ends there.
  private var inner: FieldPath? { fields.count > 1 ? FieldPath(fields.dropFirst()) : nil }

  /// Gives the message at `target` what the path names in `source`; `nil` is a message in which nothing is set.
  func merge(from source: UnsafeRawPointer?, into target: UnsafeMutableRawPointer, replacing: Bool) {
    let field = first
    let address = target + field.offset
    let sourceAddress = source.map { $0 + field.offset }
    guard let inner, let message = field.innerMessage else {
      return field.merge(from: sourceAddress, into: address, replacing: replacing)
    }
    let isInSource = sourceAddress.map(field.isSet) ?? false
    guard isInSource || field.isSet(address) else { return }
    field.withMessage(message, at: address) { target in
      guard isInSource, let sourceAddress else { return inner.merge(from: nil, into: target, replacing: replacing) }
      field.withMessage(message, at: sourceAddress) { inner.merge(from: $0, into: target, replacing: replacing) }
    }
  }

  /// Clears the fields of the message at `target` that no path names, and returns true when one was set.
  static func trim(_ target: UnsafeMutableRawPointer, _ table: MessageTable, keeping paths: [FieldPath]) -> Bool {
    let paths = Dictionary(grouping: paths) { $0.first.number }
    var isChanged = false
    for field in table.fields {
      let address = target + field.offset
      guard field.isSet(address) else { continue }
      guard let kept = paths[field.number] else {
        field.clear(address)
        isChanged = true
        continue
      }
      let inner = kept.compactMap(\.inner)
      guard inner.count == kept.count, let message = field.innerMessage else { continue }
      field.withMessage(message, at: address) {
        if trim($0, message.table, keeping: inner) { isChanged = true }
      }
    }
    return isChanged
  }
}

extension FieldDescription {
  /// The type of the one message that the field holds.
  fileprivate var innerMessage: (any MessageAccess)? {
    guard case .message(let message) = content, shape != .repeated else { return nil }
    return message
  }

  /// Gives `body` the fields of the message in the field at `address`, which is set.
  fileprivate func withMessage(
    _ message: any MessageAccess, at address: UnsafeRawPointer, _ body: (UnsafeRawPointer) -> Void
  ) {
    guard let oneof else {
      if let fields = message.fields(ofOptional: address) { body(fields) }
      return
    }
    oneof.withValue(at: address) { _, value in body(message.fields(of: value)) }
  }

  /// Gives `body` the fields of the message in the field at `address` for changing; an empty one if it is not set.
  fileprivate func withMessage(
    _ message: any MessageAccess, at address: UnsafeMutableRawPointer, _ body: (UnsafeMutableRawPointer) -> Void
  ) {
    guard let oneof else { return body(message.mutableFields(ofOptional: address)) }
    message.withNewMessage { value in
      oneof.withValue(at: address) { number, current in
        if number == self.number { message.copy(current, to: value, .implicit) }
      }
      body(message.mutableFields(of: value))
      setMember(of: address, to: value)
    }
  }

  /// Gives the field at `target` what the one at `source` has; `nil` is a field that is not set.
  fileprivate func merge(from source: UnsafeRawPointer?, into target: UnsafeMutableRawPointer, replacing: Bool) {
    let isInSource = source.map(isSet) ?? false
    guard isInSource, let source else {
      if shape == .repeated || shape == .map ? replacing : innerMessage == nil { clear(target) }
      return
    }
    if !replacing, shape == .repeated || shape == .map, isSet(target) {
      append(source, to: target)
    } else {
      copy(source, to: target)
    }
  }
}
