/// What a caller may set for one call; a property that is `nil` leaves the choice to the client.
///
/// ```swift
/// var options = CallOptions.defaults
/// options.timeout = .seconds(2)
/// let reply = try await greeter.sayHello(request, options: options)
/// ```
public struct CallOptions: Sendable {
  /// What was set. Most calls set nothing, and copying options must cost them nothing: so all of it lies behind one reference.
  private struct Values: Hashable {
    var timeout: Duration?
    var deadline: Deadline?
    var inheritsDeadline: Bool = true
    var waitForReady: Bool?
    var maxRequestMessageBytes: Int?
    var maxResponseMessageBytes: Int?
    var compression: CompressionAlgorithm?
    var credentials: CallCredentials?
  }

  /// What was set, shared by the copies of options until one of them is changed.
  private final class Storage: @unchecked Sendable {
    // Sendable: changed only while one `CallOptions` alone refers to it.
    var values: Values

    init(_ values: Values) { self.values = values }
  }

  private var storage: Storage?

  private mutating func change(_ body: (inout Values) -> Void) {
    if storage == nil || !isKnownUniquelyReferenced(&storage) {
      storage = Storage(storage?.values ?? Values())
    }
    if let storage { body(&storage.values) }
  }

  /// How long the call may take, counted from when it is started; no limit if `nil`.
  ///
  /// Sent to the server as `grpc-timeout` and enforced here: when the time is up, the call is reset and ends with
  /// `deadlineExceeded`. If ``deadline`` is set too, the earlier one holds.
  public var timeout: Duration? {
    get { storage?.values.timeout }
    set { change { $0.timeout = newValue } }
  }

  /// The instant by which the call must have ended; none if `nil`.
  public var deadline: Deadline? {
    get { storage?.values.deadline }
    set { change { $0.deadline = newValue } }
  }

  /// Whether a call that a handler makes ends by the deadline of the call that is being answered; `true` by default.
  ///
  /// If ``timeout`` or ``deadline`` is earlier, that holds. Set it to `false` for calls that must be made whether or not somebody
  /// still waits for the answer. Spec: "gRPC and Deadlines", "Deadline Propagation".
  public var inheritsDeadline: Bool {
    get { storage?.values.inheritsDeadline ?? true }
    set { change { $0.inheritsDeadline = newValue } }
  }

  /// Whether the call waits while the client has no connection and the last attempt to make one failed.
  ///
  /// If it does not (the default), it then fails at once with `unavailable` and the reason. While a connection is being
  /// made for the first time, every call waits.
  /// Spec: "gRPC Wait for Ready Semantics".
  public var waitForReady: Bool? {
    get { storage?.values.waitForReady }
    set { change { $0.waitForReady = newValue } }
  }

  /// The largest request message in bytes, without its five bytes of framing; no limit if `nil`.
  ///
  /// A larger one fails the call with `resourceExhausted`.
  public var maxRequestMessageBytes: Int? {
    get { storage?.values.maxRequestMessageBytes }
    set { change { $0.maxRequestMessageBytes = newValue } }
  }

  /// The largest response message in bytes, without its five bytes of framing; 4 MiB (4,194,304) if `nil`.
  ///
  /// A larger one fails the call with `resourceExhausted`, before memory is reserved for it.
  public var maxResponseMessageBytes: Int? {
    get { storage?.values.maxResponseMessageBytes }
    set { change { $0.maxResponseMessageBytes = newValue } }
  }

  /// What the request's messages are compressed with; the client's setting if `nil`.
  ///
  /// ``CompressionAlgorithm/none`` switches compression off for this call, whatever the client's setting is. A message that
  /// would not get smaller goes out as it is, and so do all of them if the server is known not to read the algorithm. A
  /// server that is not known yet ends the call with `unimplemented` if it does not.
  public var compression: CompressionAlgorithm? {
    get { storage?.values.compression }
    set { change { $0.compression = newValue } }
  }

  /// What proves who makes the call; the client's setting if `nil`.
  public var credentials: CallCredentials? {
    get { storage?.values.credentials }
    set { change { $0.credentials = newValue } }
  }

  /// Whether compression or credentials were set.
  var hasExtras: Bool { storage.map { $0.values.compression != nil || $0.values.credentials != nil } ?? false }

  /// Creates options; everything that is not named is left to the client.
  public init(
    timeout: Duration? = nil,
    deadline: Deadline? = nil,
    inheritsDeadline: Bool = true,
    waitForReady: Bool? = nil,
    maxRequestMessageBytes: Int? = nil,
    maxResponseMessageBytes: Int? = nil,
    compression: CompressionAlgorithm? = nil,
    credentials: CallCredentials? = nil
  ) {
    let values = Values(
      timeout: timeout,
      deadline: deadline,
      inheritsDeadline: inheritsDeadline,
      waitForReady: waitForReady,
      maxRequestMessageBytes: maxRequestMessageBytes,
      maxResponseMessageBytes: maxResponseMessageBytes,
      compression: compression,
      credentials: credentials
    )
    if values != Values() { storage = Storage(values) }
  }

  private init(storage: Storage?) { self.storage = storage }

  /// Options that leave everything to the client.
  public static var defaults: CallOptions { CallOptions(storage: nil) }

  /// The earlier one of the deadline and of what the timeout comes to now.
  var ownDeadline: Deadline? {
    guard let timeout else { return deadline }
    let end = Deadline.after(timeout)
    guard let deadline else { return end }
    return min(end, deadline)
  }

  /// The deadline of the call that is being answered, if it is to hold and does so before `own`.
  func inheritedDeadline(before own: Deadline?) -> Deadline? {
    guard inheritsDeadline, let inherited = InheritedDeadline.current else { return nil }
    guard let own else { return inherited }
    return inherited < own ? inherited : nil
  }
}

extension CallOptions: Hashable {
  /// Whether the same was set.
  public static func == (lhs: CallOptions, rhs: CallOptions) -> Bool {
    lhs.storage === rhs.storage || (lhs.storage?.values ?? Values()) == (rhs.storage?.values ?? Values())
  }

  /// Hashes what was set.
  public func hash(into hasher: inout Hasher) { hasher.combine(storage?.values ?? Values()) }
}
