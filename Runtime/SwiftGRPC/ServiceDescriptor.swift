/// The name of a service: its protobuf package and its own name.
public struct ServiceDescriptor: Sendable, Hashable, CustomStringConvertible {
  /// The package and the name as on the wire, such as `helloworld.Greeter`; case-sensitive.
  public let fullyQualifiedService: String

  /// Creates a descriptor from the whole name, such as `helloworld.Greeter`.
  public init(fullyQualifiedService: String) {
    self.fullyQualifiedService = fullyQualifiedService
  }

  /// Creates a descriptor from a package, which may be empty, and the name in it.
  public init(package: String, service: String) {
    self.fullyQualifiedService = package.isEmpty ? service : "\(package).\(service)"
  }

  /// What comes before the last dot; empty when the service has no package.
  public var package: String {
    guard let dot = fullyQualifiedService.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
    return String(fullyQualifiedService[..<dot])
  }

  /// What comes after the last dot.
  public var service: String {
    guard let dot = fullyQualifiedService.utf8.lastIndex(of: UInt8(ascii: ".")) else { return fullyQualifiedService }
    return String(fullyQualifiedService[fullyQualifiedService.utf8.index(after: dot)...])
  }

  /// The whole name.
  public var description: String { fullyQualifiedService }
}
