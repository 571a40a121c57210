/// Code of yours around every call of a server: to check credentials, to log, to count.
///
/// `intercept` gets a call before its handler does and hands it to `next`, which is the following interceptor or, after
/// the last one, the handler. It may change the request and the response on the way, or refuse the call by throwing an
/// ``RPCError`` instead of calling `next`. Whatever the kind of the method, requests and responses come as streams here.
public protocol ServerInterceptor: Sendable {
  /// Handles a call on its way in and its response on its way out.
  ///
  /// - Parameters:
  ///   - request: The metadata and messages that arrive.
  ///   - context: What else is known about the call.
  ///   - next: The rest of the way.
  /// - Returns: The response for the client, or for the interceptor before this one.
  /// - Throws: Any error. The call ends with it, as it would if the handler threw it.
  func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingServerRequest<Input>,
    context: ServerContext,
    next:
      @Sendable (
        _ request: StreamingServerRequest<Input>,
        _ context: ServerContext
      ) async throws -> StreamingServerResponse<Output>
  ) async throws -> StreamingServerResponse<Output>
}

extension ConditionalInterceptor where Interceptor == any ServerInterceptor {
  /// An interceptor for calls of these methods that come in.
  public static func apply(_ interceptor: any ServerInterceptor, to subject: Subject) -> Self {
    Self(interceptor: interceptor, subject: subject)
  }
}
