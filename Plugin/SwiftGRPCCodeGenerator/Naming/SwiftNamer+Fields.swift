import SwiftGRPCProtobuf

extension SwiftNamer {
  /// The members that a field adds to its message.
  struct FieldNames: Equatable {
    /// The property; in backticks where needed.
    var property: String
    /// The same with a leading underscore, for storage.
    var storage: String
    /// The property that tells whether the field is set.
    var has: String
    /// The method that makes the field unset.
    var clear: String
  }

  /// The names of the members for a field that is not an extension.
  func names(of field: FieldDescriptor) -> FieldNames {
    let suffix = isNameShared(of: field) ? "_\(field.number)" : ""
    let lower = CamelCase.lower(namingBase(of: field)) + suffix
    let upper = CamelCase.upper(namingBase(of: field)) + suffix
    let isTaken = isType(in: field.message, [lower, "_" + lower, "has" + upper, "clear" + upper])
    let isStorageTaken = isTaken || ReservedNames.requirements.contains("_" + lower)
    return FieldNames(
      property: sanitized(field: lower, basedOn: lower, isTaken: isTaken),
      storage: sanitized(field: "_" + lower, basedOn: lower, isTaken: isStorageTaken),
      has: sanitized(field: "has" + upper, basedOn: lower, isTaken: isTaken),
      clear: sanitized(field: "clear" + upper, basedOn: lower, isTaken: isTaken)
    )
  }

  /// The case of a oneof's enum for one of its fields, with a leading dot as in an expression or pattern.
  func dottedCaseName(of field: FieldDescriptor) -> String {
    "." + names(of: field).property.withoutBackticks
  }

  /// The property that holds a oneof, and its name for storage.
  func names(of oneof: OneofDescriptor) -> (property: String, storage: String) {
    let lower = CamelCase.lower(oneof.name) + (suffix(of: oneof) ?? "")
    let isTaken = isType(in: oneof.message, [lower])
    return (
      sanitized(field: lower, basedOn: lower, isTaken: isTaken),
      sanitized(field: "_" + lower, basedOn: lower, isTaken: isTaken)
    )
  }

  // MARK: Extensions

  /// The constant that stands for an extension field.
  func name(ofExtension field: FieldDescriptor) -> String {
    let base = namingBase(of: field)
    guard field.extensionScope != nil else { return typePrefix(of: field.file) + "Extensions_" + base }
    if ReservedNames.enumCases.contains(base) { return base + "_" }
    if ReservedNames.quotedEnumCases.contains(base) { return "`\(base)`" }
    return base.isAllUnderscores ? base + "__" : base
  }

  /// The constant's name with what it is declared in.
  func fullName(ofExtension field: FieldDescriptor) -> String {
    let name = name(ofExtension: field)
    guard let scope = field.extensionScope else { return modulePrefix(of: field.file) + name }
    return fullName(of: scope) + ".Extensions." + name.withoutBackticks
  }

  /// The members that an extension field adds to the message that it extends; `storage` is not used.
  func memberNames(ofExtension field: FieldDescriptor) -> FieldNames {
    let base = CamelCase.lower(namingBase(of: field))
    let property: String
    let capitalized: String
    if let scope = field.extensionScope {
      let scopeName = fullName(of: scope).filter { $0 != "`" }
      property = "\(scopeName)_\(base)".map { $0 == "." ? "_" : String($0) }.joined()
      capitalized = property.asciiCapitalized
    } else {
      let prefix = typePrefix(of: field.file)
      let isTaken = prefix.isEmpty && scope(of: field.message).members.contains(base)
      property = sanitized(field: prefix + base, basedOn: prefix + base, isTaken: isTaken)
      capitalized =
        prefix.isEmpty
        ? sanitized(field: CamelCase.upper(namingBase(of: field)), basedOn: base, isTaken: isTaken)
        : property.asciiCapitalized
    }
    return FieldNames(property: property, storage: "", has: "has" + capitalized, clear: "clear" + capitalized)
  }

  /// The constant that holds all extensions of a file.
  func extensionMapName(of file: FileDescriptor) -> String {
    let base = file.name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    let stem = base.lastIndex(of: ".").map { base[..<$0] } ?? base
    return typePrefix(of: file) + CamelCase.upper(String(stem)) + "_Extensions"
  }

  // MARK: Rules

  /// Whether another field or oneof of the message has the same Swift name, since nothing but capitals or underscores
  /// differs.
  private func isNameShared(of field: FieldDescriptor) -> Bool {
    scope(of: field.message).memberCounts[CamelCase.lower(namingBase(of: field)), default: 0] > 1
  }

  /// What tells a oneof from another one whose Swift name would be the same: the number of its first field.
  func suffix(of oneof: OneofDescriptor) -> String? {
    guard scope(of: oneof.message).oneofCounts[CamelCase.lower(oneof.name), default: 0] > 1 else { return nil }
    return oneof.fields.first.map { "_of\($0.number)" }
  }

  /// Whether the message has a type with one of these names, so that no property can have it.
  private func isType(in message: MessageDescriptor, _ names: [String]) -> Bool {
    let types = scope(of: message).types
    return names.contains { types.contains($0) || ReservedNames.storageTypes.contains($0) }
  }

  /// What a field's Swift names are made of: its name, or that of its group, which has not lost its capitals.
  func namingBase(of field: FieldDescriptor) -> String {
    field.isGroupLike ? field.messageType?.name ?? field.name : field.name
  }

  /// - Parameters:
  ///   - base: the property's name, which decides also for the names derived from it.
  ///   - isTaken: whether something else has one of these names.
  private func sanitized(field name: String, basedOn base: String, isTaken: Bool = false) -> String {
    if isTaken || base.startsWord("has") || base.startsWord("clear") || ReservedNames.fields.contains(base) {
      return name + "_p"
    }
    if name == base && ReservedNames.keywords.contains(base) { return "`\(name)`" }
    return base.isAllUnderscores ? name + "__" : name
  }
}

extension String {
  /// Whether the string is `word` followed by an upper-case letter and more.
  fileprivate func startsWord(_ word: String) -> Bool {
    hasPrefix(word) && unicodeScalars.dropFirst(word.count).first?.isASCIIUppercase == true
  }
}
