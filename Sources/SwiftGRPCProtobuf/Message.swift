/// A protobuf message: a value with the fields that its `.proto` file declares.
///
/// Generated code provides the conformances; programs use the initialisers and methods of the extensions below. The
/// requirements that start with an underscore are called by the coders and are no API for other code.
public protocol Message: ProtoDescriptor.GeneratedType, Sendable, Hashable, CustomDebugStringConvertible {
  /// A message in which no field is set.
  init()

  /// The full name of the message in its `.proto` file, such as `google.protobuf.Timestamp`.
  static var protoMessageName: String { get }

  /// Fields that were decoded but are not in this program's `.proto` file; they are encoded again as they came.
  var unknownFields: UnknownStorage { get set }

  /// True when every `required` field is set, in this message and in all that it holds.
  var isInitialized: Bool { get }

  /// Decodes fields from `[start, end)` into this message, one after the other, and merges them.
  ///
  /// Returns where it stopped: `end`; or just behind an end-group tag, which is then in `context`; or, when `context`
  /// has a failure, a position behind every end, for which no code need be in each message that looks for failures.
  mutating func _decode(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ context: inout DecodingContext
  ) -> UnsafeRawPointer

  /// Writes the encoded message before a position where a field can be begun, and returns where it begins. At least
  /// ``EncodingContext/reserve`` bytes of the room are left then. The context notes when a required field is missing.
  ///
  /// Encoding only reads: the pointer is a mutable one because the address of a field can be taken only so.
  static func _encode(
    _ message: UnsafeMutablePointer<Self>, before p: UnsafeMutableRawPointer, _ context: inout EncodingContext
  ) -> UnsafeMutableRawPointer

  /// The description of the fields, on which everything but the binary format runs.
  static var _table: MessageTable { get }

  /// Gives `body` the struct in which the table's offsets count: the message itself, or the content of its box.
  static func _withFields<Result>(
    of message: UnsafePointer<Self>, _ body: (UnsafeRawPointer) -> Result
  ) -> Result

  /// As ``_withFields(of:_:)``, for changing; a shared box is copied first.
  mutating func _withMutableFields<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result
}

extension Message {
  /// Makes a message and fills it in a closure.
  ///
  /// ```swift
  /// let reply = Helloworld_HelloReply.with { $0.message = "Hello" }
  /// ```
  @inlinable
  public static func with<Failure: Error>(_ populate: (inout Self) throws(Failure) -> Void) throws(Failure) -> Self {
    var message = Self()
    try populate(&message)
    return message
  }

  /// True when `other` is a message of the same type with equal fields.
  public func isEqualTo(message other: any Message) -> Bool {
    guard let other = other as? Self else { return false }
    return self == other
  }

  /// Messages have no required fields unless their generated code says so.
  @inlinable
  public var isInitialized: Bool { true }

  /// Inline messages are their own fields.
  @inlinable
  public static func _withFields<Result>(
    of message: UnsafePointer<Self>, _ body: (UnsafeRawPointer) -> Result
  ) -> Result {
    body(UnsafeRawPointer(message))
  }

  /// Inline messages are their own fields.
  @inlinable
  public mutating func _withMutableFields<Result>(_ body: (UnsafeMutableRawPointer) -> Result) -> Result {
    withUnsafeMutableBytes(of: &self) { body($0.baseAddress.unsafelyUnwrapped) }
  }

  /// Equal when the same fields are set to equal values, unknown fields and extensions included.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool {
    withUnsafePointer(to: left) { left in
      withUnsafePointer(to: right) { right in
        _withFields(of: left) { left in
          _withFields(of: right) { right in left == right || _table.isEqual(left, right) }
        }
      }
    }
  }

  /// Hashes the fields that are set.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    withUnsafePointer(to: self) { message in
      Self._withFields(of: message) { Self._table.hash($0, into: &hasher) }
    }
  }
}

/// Makes a compile-time error of generated code that needs another version of this library.
///
/// Generated files hold a private type that conforms to this protocol with `Version` set to the number they were made for.
public protocol ProtobufAPIVersionCheck {
  /// The version that the generated code was made for.
  associatedtype Version: ProtobufAPIVersion_1
}

/// Version 1 of what generated code and this library agree on.
public protocol ProtobufAPIVersion_1 {}
