/// Why a field mask cannot have a path.
public enum FieldMaskError: Error, Hashable, Sendable {
  /// The message type has no field with this path.
  case invalidPath
  /// The message type has no field with this number.
  case invalidFieldNumber
}

extension FieldMaskError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .invalidPath: "the message type has no field with this path"
    case .invalidFieldNumber: "the message type has no field with this number"
    }
  }
}

extension Google_Protobuf_FieldMask {
  /// How ``Message/merge(from:fieldMask:mergeOption:)`` treats fields that hold more than one value.
  public struct MergeOptions: Sendable {
    /// Lists and maps become those of the source, instead of having their entries added. Off by default.
    public var replaceRepeatedFields = false

    /// The defaults.
    public init() {}
  }

  /// A mask with all fields of a message type.
  public init<M: Message>(allFieldsOf messageType: M.Type) {
    self.init(protoPaths: M._table.fields.map(\.name))
  }

  /// A mask with the fields of a message type that have these numbers.
  ///
  /// - Throws: ``FieldMaskError/invalidFieldNumber`` when it has none of a number.
  public init<M: Message>(fieldNumbers: [Int], of messageType: M.Type) throws(FieldMaskError) {
    self.init()
    for number in fieldNumbers {
      guard let number = Int32(exactly: number), let field = M._table.field(number: number) else {
        throw .invalidFieldNumber
      }
      paths.append(field.name)
    }
  }

  /// Adds a path of fields of a message type.
  ///
  /// - Throws: ``FieldMaskError/invalidPath`` when it has no such fields.
  public mutating func addPath<M: Message>(_ path: String, of messageType: M.Type) throws(FieldMaskError) {
    guard M.isPathValid(path) else { throw .invalidPath }
    paths.append(path)
  }

  /// True when a message type has the fields of all paths.
  public func isValid<M: Message>(for messageType: M.Type) -> Bool { paths.allSatisfy(M.isPathValid) }
}

extension Message {
  /// True when there is a field with this path: names of the `.proto` file with points between, of which all but the
  /// last are those of messages, neither in a list nor in a map.
  public static func isPathValid(_ path: String) -> Bool { FieldPath(path, in: _table) != nil }

  /// Takes the fields that a mask has from another message. Paths that are not valid are passed over.
  ///
  /// A field that is not set in the source becomes unset; but a message, unless a path leads into it, stays as it is.
  /// Messages are replaced, the entries of lists and maps added, those of a map in place of entries with the same key.
  /// - Throws: nothing yet.
  public mutating func merge(
    from source: Self, fieldMask: Google_Protobuf_FieldMask,
    mergeOption: Google_Protobuf_FieldMask.MergeOptions = Google_Protobuf_FieldMask.MergeOptions()
  ) throws {
    let paths = fieldMask.canonical.paths.compactMap { FieldPath($0, in: Self._table) }
    if paths.isEmpty { return }
    withUnsafePointer(to: source) { source in
      Self._withFields(of: source) { source in
        _withMutableFields { target in
          for path in paths {
            path.merge(from: source, into: target, replacing: mergeOption.replaceRepeatedFields)
          }
        }
      }
    }
  }

  /// Clears the fields that a mask does not have. Extensions and unknown fields stay.
  ///
  /// Nothing is cleared when the mask is empty or not valid.
  /// - Returns: true when a field was set and is no longer.
  @discardableResult
  public mutating func trim(keeping fieldMask: Google_Protobuf_FieldMask) -> Bool {
    guard !fieldMask.paths.isEmpty, fieldMask.isValid(for: Self.self) else { return false }
    let paths = fieldMask.canonical.paths.compactMap { FieldPath($0, in: Self._table) }
    return _withMutableFields { FieldPath.trim($0, Self._table, keeping: paths) }
  }
}
