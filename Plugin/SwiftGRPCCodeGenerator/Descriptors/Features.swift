import SwiftGRPCProtobuf

/// The resolved features of a descriptor: how its part of the schema behaves, whatever language it is written in.
///
/// A feature that an element does not set is inherited from its parent; the file inherits the edition's defaults. For
/// proto2 and proto3, which cannot set features, the keywords and options that came before them are translated.
struct Features: Equatable {
  enum FieldPresence { case explicit, implicit, required }
  enum RepeatedFieldEncoding { case packed, expanded }
  enum MessageEncoding { case lengthPrefixed, delimited }
  enum JSONFormat { case allow, legacyBestEffort }

  /// Whether a singular field remembers that it was set.
  var fieldPresence: FieldPresence
  /// Whether an enum is limited to its declared values; others then stay in the unknown fields.
  var isEnumClosed: Bool
  /// How repeated fields of numbers are written; both forms are always read.
  var repeatedFieldEncoding: RepeatedFieldEncoding
  /// Whether strings that are not UTF-8 are rejected.
  var validatesUTF8: Bool
  /// Whether a message field is written with its length or between group tags.
  var messageEncoding: MessageEncoding
  /// Whether the schema is checked for a JSON mapping.
  var jsonFormat: JSONFormat

  /// The defaults of an edition.
  init(edition: Edition) {
    fieldPresence = edition == .proto3 ? .implicit : .explicit
    isEnumClosed = edition == .proto2
    repeatedFieldEncoding = edition == .proto2 ? .expanded : .packed
    validatesUTF8 = edition != .proto2
    messageEncoding = .lengthPrefixed
    jsonFormat = edition == .proto2 ? .legacyBestEffort : .allow
  }

  /// These features with those that `set` states replaced.
  func overridden(by set: Google_Protobuf_FeatureSet) -> Features {
    var result = self
    switch set.fieldPresence {
    case .explicit: result.fieldPresence = .explicit
    case .implicit: result.fieldPresence = .implicit
    case .legacyRequired: result.fieldPresence = .required
    default: break
    }
    switch set.enumType {
    case .open: result.isEnumClosed = false
    case .closed: result.isEnumClosed = true
    default: break
    }
    switch set.repeatedFieldEncoding {
    case .packed: result.repeatedFieldEncoding = .packed
    case .expanded: result.repeatedFieldEncoding = .expanded
    default: break
    }
    switch set.utf8Validation {
    case .verify: result.validatesUTF8 = true
    case .none: result.validatesUTF8 = false
    default: break
    }
    switch set.messageEncoding {
    case .lengthPrefixed: result.messageEncoding = .lengthPrefixed
    case .delimited: result.messageEncoding = .delimited
    default: break
    }
    switch set.jsonFormat {
    case .allow: result.jsonFormat = .allow
    case .legacyBestEffort: result.jsonFormat = .legacyBestEffort
    default: break
    }
    return result
  }

  /// The features of a field whose parent has these: its own, or what proto2 and proto3 say in other words.
  func resolved(for field: Google_Protobuf_FieldDescriptorProto, edition: Edition) -> Features {
    if edition >= .edition2023 { return overridden(by: field.options.features) }
    var result = self
    if field.label == .required { result.fieldPresence = .required }
    if field.type == .group { result.messageEncoding = .delimited }
    if field.options.hasPacked { result.repeatedFieldEncoding = field.options.packed ? .packed : .expanded }
    return result
  }
}
