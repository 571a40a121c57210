/// The task that a call's handler runs in. Loop-confined.
extension ServerCall {
  /// Starts the handler's task. `body` returns nothing, throws nothing, and ends with one of the methods that finish the call.
  ///
  /// Inlined, and of the type that tasks take, generic and throwing: so the closure becomes the task's own. Of any other type there would
  /// be four functions around it, each with its part of the memory of every call that waits.
  @inlinable @inline(__always)
  func run<Success: Sendable>(_ body: @escaping @Sendable @isolated(any) () async throws -> Success) {
    guard let executor = self.handlerWillStart() else { return }
    if self.hasDeadline {
      self.runWithDeadline(body, executor)
    } else {
      self.handlerStarted(self.start(body, executor))
    }
  }

  @inlinable @inline(__always)
  func start<Success: Sendable>(
    _ body: @escaping @Sendable @isolated(any) () async throws -> Success, _ executor: LoopExecutor
  ) -> Task<Success, any Error> {
    guard self.runsOnLoop else { return Task.detached(operation: body) }
    if #available(macOS 26.0, iOS 26.0, tvOS 26.0, watchOS 26.0, visionOS 26.0, *) {
      return Task.immediate(executorPreference: executor, operation: body)
    }
    return Task(executorPreference: executor, operation: body)
  }

  @usableFromInline
  var hasDeadline: Bool { self.deadline != nil }

  /// Starts the handler's task so that the calls that it makes take over the deadline.
  @usableFromInline
  func runWithDeadline<Success: Sendable>(
    _ body: @escaping @Sendable @isolated(any) () async throws -> Success, _ executor: LoopExecutor
  ) {
    // Tasks other than detached ones copy what is bound where they are made.
    InheritedDeadline.$current.withValue(self.deadline) {
      self.handlerStarted(self.runsOnLoop ? self.start(body, executor) : Task(operation: body))
    }
  }

  @usableFromInline
  var runsOnLoop: Bool { self.handler?.execution.kind != .globalPool }

  @usableFromInline
  func handlerWillStart() -> LoopExecutor? {
    guard let connection else { return nil }
    self.isHandlerRunning = true
    self.isStartingHandler = true
    connection.handlerStarted()
    self.startTime = CoarseClock.now
    return connection.info.executor
  }

  @inlinable @inline(__always)
  func handlerStarted<Success: Sendable>(_ task: Task<Success, any Error>) {
    // Always: handlers' closures return nothing. The compiler sees that where they are inlined.
    if let task = task as? Task<Void, any Error> { self.handlerDidStart(task) }
  }

  @usableFromInline
  func handlerDidStart(_ task: Task<Void, any Error>) {
    self.isStartingHandler = false
    let time = CoarseClock.now &- self.startTime
    if let handler, let info = self.connectionInfo, time > info.executor.slowSegmentNanoseconds {
      info.logSlowHandler(handler.descriptor, nanoseconds: time)
    }
    if self.isHandlerRunning {
      self.task = task
      if self.isCancelled { task.cancel() }
    }
  }

  /// Lets the current task wait for messages without cancellation handlers: the call ends its waits. On the loop only.
  @usableFromInline
  func adoptCurrentTask() {
    guard let executor, executor.isCurrent else { return }
    let task = TaskIdentity.current
    self.inbound?.owner = task
    self.outboundMessages?.owner = task
  }

  /// Whether `address` is that of the handler's task.
  func isRunning(inTaskAt address: UInt) -> Bool {
    self.task.map { TaskIdentity.of($0) == address } ?? false
  }
}
