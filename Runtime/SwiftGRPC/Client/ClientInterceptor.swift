/// Code of yours around every call of a client: to add metadata, to log, to count, to try again.
///
/// `intercept` gets a call as it goes out and hands it to `next`, which is the following interceptor or, after the last
/// one, the call itself. It may change the request and the response on the way, answer without calling `next`, or call it
/// more than once. Whatever the kind of the method, requests and responses come as streams here.
///
/// ```swift
/// struct Authorization: ClientInterceptor {
///   let token: String
///   func intercept<Input: Sendable, Output: Sendable>(
///     request: StreamingClientRequest<Input>,
///     context: ClientContext,
///     next: (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
///   ) async throws -> StreamingClientResponse<Output> {
///     var request = request
///     request.metadata.addString("Bearer \(token)", forKey: "authorization")
///     return try await next(request, context)
///   }
/// }
/// ```
public protocol ClientInterceptor: Sendable {
  /// Handles a call on its way out and its response on its way back.
  ///
  /// - Parameters:
  ///   - request: The metadata and messages to send.
  ///   - context: What else is known about the call.
  ///   - next: The rest of the way.
  /// - Returns: The response for the caller, or for the interceptor before this one.
  /// - Throws: Any error; the caller gets it as an ``RPCError``.
  func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingClientRequest<Input>,
    context: ClientContext,
    next: (
      _ request: StreamingClientRequest<Input>,
      _ context: ClientContext
    ) async throws -> StreamingClientResponse<Output>
  ) async throws -> StreamingClientResponse<Output>
}

extension ConditionalInterceptor where Interceptor == any ClientInterceptor {
  /// An interceptor for calls of these methods that go out.
  public static func apply(_ interceptor: any ClientInterceptor, to subject: Subject) -> Self {
    Self(interceptor: interceptor, subject: subject)
  }
}
