/// A protobuf enum.
///
/// An open enum (proto3, and editions unless they say otherwise) has a case `UNRECOGNIZED(Int)` for numbers that this
/// program's `.proto` file does not name; `init?(rawValue:)` of a closed one answers such a number with `nil`, and the
/// decoders keep the field among the unknown ones.
public protocol Enum: ProtoDescriptor.GeneratedType, RawRepresentable, Hashable, Sendable where RawValue == Int {
  /// The default: the value of 0 in an open enum, the first one in a closed one.
  init()

  /// The value with this number. `nil` in a closed enum that does not name the number.
  init?(rawValue: Int)

  /// The number of the value.
  var rawValue: Int { get }

  /// The names in the `.proto` file, aliases included, in the order of declaration.
  static var _protobuf_names: EnumNames { get }

  /// The full name of the enum in its `.proto` file, by which ``protoDescriptor`` finds it.
  static var _protobuf_enumName: String { get }
}

extension Enum {
  /// The name in the `.proto` file, or `nil` when the number has none.
  public var name: String? { Self._protobuf_names.name(of: Int32(truncatingIfNeeded: rawValue)) }

  /// The value with a name of the `.proto` file, or `nil` when there is none.
  public init?(name: String) {
    guard let number = Self._protobuf_names.number(of: name) else { return nil }
    self.init(rawValue: Int(number))
  }

  /// Two values are the same when their numbers are.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

  /// Hashes the number.
  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
