import SwiftGRPCProtobuf

/// How one method's calls are answered.
///
/// The closures are made where the message types are known, so that decoding, the user's method and encoding are one specialised
/// piece of code; everything else about a call is not generic.
@usableFromInline
final class MethodHandler: Sendable {
  @usableFromInline typealias Start = @Sendable (ServerCall) -> Void
  @usableFromInline typealias StartWithMessage = @Sendable (ServerCall, UnsafeRawBufferPointer) -> Void
  @usableFromInline typealias Intercepted = @Sendable ([any ServerInterceptor]) -> MethodHandler

  let descriptor: MethodDescriptor

  /// Starts the handler; it reads its request from the call.
  let start: Start

  /// Starts the handler of a method whose request is one message, when that is all there.
  let startWithMessage: StartWithMessage?

  /// The same method behind interceptors.
  let intercepted: Intercepted

  /// Where the handler runs.
  let execution: HandlerExecution

  @usableFromInline
  init(
    descriptor: MethodDescriptor, execution: HandlerExecution = .onLoop, start: @escaping Start,
    startWithMessage: StartWithMessage? = nil, intercepted: @escaping Intercepted
  ) {
    self.descriptor = descriptor
    self.execution = execution
    self.start = start
    self.startWithMessage = startWithMessage
    self.intercepted = intercepted
  }

  /// The same handler, run elsewhere.
  func with(execution: HandlerExecution) -> MethodHandler {
    MethodHandler(
      descriptor: self.descriptor, execution: execution, start: self.start, startWithMessage: self.startWithMessage,
      intercepted: self.intercepted
    )
  }
}
