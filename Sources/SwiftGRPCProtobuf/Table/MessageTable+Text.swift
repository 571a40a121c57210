#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the text format needs to know of a message besides its fields.
extension MessageTable {
  /// The index of ``textNames``: a group goes by the name of its message and of its field, which is the same in lower
  /// case.
  func makeTextNames() -> FieldNameIndex {
    let groups = fields.enumerated().filter { $1.kind == .group }.map { (name: $1.name.lowercased(), field: $0) }
    return FieldNameIndex(fields.enumerated().map { (name: $1.name, field: $0) } + groups)
  }

  /// The position of the extension with this full name, if it is one of the table's own fields, as in dynamic messages.
  func extensionField(named name: String) -> Int? {
    guard type == nil else { return nil }
    var bracketed = "[\(name)]"
    return bracketed.withUTF8 { textNames.field(named: UnsafeRawBufferPointer($0)) }
  }

  /// True when the `.proto` file reserves a name, so that no field has it any more.
  func isReserved(_ name: String) -> Bool {
    reserved.contains(name)
  }

  /// True when the `.proto` file reserves a number.
  func isReserved(_ number: Int32) -> Bool {
    reserved.contains { word in
      let bounds = word.split(separator: "-").compactMap { Int32($0) }
      guard let low = bounds.first, let high = bounds.last else { return false }
      return low <= number && number <= high
    }
  }

  /// The type URL and the bytes of the `google.protobuf.Any` at an address.
  func anyContent(at message: UnsafeRawPointer) -> (typeURL: String, value: Data)? {
    guard let typeURL = field(number: 1), let value = field(number: 2) else { return nil }
    return (
      (message + typeURL.offset).assumingMemoryBound(to: String.self).pointee,
      (message + value.offset).assumingMemoryBound(to: Data.self).pointee
    )
  }

  /// Makes the `google.protobuf.Any` at an address one that holds encoded bytes.
  func setAny(at message: UnsafeMutableRawPointer, typeURL: String, value: Data) {
    guard let first = field(number: 1), let second = field(number: 2) else { return }
    (message + first.offset).assumingMemoryBound(to: String.self).pointee = typeURL
    (message + second.offset).assumingMemoryBound(to: Data.self).pointee = value
  }
}
