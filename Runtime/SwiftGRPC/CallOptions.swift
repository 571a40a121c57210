/// What a caller may set for one call; a property that is `nil` leaves the choice to the client.
///
/// ```swift
/// var options = CallOptions.defaults
/// options.timeout = .seconds(2)
/// let reply = try await greeter.sayHello(request, options: options)
/// ```
public struct CallOptions: Sendable, Hashable {
  /// How long the call may take, counted from when it is started; no limit if `nil`.
  ///
  /// Sent to the server as `grpc-timeout` and enforced here: when the time is up, the call is reset and ends with
  /// `deadlineExceeded`. If ``deadline`` is set too, the earlier one holds.
  public var timeout: Duration?

  /// The instant by which the call must have ended; none if `nil`.
  ///
  /// Set it to the deadline of the call that is being answered, to pass that on.
  public var deadline: Deadline?

  /// Whether the call waits while the client has no connection and the last attempt to make one failed.
  ///
  /// If it does not (the default), it then fails at once with `unavailable` and the reason. While a connection is being
  /// made for the first time, every call waits.
  /// Spec: "gRPC Wait for Ready Semantics".
  public var waitForReady: Bool?

  /// The largest request message in bytes, without its five bytes of framing; no limit if `nil`.
  ///
  /// A larger one fails the call with `resourceExhausted`.
  public var maxRequestMessageBytes: Int?

  /// The largest response message in bytes, without its five bytes of framing; 4 MiB (4,194,304) if `nil`.
  ///
  /// A larger one fails the call with `resourceExhausted`, before memory is reserved for it.
  public var maxResponseMessageBytes: Int?

  /// What the request's messages are compressed with; the client's setting if `nil`.
  ///
  /// ``CompressionAlgorithm/none`` switches compression off for this call, whatever the client's setting is. A message that
  /// would not get smaller goes out as it is, and so do all of them if the server is known not to read the algorithm. A
  /// server that is not known yet ends the call with `unimplemented` if it does not.
  public var compression: CompressionAlgorithm?

  /// What proves who makes the call; the client's setting if `nil`.
  public var credentials: CallCredentials?

  /// Creates options; everything that is not named is left to the client.
  public init(
    timeout: Duration? = nil,
    deadline: Deadline? = nil,
    waitForReady: Bool? = nil,
    maxRequestMessageBytes: Int? = nil,
    maxResponseMessageBytes: Int? = nil,
    compression: CompressionAlgorithm? = nil,
    credentials: CallCredentials? = nil
  ) {
    self.timeout = timeout
    self.deadline = deadline
    self.waitForReady = waitForReady
    self.maxRequestMessageBytes = maxRequestMessageBytes
    self.maxResponseMessageBytes = maxResponseMessageBytes
    self.compression = compression
    self.credentials = credentials
  }

  /// Options that leave everything to the client.
  public static var defaults: CallOptions { CallOptions() }

  /// The earlier one of the deadline and of what the timeout comes to now.
  @usableFromInline var effectiveDeadline: Deadline? {
    guard let timeout else { return deadline }
    let end = Deadline.after(timeout)
    guard let deadline else { return end }
    return min(end, deadline)
  }
}
