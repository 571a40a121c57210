/// The addresses by which tasks are told apart; only ever compared, never followed.
enum TaskIdentity {
  /// The address of the current task, or `nil` outside of one.
  static var current: UInt? {
    withUnsafeCurrentTask { task in
      // An `UnsafeCurrentTask` is one reference to the runtime's task object.
      task.map { unsafeBitCast($0, to: UInt.self) }
    }
  }

  /// The address of a task's object.
  static func of<Success, Failure>(_ task: Task<Success, Failure>) -> UInt {
    // A `Task` is one reference to the runtime's task object.
    unsafeBitCast(task, to: UInt.self)
  }
}
