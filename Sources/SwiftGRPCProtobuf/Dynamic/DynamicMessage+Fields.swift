#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What names a field of a dynamic message: its name, with that of an extension in brackets (`[acme.shelf]`), its
/// number, or its descriptor.
public protocol DynamicFieldKey: CustomStringConvertible, Sendable {
  /// The field's position in the layout of a type.
  func _index(in type: DynamicMessageType) -> Int?
}

extension String: DynamicFieldKey {
  /// The position of the field with this name.
  public func _index(in type: DynamicMessageType) -> Int? { type.type.layout.index(name: self) }
}

extension Int: DynamicFieldKey {
  /// The position of the field with this number.
  public func _index(in type: DynamicMessageType) -> Int? {
    Int32(exactly: self).flatMap { type.type.layout.index(number: $0) }
  }
}

extension ProtoDescriptor.Field: DynamicFieldKey {
  /// The position of this field.
  public func _index(in type: DynamicMessageType) -> Int? {
    let layout = type.type.layout
    return layout.index(number: number).flatMap { layout.fields[$0].descriptor == self ? $0 : nil }
  }
}

extension DynamicMessage {
  /// The value of a field, by name, number or descriptor.
  ///
  /// Of a field that is not set it is the default; `nil` means that the type has no such field. Setting `nil` clears the
  /// field. Use ``set(_:for:)`` when field or value come from outside: setting a field that the type does not have, or a
  /// value that does not fit, is a mistake of the program and stops it.
  public subscript(key: some DynamicFieldKey) -> DynamicValue? {
    get { key._index(in: type).map(value) }
    set {
      guard let newValue else { return clear(key) }
      do throws(DynamicMessageError) { try set(newValue, for: key) } catch { preconditionFailure("\(error)") }
    }
  }

  /// Sets a field to a value.
  ///
  /// Numbers are converted when the field can hold them, and an enum's field takes a number, too.
  /// - Throws: ``DynamicMessageError`` when there is no such field or the value does not fit it.
  public mutating func set(_ value: DynamicValue, for key: some DynamicFieldKey) throws(DynamicMessageError) {
    guard let index = key._index(in: type) else { throw .unknownField("\(key)", type: type.name) }
    let field = type.type.layout.fields[index]
    guard let store = field.store(value) else {
      throw .valueDoesNotFit(field: field.descriptor.fullName, expected: field.expectation)
    }
    withMutableFields { store($0 + field.offset) }
  }

  /// True when the field is set: present, not empty, or not the default; false when the type has no such field.
  public func has(_ key: some DynamicFieldKey) -> Bool {
    guard let index = key._index(in: type) else { return false }
    return withFields { type.type.layout.isSet(index, in: $0) }
  }

  /// Makes a field unset.
  public mutating func clear(_ key: some DynamicFieldKey) {
    guard has(key), let index = key._index(in: type) else { return }
    let field = type.type.layout.table.fields[index]
    withMutableFields { field.clear($0 + field.offset) }
  }

  /// The member of a oneof that is set; `nil` when none is, or the oneof belongs to another message.
  public func whichField(of oneof: ProtoDescriptor.Oneof) -> ProtoDescriptor.Field? {
    oneof.fields.first { has($0) }
  }

  /// The member that is set of the oneof with this name; `nil` when none is, or there is no such oneof.
  public func whichField(ofOneof name: String) -> ProtoDescriptor.Field? {
    type.descriptor.oneofs.first { $0.name == name }.flatMap { whichField(of: $0) }
  }

  /// The fields that are set, extensions included, in the order of their numbers.
  public var setFields: [ProtoDescriptor.Field] {
    let layout = type.type.layout
    return withFields { fields in
      layout.fields.indices.filter { layout.isSet($0, in: fields) }.map { layout.fields[$0].descriptor }
    }
  }

  private func value(at index: Int) -> DynamicValue {
    let layout = type.type.layout
    let field = layout.fields[index]
    return withFields { layout.isSet(index, in: $0) ? field.value(at: $0 + field.offset) : field.defaultValue }
  }
}

extension DynamicField {
  // MARK: Reading

  /// The value of a field that is set.
  fileprivate func value(at address: UnsafeRawPointer) -> DynamicValue {
    func stored<Value: DynamicStorable>(_ type: Value.Type) -> DynamicValue {
      switch shape {
      case .repeated: .list(address.assumingMemoryBound(to: [Value].self).pointee.map { named($0.dynamicValue) })
      case .optional, .required:
        address.assumingMemoryBound(to: Value?.self).pointee.map { named($0.dynamicValue) } ?? named(zero)
      case .implicit, .oneof, .map: named(address.assumingMemoryBound(to: Value.self).pointee.dynamicValue)
      }
    }
    switch shape {
    case .map:
      let entries = address.assumingMemoryBound(to: DynamicMap.Entries.self).pointee
      return .map(entries.mapValues { map?.valueField.named($0) ?? $0 })
    case .oneof: return named(address.assumingMemoryBound(to: DynamicOneof.Value.self).pointee.value)
    default: return stored(kind.storedType)
    }
  }

  /// A stored value as users see it: numbers of enums with their names.
  private func named(_ value: DynamicValue) -> DynamicValue {
    guard let enumeration, case .int32(let number) = value else { return value }
    return .enumeration(DynamicEnumValue(number: number, name: enumeration.names.name(of: number)))
  }

  /// The value of a field that is not set.
  fileprivate var defaultValue: DynamicValue {
    switch shape {
    case .map: return .map([:])
    case .repeated: return .list([])
    default: break
    }
    switch descriptor.explicitDefault {
    case .bool(let value)?: return .bool(value)
    case .signed(let value)?: return converted(.int64(value)) ?? named(zero)
    case .unsigned(let value)?: return converted(.uint64(value)) ?? named(zero)
    case .float(let value)?: return .float(value)
    case .double(let value)?: return .double(value)
    case .string(let value)?: return .string(value)
    case .bytes(let value)?: return .bytes(Data(value))
    case .enumValue(let value)?: return named(.int32(value.number))
    case nil: return named(zero)
    }
  }

  // MARK: Writing

  /// What the field takes, in words.
  fileprivate var expectation: String {
    if let map { return "a map of \(map.keyField.expectation) to \(map.valueField.expectation)" }
    let one = messageType?.descriptor.fullName ?? enumeration?.descriptor.fullName ?? "\(kind)"
    return shape == .repeated ? "a list of \(one)" : one
  }

  /// One value as it is stored; `nil` when it does not fit.
  private func converted(_ value: DynamicValue) -> DynamicValue? {
    func convert<Value: DynamicStorable>(_ type: Value.Type) -> DynamicValue? { Value(value)?.dynamicValue }
    if case .enumeration = value, enumeration == nil { return nil }
    guard let result = convert(kind.storedType) else { return nil }
    if case .int32(let number) = result, let enumeration, !enumeration.contains(number) { return nil }
    if case .message(let message) = result, message.type.type !== messageType { return nil }
    return result
  }

  /// What stores a value in the field; `nil` when it does not fit.
  fileprivate func store(_ value: DynamicValue) -> ((UnsafeMutableRawPointer) -> Void)? {
    func storing<Value: DynamicStorable>(_ type: Value.Type) -> ((UnsafeMutableRawPointer) -> Void)? {
      if shape == .repeated {
        guard case .list(let list) = value else { return nil }
        var values: [Value] = []
        for element in list {
          guard let value = converted(element).flatMap(Value.init) else { return nil }
          values.append(value)
        }
        return { [values] in $0.assumingMemoryBound(to: [Value].self).pointee = values }
      }
      guard let value = converted(value).flatMap(Value.init) else { return nil }
      if shape == .implicit { return { $0.assumingMemoryBound(to: Value.self).pointee = value } }
      return { $0.assumingMemoryBound(to: Value?.self).pointee = value }
    }
    switch shape {
    case .map:
      guard let map, case .map(let entries) = value else { return nil }
      var stored = DynamicMap.Entries()
      for (key, value) in entries {
        guard let key = map.keyField.converted(key), let value = map.valueField.converted(value) else { return nil }
        stored[key] = value
      }
      return { [stored] in $0.assumingMemoryBound(to: DynamicMap.Entries.self).pointee = stored }
    case .oneof:
      guard let value = converted(value) else { return nil }
      return { [number] in
        $0.assumingMemoryBound(to: DynamicOneof.Value.self).pointee = DynamicOneof.Value(number: number, value: value)
      }
    default: return storing(kind.storedType)
    }
  }
}
