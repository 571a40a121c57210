import SwiftGRPCProtobuf

/// The names that a message declares, some of which must not meet in Swift.
///
/// Swift tells a property and a nested type apart by their use, but not in one scope; .proto files may have both.
final class MessageScope {
  /// How many fields and oneofs have each name in lowerCamelCase.
  let memberCounts: [String: Int]
  /// How many of them are oneofs.
  let oneofCounts: [String: Int]
  /// The nested messages and enums.
  let nestedTypes: Set<String>
  /// All that is a type, oneofs included.
  private(set) lazy var types = nestedTypes.union(message.realOneofs.map(namer.name(of:)))
  /// All that is a property or method of a field or oneof.
  private(set) lazy var members = Set(
    message.fields.flatMap { field in
      let names = namer.names(of: field)
      return [names.property, names.storage, names.has, names.clear]
    } + message.realOneofs.map { namer.names(of: $0).property })

  private let message: MessageDescriptor
  private unowned let namer: SwiftNamer

  init(of message: MessageDescriptor, named namer: SwiftNamer) {
    self.message = message
    self.namer = namer
    let oneofs = message.realOneofs.map { CamelCase.lower($0.name) }
    oneofCounts = Dictionary(oneofs.map { ($0, 1) }, uniquingKeysWith: +)
    memberCounts = Dictionary(
      (message.fields.map { CamelCase.lower(namer.namingBase(of: $0)) } + oneofs).map { ($0, 1) }, uniquingKeysWith: +)
    nestedTypes = Set(message.messages.map(namer.name(of:)) + message.enums.map(namer.name(of:)))
  }
}

/// Names of types, as they are seen from inside of a message.
extension SwiftNamer {
  /// The full name of a message or enum, for use as a type in the declaration of `message` or an extension of it.
  ///
  /// An alias when the name would be taken for a type nested in `message` or in one that it is nested in.
  func visibleName(_ fullName: String, in message: MessageDescriptor) -> String {
    guard isDeclared(Self.firstPart(of: fullName), in: message, by: \.types) else { return fullName }
    var root = message
    while let parent = root.parent { root = parent }
    let alias = "\(name(of: root))_\(fullName.map { $0 == "." ? "_" : String($0) }.joined())_Type"
    addAlias(alias, of: fullName)
    return alias
  }

  /// A visible name for use as an expression, where a property of the same name comes before the type.
  func expression(ofType name: String, in message: MessageDescriptor) -> String {
    guard isDeclared(Self.firstPart(of: name), in: message, by: \.members) else { return name }
    return "Swift.Array<\(name)>.Element"
  }

  private func isDeclared(
    _ name: String, in message: MessageDescriptor, by names: KeyPath<MessageScope, Set<String>>
  ) -> Bool {
    var next: MessageDescriptor? = message
    while let message = next {
      if scope(of: message)[keyPath: names].contains(name) { return true }
      next = message.parent
    }
    return false
  }

  private static func firstPart(of name: String) -> String { String(name.prefix { $0 != "." }) }
}
