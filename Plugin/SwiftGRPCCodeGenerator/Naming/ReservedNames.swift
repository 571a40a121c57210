/// The names that generated declarations must not have, and those that need backticks.
enum ReservedNames {
  private static let declarationKeywords: Set<String> = [
    "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init", "inout",
    "internal", "let", "open", "operator", "private", "protocol", "public", "static", "struct", "subscript",
    "typealias", "var",
  ]
  private static let statementKeywords: Set<String> = [
    "break", "case", "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if", "in", "repeat",
    "return", "switch", "where", "while",
  ]
  private static let expressionKeywords: Set<String> = [
    "as", "Any", "catch", "false", "is", "nil", "rethrows", "super", "self", "Self", "throw", "throws", "true", "try",
  ]
  /// Words that a declaration of that name needs backticks for.
  static let keywords = declarationKeywords.union(statementKeywords).union(expressionKeywords)

  /// Words that mean something at the start of an expression, yet need no backticks in a declaration.
  static let expressionWords: Set<String> = [
    "any", "await", "borrow", "consume", "copy", "discard", "each", "some", "then", "unsafe", "yield",
  ]

  /// Types of the standard library that generated code uses unqualified.
  private static let commonTypes: Set<String> = [
    "Bool", "Data", "Double", "Float", "Int", "Int32", "Int64", "String", "UInt", "UInt32", "UInt64",
  ]
  private static let literals: Set<String> = ["__COLUMN__", "__FILE__", "__FUNCTION__", "__LINE__"]
  /// Properties that every message has, or Swift gives a meaning to.
  private static let properties: Set<String> = [
    "isInitialized", "unknownFields", "debugDescription", "description", "dynamicType", "hashValue",
  ]

  /// Names that a message, enum or oneof cannot have.
  static let types: Set<String> =
    keywords.union(commonTypes).union(literals).union(properties).union([
      // The module of the peer keeps its meaning for sources that use both.
      "SwiftProtobuf", "SwiftGRPCProtobuf", "SwiftGRPC", "Swift",
      // Members of every message.
      "Extensions", "protoMessageName", "decodeMessage", "traverse", "_storage", "_uniqueStorage", "_uniqueFields",
      "_protobuf_extensionFieldValues",
      // Metatypes, and protocols that generated code names.
      "Type", "Protocol", "Equatable", "Hashable", "Sendable",
    ]).union(storageTypes).union(requirements)

  /// The static properties that `Message` requires: one of the instance cannot have such a name.
  static let requirements: Set<String> = ["_table", "_descriptor", "_fileDescriptor"]

  /// The types that a message may keep its fields in.
  static let storageTypes: Set<String> = ["_Fields", "_Storage"]

  /// Names that a field's property cannot have, not even in backticks.
  static let fields: Set<String> =
    properties.union(commonTypes).union(literals).union(["init", "self", "Type", "Protocol"])

  /// Names that an enum case cannot have, not even in backticks.
  static let enumCases: Set<String> = [
    "allCases", "debugDescription", "description", "dynamicType", "hashValue", "init", "rawValue", "self",
  ]

  /// Names that an enum case has in backticks.
  static let quotedEnumCases = keywords.union(["associativity", "dynamicType", "optional", "required"])
}

extension String {
  /// The name without the backticks that it may have, for use after a dot.
  var withoutBackticks: String {
    guard count > 2, first == "`", last == "`" else { return self }
    return String(dropFirst().dropLast())
  }

  /// Whether the string can be used as an identifier, other than `_`, as it is.
  var isSwiftIdentifier: Bool {
    guard self != "_", let first = unicodeScalars.first else { return false }
    guard first == "_" || first.properties.isXIDStart else { return false }
    return unicodeScalars.dropFirst().allSatisfy { $0 == "_" || $0.properties.isXIDContinue }
  }
}
