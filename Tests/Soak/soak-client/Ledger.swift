import Foundation
import Synchronization

/// Which calls run and how those that ended did; from any thread.
final class Ledger: Sendable {
  /// A call that has not ended.
  struct OpenCall {
    var kind: CallKind
    var port: Int
    var start: Double
    var deadline: Double
    var isOverdue = false
  }

  private struct Books {
    var open: [Int: OpenCall] = [:]
    var started = 0
    var ok: [CallKind: Int] = [:]
    var cancelled = 0
    var failed = 0
    var overdue = 0
    var endedTwice = 0
  }

  private let books = Mutex(Books())

  /// How long after its deadline a call is taken for one that never ends. Much: the machine may have other things to do.
  private static let patience = 5.0

  /// Seconds since the system's start, on the clock that other programs call monotonic.
  static var now: Double { ProcessInfo.processInfo.systemUptime }

  /// How a call ended.
  enum Outcome {
    case ok
    /// By its caller, as planned.
    case cancelled
    /// With a status.
    case failed(code: String, message: String)
  }

  /// A call is about to start; returns its number.
  func begin(_ call: OpenCall) -> Int {
    books.withLock { books in
      books.started += 1
      books.open[books.started] = call
      return books.started
    }
  }

  /// A call has ended.
  func end(_ number: Int, _ outcome: Outcome) {
    let call: OpenCall? = books.withLock { books in
      guard let call = books.open.removeValue(forKey: number) else {
        books.endedTwice += 1
        return nil
      }
      switch outcome {
      case .ok: books.ok[call.kind, default: 0] += 1
      case .cancelled: books.cancelled += 1
      case .failed: books.failed += 1
      }
      return call
    }
    guard let call, case .failed(let code, let message) = outcome else { return }
    report(
      "failure",
      [
        "kind": call.kind.rawValue, "port": call.port, "start": call.start, "end": Self.now, "deadline": call.deadline,
        "code": code, "message": message,
      ])
  }

  /// Prints how many calls there were, and each that should have ended long ago.
  func reportCount() {
    let (overdue, state) = books.withLock { books in
      var overdue: [OpenCall] = []
      for (number, call) in books.open where !call.isOverdue && call.deadline + Self.patience < Self.now {
        books.open[number]?.isOverdue = true
        books.overdue += 1
        overdue.append(call)
      }
      return (overdue, books)
    }
    for call in overdue {
      report(
        "overdue",
        ["kind": call.kind.rawValue, "port": call.port, "start": call.start, "deadline": call.deadline])
    }
    report("count", Self.counts(state))
  }

  /// Prints the last line.
  func reportEnd() {
    report("end", Self.counts(books.withLock { $0 }))
  }

  private static func counts(_ books: Books) -> [String: Any] {
    var counts: [String: Any] = [
      "started": books.started, "open": books.open.count, "cancelled": books.cancelled, "failed": books.failed,
      "overdue": books.overdue, "endedTwice": books.endedTwice,
    ]
    for kind in CallKind.allCases { counts[kind.rawValue] = books.ok[kind, default: 0] }
    return counts
  }

  private func report(_ event: String, _ values: [String: Any]) {
    var values = values
    values["event"] = event
    guard let line = try? JSONSerialization.data(withJSONObject: values, options: .sortedKeys) else { return }
    FileHandle.standardOutput.write(line + Data("\n".utf8))
  }
}
