import SwiftGRPCProtobuf

/// The Swift names of descriptors, as seen from one file.
///
/// They are the names that Swift's protobuf users know, so that code that uses generated messages does not change with
/// the generator. "Full" names can be used anywhere in the file; the others are those of the declaration.
final class SwiftNamer {
  let file: FileDescriptor
  let mappings: ModuleMappings
  /// The module that the file is generated for; `nil` when no mapping names one.
  let targetModule: String?
  private var enumCaseNames: [EnumDescriptor: [String]] = [:]
  private var scopes: [MessageDescriptor: MessageScope] = [:]
  /// The types that a message's own hide where they are used, each with the alias that stands in for it.
  private(set) var aliases: [(alias: String, name: String)] = []

  /// - Parameter isBootstrap: whether the file is for the runtime module itself.
  init(for file: FileDescriptor, mappings: ModuleMappings, isBootstrap: Bool = false) {
    self.file = file
    self.mappings = mappings
    // A bundled file that a user generates all the same goes where the user's other files go.
    targetModule = isBootstrap ? mappings.runtimeModule : file.isBundled ? nil : mappings.module(of: file)
  }

  /// What precedes the name of a type that the file's module does not contain: `Module.`, else nothing.
  func modulePrefix(of other: FileDescriptor) -> String {
    module(of: other).map { "\($0)." } ?? ""
  }

  /// The module that has to be imported for the types of another file, `nil` when it is the same.
  func module(of other: FileDescriptor) -> String? {
    guard other != file, let module = mappings.module(of: other), module != targetModule else { return nil }
    return module
  }

  /// What precedes the runtime's own names: `SwiftGRPCProtobuf.`, or nothing inside of that module.
  var runtimePrefix: String {
    targetModule == mappings.runtimeModule ? "" : "\(mappings.runtimeModule)."
  }

  /// The prefix of the file's top-level types: its `swift_prefix`, else its package, `Some_Package_`.
  func typePrefix(of file: FileDescriptor) -> String {
    if file.options.hasSwiftPrefix { return file.options.swiftPrefix }
    guard !file.package.isEmpty else { return "" }
    var result = ""
    var startsWord = true
    for scalar in file.package.unicodeScalars {
      switch scalar {
      case "_": startsWord = true
      case ".":
        startsWord = true
        result += "_"
      default:
        if result.isEmpty && scalar.isASCIIDigit { result = "_" }
        result.unicodeScalars.append(startsWord ? scalar.asciiUppercased : scalar)
        startsWord = false
      }
    }
    return result + "_"
  }

  // MARK: Types

  func name(of message: MessageDescriptor) -> String {
    let base = message.parent == nil ? typePrefix(of: message.file) + message.name : message.name
    return sanitized(type: base, suffix: "Message")
  }

  func fullName(of message: MessageDescriptor) -> String {
    let prefix = message.parent.map { fullName(of: $0) + "." } ?? modulePrefix(of: message.file)
    return prefix + name(of: message)
  }

  func name(of type: EnumDescriptor) -> String {
    let base = type.parent == nil ? typePrefix(of: type.file) + type.name : type.name
    return sanitized(type: base, suffix: "Enum")
  }

  func fullName(of type: EnumDescriptor) -> String {
    let prefix = type.parent.map { fullName(of: $0) + "." } ?? modulePrefix(of: type.file)
    return prefix + name(of: type)
  }

  func name(of oneof: OneofDescriptor) -> String {
    let name = "OneOf_" + CamelCase.upper(oneof.name) + (suffix(of: oneof) ?? "")
    return sanitized(type: name, suffix: "Oneof", isTaken: scope(of: oneof.message).nestedTypes.contains(name))
  }

  func fullName(of oneof: OneofDescriptor) -> String {
    fullName(of: oneof.message) + "." + name(of: oneof)
  }

  func sanitized(type name: String, suffix: String, isTaken: Bool = false) -> String {
    // Words that mean something else in front of a type, yet can be a type's name.
    if name == "any" || name == "some" { return "`\(name)`" }
    if isTaken || ReservedNames.types.contains(name) || name.isAllUnderscores { return name + suffix }
    if name.hasSuffix(suffix) {
      // When `Any` becomes `AnyMessage`, an `AnyMessage` of the schema has to make room for it.
      return sanitized(type: String(name.dropLast(suffix.count)), suffix: suffix) + suffix
    }
    return name == mappings.runtimeModule ? name + suffix : name
  }

  /// What the message declares, by name.
  func scope(of message: MessageDescriptor) -> MessageScope {
    if let known = scopes[message] { return known }
    let scope = MessageScope(of: message, named: self)
    scopes[message] = scope
    return scope
  }

  /// Declares another name for a type.
  func addAlias(_ alias: String, of name: String) {
    if !aliases.contains(where: { $0.alias == alias }) { aliases.append((alias, name)) }
  }

  // MARK: Enum cases

  /// The name of the value's case, with backticks where needed.
  func name(of value: EnumValueDescriptor) -> String {
    let type = value.enumType
    let names = enumCaseNames[type] ?? makeCaseNames(of: type)
    enumCaseNames[type] = names
    return names[value.index]
  }

  /// The name with a leading dot, as an expression or pattern whose type is known.
  func dottedName(of value: EnumValueDescriptor) -> String { "." + name(of: value).withoutBackticks }

  /// The values that get a declaration: all but the aliases whose Swift name is that of another value.
  func declaredValues(of type: EnumDescriptor) -> [EnumValueDescriptor] {
    var aliasNames: [Int32: Set<String>] = [:]
    return type.values.filter { value in
      guard let original = value.original else { return true }
      let name = name(of: value)
      return name != self.name(of: original) && aliasNames[value.number, default: []].insert(name).inserted
    }
  }

  private func makeCaseNames(of type: EnumDescriptor) -> [String] {
    let prefix = type.name.asciiLowercased.filter { $0 != "_" }
    let candidates = type.values.map { CamelCase.lower(Self.stripping(prefix, from: $0.name) ?? $0.name) }
    var numbers: [String: Set<Int32>] = [:]
    for (value, candidate) in zip(type.values, candidates) { numbers[candidate, default: []].insert(value.number) }
    return zip(type.values, candidates).map { value, candidate in
      guard numbers[candidate, default: []].count > 1 else { return sanitized(enumCase: candidate) }
      // Several numbers would get this name: tell them apart by the number.
      let number = value.number < 0 ? "_n\(value.number.magnitude)" : "_\(value.number)"
      return sanitized(enumCase: candidate + number)
    }
  }

  /// The value's name without the enum's, comparing without underscores and case; `nil` when it does not start with
  /// the enum's name or when nothing that starts with a letter is left.
  private static func stripping(_ prefix: String, from name: String) -> String? {
    var rest = name.unicodeScalars[...]
    for expected in prefix.unicodeScalars {
      rest = rest.drop { $0 == "_" }
      guard rest.popFirst()?.asciiLowercased == expected else { return nil }
    }
    rest = rest.drop { $0 == "_" }
    guard let first = rest.first?.asciiLowercased, first.isASCIILowercase else { return nil }
    return String(rest)
  }

  private func sanitized(enumCase name: String) -> String {
    if ReservedNames.enumCases.contains(name) { return name + "_" }
    if ReservedNames.quotedEnumCases.contains(name) { return "`\(name)`" }
    return name.isAllUnderscores ? name + "__" : name
  }
}
