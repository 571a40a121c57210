/// Choices in encoding JSON.
public struct JSONEncodingOptions: Sendable {
  /// Print 64-bit integers as numbers. By default they are strings, since many readers of JSON keep numbers as doubles.
  ///
  /// Keys of maps are strings in any case.
  public var alwaysPrintInt64sAsNumbers: Bool = false

  /// Print enums as numbers instead of names.
  public var alwaysPrintEnumsAsInts: Bool = false

  /// Use the names of the `.proto` file as keys instead of those in lower camel case.
  public var preserveProtoFieldNames: Bool = false

  /// Print the entries of maps in the order of their keys, so that equal messages give equal text.
  public var useDeterministicOrdering: Bool = false

  /// Print fields that cannot be unset, lists and maps even if they have their default or are empty.
  public var alwaysPrintFieldsWithoutPresence: Bool = false

  /// The defaults.
  public init() {}
}
