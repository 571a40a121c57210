public import SwiftGRPCProtobuf

// Each detail from its message, and in one call from the values in it.

extension ErrorDetails {
  /// Why the call failed, for programs.
  public static func errorInfo(_ message: ErrorInfo) -> ErrorDetails { ErrorDetails(.errorInfo(message)) }

  /// Why the call failed, for programs.
  ///
  /// - Parameters:
  ///   - reason: A constant of the domain, such as `STOCK_EMPTY`.
  ///   - domain: Who defines the reason, such as `shop.example.com`.
  ///   - metadata: The values that belong to the reason.
  public static func errorInfo(reason: String, domain: String, metadata: [String: String] = [:]) -> ErrorDetails {
    .errorInfo(ErrorInfo(reason: reason, domain: domain, metadata: metadata))
  }

  /// When the call may be tried again.
  public static func retryInfo(_ message: RetryInfo) -> ErrorDetails { ErrorDetails(.retryInfo(message)) }

  /// When the call may be tried again.
  ///
  /// - Parameter delay: The least time to wait before that.
  public static func retryInfo(delay: Duration) -> ErrorDetails {
    .retryInfo(RetryInfo(delay: delay))
  }

  /// What helps to find a fault of the server's. Not for clients that are strangers.
  public static func debugInfo(_ message: DebugInfo) -> ErrorDetails { ErrorDetails(.debugInfo(message)) }

  /// What helps to find a fault of the server's. Not for clients that are strangers.
  ///
  /// - Parameters:
  ///   - stack: The stack where it happened, innermost call first.
  ///   - detail: Anything else.
  public static func debugInfo(stack: [String], detail: String) -> ErrorDetails {
    .debugInfo(DebugInfo(stack: stack, detail: detail))
  }

  /// Which quotas are used up.
  public static func quotaFailure(_ message: QuotaFailure) -> ErrorDetails { ErrorDetails(.quotaFailure(message)) }

  /// Which quotas are used up.
  ///
  /// - Parameter violations: Every one of them.
  public static func quotaFailure(violations: [QuotaFailure.Violation]) -> ErrorDetails {
    .quotaFailure(QuotaFailure(violations: violations))
  }

  /// What must be the case first.
  public static func preconditionFailure(_ message: PreconditionFailure) -> ErrorDetails {
    ErrorDetails(.preconditionFailure(message))
  }

  /// What must be the case first.
  ///
  /// - Parameter violations: Every condition that does not hold.
  public static func preconditionFailure(violations: [PreconditionFailure.Violation]) -> ErrorDetails {
    .preconditionFailure(PreconditionFailure(violations: violations))
  }

  /// Which fields of the request are wrong.
  public static func badRequest(_ message: BadRequest) -> ErrorDetails { ErrorDetails(.badRequest(message)) }

  /// Which fields of the request are wrong.
  ///
  /// - Parameter violations: Every one of them.
  public static func badRequest(violations: [BadRequest.FieldViolation]) -> ErrorDetails {
    .badRequest(BadRequest(violations: violations))
  }

  /// How the server knows the request, for reports.
  public static func requestInfo(_ message: RequestInfo) -> ErrorDetails { ErrorDetails(.requestInfo(message)) }

  /// How the server knows the request, for reports.
  ///
  /// - Parameters:
  ///   - requestID: The request's name in the server's logs.
  ///   - servingData: Anything that the server wants to see again.
  public static func requestInfo(requestID: String, servingData: String = "") -> ErrorDetails {
    .requestInfo(RequestInfo(requestID: requestID, servingData: servingData))
  }

  /// Which resource the error is about.
  public static func resourceInfo(_ message: ResourceInfo) -> ErrorDetails { ErrorDetails(.resourceInfo(message)) }

  /// Which resource the error is about.
  ///
  /// - Parameters:
  ///   - type: The kind of resource, such as `file`.
  ///   - name: The resource's name.
  ///   - errorDescription: What is wrong with it, for people.
  ///   - owner: Who owns it, if that is to be told.
  public static func resourceInfo(type: String, name: String, errorDescription: String, owner: String = "")
    -> ErrorDetails
  {
    .resourceInfo(ResourceInfo(type: type, name: name, errorDescription: errorDescription, owner: owner))
  }

  /// Where to read more.
  public static func help(_ message: Help) -> ErrorDetails { ErrorDetails(.help(message)) }

  /// Where to read more.
  ///
  /// - Parameter links: The places.
  public static func help(links: [Help.Link]) -> ErrorDetails {
    .help(Help(links: links))
  }

  /// The error for users, in their language.
  public static func localizedMessage(_ message: LocalizedMessage) -> ErrorDetails {
    ErrorDetails(.localizedMessage(message))
  }

  /// The error for users, in their language.
  ///
  /// - Parameters:
  ///   - locale: The language, by its BCP 47 tag, such as `fr-CH`.
  ///   - message: The text.
  public static func localizedMessage(locale: String, message: String) -> ErrorDetails {
    .localizedMessage(LocalizedMessage(locale: locale, message: message))
  }

  /// A message of a type of your own.
  public static func any(_ any: Google_Protobuf_Any) -> ErrorDetails { ErrorDetails(.any(any)) }
}
