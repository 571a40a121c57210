import SwiftGRPC

/// A check of a case that did not hold.
struct FailedCheck: Error, CustomStringConvertible {
  let description: String
}

/// Fails unless two values are equal.
func check<Value: Equatable>(_ what: String, _ actual: Value, is expected: Value) throws(FailedCheck) {
  guard actual != expected else { return }
  throw FailedCheck(description: "\(what): expected \(shortened(expected)), got \(shortened(actual))")
}

/// A value as text; of a long one, such as a message with a large body, the beginning.
private func shortened<Value>(_ value: Value) -> String {
  let text = String(describing: value)
  return text.count > 200 ? "\(text.prefix(200))… (\(text.count) characters)" : text
}

/// Runs a call that has to fail with a status.
func checkFailure(
  _ code: RPCError.Code, message: String? = nil, of call: () async throws -> Void
) async throws {
  do {
    try await call()
  } catch let error as RPCError {
    try check("status code", error.code, is: code)
    if let message { try check("status message", error.message, is: message) }
    return
  }
  throw FailedCheck(description: "the call succeeded, expected \(code)")
}
