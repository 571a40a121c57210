/// The task that a call's handler runs in. Loop-confined.
extension ServerCall {
  /// Starts the handler's task. `body` ends with one of the methods that finish the call.
  ///
  /// Inlined, and of the type that tasks take, so that the closure becomes the task's own without others around it.
  @inlinable @inline(__always)
  func run(_ body: @escaping @Sendable @isolated(any) () async -> Void) {
    guard let executor = self.handlerWillStart() else { return }
    if self.hasDeadline {
      self.runWithDeadline(body, executor)
    } else if self.runsOnLoop {
      if #available(macOS 26.0, iOS 26.0, tvOS 26.0, watchOS 26.0, visionOS 26.0, *) {
        self.handlerDidStart(Task.immediate(executorPreference: executor, operation: body))
      } else {
        self.handlerDidStart(Task(executorPreference: executor, operation: body))
      }
    } else {
      self.handlerDidStart(Task.detached(operation: body))
    }
  }

  @usableFromInline
  var hasDeadline: Bool { self.deadline != nil }

  /// Starts the handler's task so that the calls that it makes take over the deadline.
  @usableFromInline
  func runWithDeadline(_ body: @escaping @Sendable @isolated(any) () async -> Void, _ executor: LoopExecutor) {
    // Tasks other than detached ones copy what is bound where they are made.
    InheritedDeadline.$current.withValue(self.deadline) {
      guard self.runsOnLoop else {
        self.handlerDidStart(Task(operation: body))
        return
      }
      if #available(macOS 26.0, iOS 26.0, tvOS 26.0, watchOS 26.0, visionOS 26.0, *) {
        self.handlerDidStart(Task.immediate(executorPreference: executor, operation: body))
      } else {
        self.handlerDidStart(Task(executorPreference: executor, operation: body))
      }
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

  @usableFromInline
  func handlerDidStart(_ task: Task<Void, Never>) {
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
