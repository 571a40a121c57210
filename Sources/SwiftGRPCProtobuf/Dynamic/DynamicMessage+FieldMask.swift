extension DynamicMessageType {
  /// True when there is a field with this path; see ``Message/isPathValid(_:)``.
  public func isPathValid(_ path: String) -> Bool { FieldPath(path, in: type.layout.table) != nil }
}

extension Google_Protobuf_FieldMask {
  /// True when a message type has the fields of all paths.
  public func isValid(for messageType: DynamicMessageType) -> Bool { paths.allSatisfy(messageType.isPathValid) }
}

extension DynamicMessage {
  /// Takes the fields that a mask has from another message of this type; see
  /// ``Message/merge(from:fieldMask:mergeOption:)``.
  ///
  /// - Precondition: `source` has the same type.
  public mutating func merge(
    from source: DynamicMessage, fieldMask: Google_Protobuf_FieldMask,
    mergeOption: Google_Protobuf_FieldMask.MergeOptions = Google_Protobuf_FieldMask.MergeOptions()
  ) {
    precondition(source.type == type, "a \(source.type) merged into a \(type)")
    let paths = fieldMask.canonical.paths.compactMap { FieldPath($0, in: type.type.layout.table) }
    if paths.isEmpty { return }
    source.withFields { source in
      withMutableFields { target in
        for path in paths { path.merge(from: source, into: target, replacing: mergeOption.replaceRepeatedFields) }
      }
    }
  }

  /// Clears the fields that a mask does not have; see ``Message/trim(keeping:)``.
  ///
  /// - Returns: true when a field was set and is no longer.
  @discardableResult
  public mutating func trim(keeping fieldMask: Google_Protobuf_FieldMask) -> Bool {
    guard !fieldMask.paths.isEmpty, fieldMask.isValid(for: type) else { return false }
    let table = type.type.layout.table
    let paths = fieldMask.canonical.paths.compactMap { FieldPath($0, in: table) }
    return withMutableFields { FieldPath.trim($0, table, keeping: paths) }
  }
}
