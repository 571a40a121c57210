public import SwiftGRPCProtobuf

/// One detail of an error: one of ten standard messages, or any other one.
///
/// ```swift
/// throw RPCError(
///   code: .invalidArgument, message: "the order has mistakes",
///   details: [.badRequest(violations: [.init(field: "lines.amount", description: "is negative")])]
/// )
/// ```
/// Spec: `google/rpc/error_details.proto`; AIP-193, "Errors".
public struct ErrorDetails: Sendable, Hashable {
  enum Wrapped: Sendable, Hashable {
    case errorInfo(ErrorInfo)
    case retryInfo(RetryInfo)
    case debugInfo(DebugInfo)
    case quotaFailure(QuotaFailure)
    case preconditionFailure(PreconditionFailure)
    case badRequest(BadRequest)
    case requestInfo(RequestInfo)
    case resourceInfo(ResourceInfo)
    case help(Help)
    case localizedMessage(LocalizedMessage)
    case any(Google_Protobuf_Any)
  }

  let wrapped: Wrapped

  init(_ wrapped: Wrapped) {
    self.wrapped = wrapped
  }

  /// The detail in an `Any`. A message of another type, or one that cannot be read, stays as it is in ``any``.
  public init(unpacking any: Google_Protobuf_Any) {
    func read<M: Message>(_ make: (M) -> Wrapped) -> Wrapped? {
      guard any.isA(M.self), let message = try? M(unpackingAny: any) else { return nil }
      return make(message)
    }
    self.wrapped =
      read(Wrapped.errorInfo) ?? read(Wrapped.retryInfo) ?? read(Wrapped.debugInfo) ?? read(Wrapped.quotaFailure)
      ?? read(Wrapped.preconditionFailure) ?? read(Wrapped.badRequest) ?? read(Wrapped.requestInfo)
      ?? read(Wrapped.resourceInfo) ?? read(Wrapped.help) ?? read(Wrapped.localizedMessage) ?? .any(any)
  }

  /// The detail as it goes over the wire.
  public var packed: Google_Protobuf_Any {
    func pack(_ message: some Message) -> Google_Protobuf_Any {
      // None of these messages has required fields, which is all that could make this fail.
      (try? Google_Protobuf_Any(message: message)) ?? Google_Protobuf_Any()
    }
    return switch wrapped {
    case .errorInfo(let message): pack(message)
    case .retryInfo(let message): pack(message)
    case .debugInfo(let message): pack(message)
    case .quotaFailure(let message): pack(message)
    case .preconditionFailure(let message): pack(message)
    case .badRequest(let message): pack(message)
    case .requestInfo(let message): pack(message)
    case .resourceInfo(let message): pack(message)
    case .help(let message): pack(message)
    case .localizedMessage(let message): pack(message)
    case .any(let any): any
    }
  }

  // MARK: What it is

  /// Why the call failed, if this is that.
  public var errorInfo: ErrorInfo? { if case .errorInfo(let message) = wrapped { message } else { nil } }

  /// When the call may be tried again, if this is that.
  public var retryInfo: RetryInfo? { if case .retryInfo(let message) = wrapped { message } else { nil } }

  /// What helps to find a fault of the server's, if this is that.
  public var debugInfo: DebugInfo? { if case .debugInfo(let message) = wrapped { message } else { nil } }

  /// Which quotas are used up, if this is that.
  public var quotaFailure: QuotaFailure? { if case .quotaFailure(let message) = wrapped { message } else { nil } }

  /// What must be the case first, if this is that.
  public var preconditionFailure: PreconditionFailure? {
    if case .preconditionFailure(let message) = wrapped { message } else { nil }
  }

  /// Which fields of the request are wrong, if this is that.
  public var badRequest: BadRequest? { if case .badRequest(let message) = wrapped { message } else { nil } }

  /// How the server knows the request, if this is that.
  public var requestInfo: RequestInfo? { if case .requestInfo(let message) = wrapped { message } else { nil } }

  /// Which resource the error is about, if this is that.
  public var resourceInfo: ResourceInfo? { if case .resourceInfo(let message) = wrapped { message } else { nil } }

  /// Where to read more, if this is that.
  public var help: Help? { if case .help(let message) = wrapped { message } else { nil } }

  /// The error for users, if this is that.
  public var localizedMessage: LocalizedMessage? {
    if case .localizedMessage(let message) = wrapped { message } else { nil }
  }

  /// A message of a type that is none of the ten, if this is that.
  public var any: Google_Protobuf_Any? { if case .any(let any) = wrapped { any } else { nil } }
}

extension ErrorDetails: CustomStringConvertible {
  /// The message in protobuf's text format on one line, behind the name of its type.
  public var description: String {
    func text(_ message: some Message) -> String {
      let fields = message.textFormatString().split(separator: "\n").map { $0.drop { $0 == " " } }
      return "\(type(of: message).protoMessageName) { \(fields.joined(separator: " ")) }"
    }
    return switch wrapped {
    case .errorInfo(let message): text(message)
    case .retryInfo(let message): text(message)
    case .debugInfo(let message): text(message)
    case .quotaFailure(let message): text(message)
    case .preconditionFailure(let message): text(message)
    case .badRequest(let message): text(message)
    case .requestInfo(let message): text(message)
    case .resourceInfo(let message): text(message)
    case .help(let message): text(message)
    case .localizedMessage(let message): text(message)
    case .any(let any): text(any)
    }
  }
}
