extension ProtoDescriptor {
  /// The features that hold for an element: how its part of the schema behaves, whatever language it is written in.
  ///
  /// A feature that an element does not set is inherited from what it is declared in; the file inherits the edition's
  /// defaults. For proto2 and proto3, which cannot set features, the keywords and options that came before them are
  /// translated. Spec: protobuf, "Feature Settings for Editions".
  public struct Features: Hashable, Sendable {
    /// Whether a singular field remembers that it was set.
    public enum FieldPresence: Sendable { case explicit, implicit, required }
    /// How the values of repeated fields are written.
    public enum RepeatedFieldEncoding: Sendable { case packed, expanded }
    /// How messages in fields are written.
    public enum MessageEncoding: Sendable { case lengthPrefixed, delimited }
    /// How strictly the schema is checked for a JSON mapping.
    public enum JSONFormat: Sendable { case allow, legacyBestEffort }
    /// The rules that protoc checks names by.
    public enum NamingStyle: Sendable { case legacy, style2024 }
    /// Which messages and enums other files may use when they say neither `export` nor `local`.
    public enum DefaultSymbolVisibility: Sendable { case exportAll, exportTopLevel, localAll, strict }

    /// Whether a singular field remembers that it was set.
    public var fieldPresence: FieldPresence
    /// Whether an enum is limited to its declared values; others then stay in the unknown fields.
    public var isEnumClosed: Bool
    /// How repeated fields of numbers are written; both forms are always read.
    public var repeatedFieldEncoding: RepeatedFieldEncoding
    /// Whether strings that are not UTF-8 are rejected.
    public var validatesUTF8: Bool
    /// Whether a message field is written with its length or between group tags.
    public var messageEncoding: MessageEncoding
    /// Whether the schema is checked for a JSON mapping.
    public var jsonFormat: JSONFormat
    /// The rules that protoc checked names by. Kept in source only: descriptors in generated code have the edition's.
    public var namingStyle: NamingStyle
    /// What holds where neither `export` nor `local` is said. Kept in source only, as ``namingStyle``.
    public var defaultSymbolVisibility: DefaultSymbolVisibility

    /// The defaults of an edition: `edition_defaults` of `FeatureSet`'s fields in `descriptor.proto`.
    public init(edition: Edition) {
      fieldPresence = edition == .proto3 ? .implicit : .explicit
      isEnumClosed = edition == .proto2
      repeatedFieldEncoding = edition == .proto2 ? .expanded : .packed
      validatesUTF8 = edition != .proto2
      messageEncoding = .lengthPrefixed
      jsonFormat = edition == .proto2 ? .legacyBestEffort : .allow
      namingStyle = edition < .edition2024 ? .legacy : .style2024
      defaultSymbolVisibility = edition < .edition2024 ? .exportAll : .exportTopLevel
    }
  }
}

extension ProtoDescriptor.Features {
  /// These features with those that an element's options state replaced.
  ///
  /// - Returns: `nil` when the options state a feature that the edition does not have.
  func overridden(by set: Google_Protobuf_FeatureSet, in edition: ProtoDescriptor.Edition) -> Self? {
    let needs2024 = set.hasEnforceNamingStyle || set.hasDefaultSymbolVisibility
    guard edition >= (needs2024 ? .edition2024 : .edition2023) else { return nil }
    var result = self
    switch set.fieldPresence {
    case .explicit: result.fieldPresence = .explicit
    case .implicit: result.fieldPresence = .implicit
    case .legacyRequired: result.fieldPresence = .required
    case .unknown: break
    }
    switch set.enumType {
    case .open: result.isEnumClosed = false
    case .closed: result.isEnumClosed = true
    case .unknown: break
    }
    switch set.repeatedFieldEncoding {
    case .packed: result.repeatedFieldEncoding = .packed
    case .expanded: result.repeatedFieldEncoding = .expanded
    case .unknown: break
    }
    switch set.utf8Validation {
    case .verify: result.validatesUTF8 = true
    case .none: result.validatesUTF8 = false
    case .unknown: break
    }
    switch set.messageEncoding {
    case .lengthPrefixed: result.messageEncoding = .lengthPrefixed
    case .delimited: result.messageEncoding = .delimited
    case .unknown: break
    }
    switch set.jsonFormat {
    case .allow: result.jsonFormat = .allow
    case .legacyBestEffort: result.jsonFormat = .legacyBestEffort
    case .unknown: break
    }
    switch set.enforceNamingStyle {
    case .styleLegacy: result.namingStyle = .legacy
    // The rules of later editions are not those of any edition that can be linked.
    case .style2024, .style2026: result.namingStyle = .style2024
    case .unknown: break
    }
    switch set.defaultSymbolVisibility {
    case .exportAll: result.defaultSymbolVisibility = .exportAll
    case .exportTopLevel: result.defaultSymbolVisibility = .exportTopLevel
    case .localAll: result.defaultSymbolVisibility = .localAll
    case .strict: result.defaultSymbolVisibility = .strict
    case .unknown: break
    }
    return result
  }

  /// Puts in what proto2 and proto3 say about a field in other words.
  mutating func translateKeywords(of field: Google_Protobuf_FieldDescriptorProto) {
    if field.label == .required { fieldPresence = .required }
    if field.type == .group { messageEncoding = .delimited }
    if field.options.hasPacked { repeatedFieldEncoding = field.options.packed ? .packed : .expanded }
  }

  /// Whether a message or enum with these features may be used by other files.
  func exports(_ stated: Google_Protobuf_SymbolVisibility, isNested: Bool) -> Bool {
    switch stated {
    case .visibilityExport: return true
    case .visibilityLocal: return false
    case .visibilityUnset: break
    }
    switch defaultSymbolVisibility {
    case .exportAll: return true
    case .exportTopLevel: return !isNested
    case .localAll, .strict: return false
    }
  }
}
