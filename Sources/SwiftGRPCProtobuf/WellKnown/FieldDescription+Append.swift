#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension FieldDescription {
  /// Adds the entries of the list or map at `source` to the one at `target`; those of a map in place of entries with
  /// the same key.
  func append(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    switch content {
    case .scalar: appendScalars(source, to: target)
    case .enumeration(let type):
      for number in type.numbers(in: source) { _ = type.store(number, in: target, .repeated) }
    case .message(let type):
      let list = type.list(source)
      for index in 0..<list.count { type.table.copy(list[index], to: type.append(to: target)) }
    case .map(let map):
      map.forEach(in: source, sorted: false) { key, value in
        var isFilled = false
        map.insert(into: target) { newKey, newValue in
          if isFilled { return .end }
          map.key.copy(key, to: newKey)
          map.value.copy(value, to: newValue)
          isFilled = true
          return .stored
        }
        return true
      }
    }
  }

  private func appendScalars(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    switch kind {
    case .int32, .sint32, .sfixed32: StoredValues<Int32>.append(source, to: target)
    case .int64, .sint64, .sfixed64: StoredValues<Int64>.append(source, to: target)
    case .uint32, .fixed32: StoredValues<UInt32>.append(source, to: target)
    case .uint64, .fixed64: StoredValues<UInt64>.append(source, to: target)
    case .float: StoredValues<Float>.append(source, to: target)
    case .double: StoredValues<Double>.append(source, to: target)
    case .bool: StoredValues<Bool>.append(source, to: target)
    case .string: StoredValues<String>.append(source, to: target)
    case .bytes: StoredValues<Data>.append(source, to: target)
    case .enum, .message, .group: preconditionFailure("field \(number) is no list of scalars")
    }
  }
}

extension StoredValues {
  /// Adds the values of the array at `source` to the one at `target`.
  fileprivate static func append(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    target.assumingMemoryBound(to: [Value].self).pointee += source.assumingMemoryBound(to: [Value].self).pointee
  }
}

extension MessageTable {
  /// Makes a message in which nothing is set what the one at `source` is.
  fileprivate func copy(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
    for field in fields where field.isSet(source + field.offset) {
      field.copy(source + field.offset, to: target + field.offset)
    }
    unknownFields(in: target).pointee = unknownFields(in: source)
    if let extensions = extensions(in: source) { self.extensions(in: target)?.pointee = extensions }
  }
}
