/// Why descriptors cannot be linked: what is missing in a file, or contradicts itself.
public struct DescriptorError: Error, Hashable, Sendable {
  /// The path of the file at fault.
  public let file: String

  /// The element at fault, such as `field acme.Book.title`; `nil` when it is the file as a whole.
  public let element: String?

  /// What is wrong with it.
  public let reason: String

  init(_ file: String, _ reason: String, element: String? = nil) {
    self.file = file
    self.element = element
    self.reason = reason
  }
}

extension DescriptorError: CustomStringConvertible {
  /// The element, its file, and what is wrong.
  public var description: String { (element.map { "\($0) in " } ?? "") + "\(file) \(reason)" }
}
