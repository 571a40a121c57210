/// The deadline that calls take over from the call that their task answers.
enum InheritedDeadline {
  /// The deadline of the call that is being answered by this task or by one that started it; `nil` outside of handlers, and
  /// in those of calls without a deadline.
  @TaskLocal static var current: Deadline?
}

extension Deadline {
  /// The deadline of the call that the current task answers, which the calls that it makes take over; `nil` if there is none.
  ///
  /// Tasks that a handler starts have it too, but for detached ones. See ``CallOptions/inheritsDeadline``.
  public static var inherited: Deadline? { InheritedDeadline.current }
}
