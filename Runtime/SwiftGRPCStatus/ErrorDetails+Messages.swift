import SwiftGRPCProtobuf

// The ten messages under short names, made from the values in them.

extension ErrorDetails {
  /// Why the call failed, for programs.
  public typealias ErrorInfo = Google_Rpc_ErrorInfo
  /// When the call may be tried again.
  public typealias RetryInfo = Google_Rpc_RetryInfo
  /// What helps to find a fault of the server's.
  public typealias DebugInfo = Google_Rpc_DebugInfo
  /// Which quotas are used up.
  public typealias QuotaFailure = Google_Rpc_QuotaFailure
  /// What must be the case first.
  public typealias PreconditionFailure = Google_Rpc_PreconditionFailure
  /// Which fields of the request are wrong.
  public typealias BadRequest = Google_Rpc_BadRequest
  /// How the server knows the request.
  public typealias RequestInfo = Google_Rpc_RequestInfo
  /// Which resource the error is about.
  public typealias ResourceInfo = Google_Rpc_ResourceInfo
  /// Where to read more.
  public typealias Help = Google_Rpc_Help
  /// The error for users, in their language.
  public typealias LocalizedMessage = Google_Rpc_LocalizedMessage
}

extension Google_Rpc_ErrorInfo {
  /// Creates the message; see ``ErrorDetails/errorInfo(reason:domain:metadata:)``.
  public init(reason: String, domain: String, metadata: [String: String] = [:]) {
    self.init()
    self.reason = reason
    self.domain = domain
    self.metadata = metadata
  }
}

extension Google_Rpc_RetryInfo {
  /// Creates the message; see ``ErrorDetails/retryInfo(delay:)``.
  public init(delay: Duration) {
    self.init()
    self.delay = delay
  }

  /// The least time to wait before the call is tried again.
  public var delay: Duration {
    get { Duration(retryDelay) }
    set { retryDelay = Google_Protobuf_Duration(rounding: newValue) }
  }
}

extension Google_Rpc_DebugInfo {
  /// Creates the message; see ``ErrorDetails/debugInfo(stack:detail:)``.
  public init(stack: [String], detail: String) {
    self.init()
    self.stackEntries = stack
    self.detail = detail
  }

  /// The stack where it happened, innermost call first.
  public var stack: [String] {
    get { stackEntries }
    set { stackEntries = newValue }
  }
}

extension Google_Rpc_QuotaFailure {
  /// Creates the message; see ``ErrorDetails/quotaFailure(violations:)``.
  public init(violations: [Violation]) {
    self.init()
    self.violations = violations
  }
}

extension Google_Rpc_QuotaFailure.Violation {
  /// Creates a violation of a quota.
  ///
  /// - Parameters:
  ///   - subject: Whose quota it is, such as `client:10.0.0.7`.
  ///   - description: What happened, for people.
  public init(subject: String, description: String) {
    self.init()
    self.subject = subject
    self.description_p = description
  }

  /// What happened, for people.
  public var violationDescription: String {
    get { description_p }
    set { description_p = newValue }
  }
}

extension Google_Rpc_PreconditionFailure {
  /// Creates the message; see ``ErrorDetails/preconditionFailure(violations:)``.
  public init(violations: [Violation]) {
    self.init()
    self.violations = violations
  }
}

extension Google_Rpc_PreconditionFailure.Violation {
  /// Creates a condition that does not hold.
  ///
  /// - Parameters:
  ///   - type: The kind of condition, such as `TERMS`.
  ///   - subject: What it is about.
  ///   - description: How to satisfy it, for people.
  public init(type: String, subject: String, description: String) {
    self.init()
    self.type = type
    self.subject = subject
    self.description_p = description
  }

  /// How to satisfy the condition, for people.
  public var violationDescription: String {
    get { description_p }
    set { description_p = newValue }
  }
}

extension Google_Rpc_BadRequest {
  /// Creates the message; see ``ErrorDetails/badRequest(violations:)``.
  public init(violations: [FieldViolation]) {
    self.init()
    self.fieldViolations = violations
  }

  /// The fields that are wrong.
  public var violations: [FieldViolation] {
    get { fieldViolations }
    set { fieldViolations = newValue }
  }
}

extension Google_Rpc_BadRequest.FieldViolation {
  /// Creates a field that is wrong.
  ///
  /// - Parameters:
  ///   - field: The path to the field, such as `order.lines.amount`.
  ///   - description: What is wrong, for people.
  ///   - reason: What is wrong, for programs; none by default.
  ///   - localizedMessage: What is wrong, for users; none by default.
  public init(
    field: String, description: String, reason: String = "", localizedMessage: Google_Rpc_LocalizedMessage? = nil
  ) {
    self.init()
    self.field = field
    self.description_p = description
    self.reason = reason
    if let localizedMessage { self.localizedMessage = localizedMessage }
  }

  /// What is wrong, for people.
  public var violationDescription: String {
    get { description_p }
    set { description_p = newValue }
  }
}

extension Google_Rpc_RequestInfo {
  /// Creates the message; see ``ErrorDetails/requestInfo(requestID:servingData:)``.
  public init(requestID: String, servingData: String = "") {
    self.init()
    self.requestID = requestID
    self.servingData = servingData
  }
}

extension Google_Rpc_ResourceInfo {
  /// Creates the message; see ``ErrorDetails/resourceInfo(type:name:errorDescription:owner:)``.
  public init(type: String, name: String, errorDescription: String, owner: String = "") {
    self.init()
    self.resourceType = type
    self.resourceName = name
    self.description_p = errorDescription
    self.owner = owner
  }

  /// The kind of resource.
  public var type: String {
    get { resourceType }
    set { resourceType = newValue }
  }

  /// The resource's name.
  public var name: String {
    get { resourceName }
    set { resourceName = newValue }
  }

  /// What is wrong with it, for people.
  public var errorDescription: String {
    get { description_p }
    set { description_p = newValue }
  }
}

extension Google_Rpc_Help {
  /// Creates the message; see ``ErrorDetails/help(links:)``.
  public init(links: [Link]) {
    self.init()
    self.links = links
  }
}

extension Google_Rpc_Help.Link {
  /// Creates a link: where it leads, and what is to be found there.
  public init(url: String, description: String) {
    self.init()
    self.url = url
    self.description_p = description
  }

  /// What is to be found there.
  public var linkDescription: String {
    get { description_p }
    set { description_p = newValue }
  }
}

extension Google_Rpc_LocalizedMessage {
  /// Creates the message; see ``ErrorDetails/localizedMessage(locale:message:)``.
  public init(locale: String, message: String) {
    self.init()
    self.locale = locale
    self.message = message
  }
}
