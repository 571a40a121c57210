import InteropService
import SwiftGRPC
import SwiftGRPCProtobuf

/// The four kinds of calls.
enum CallKind: String, CaseIterable {
  case unary
  case clientStreaming
  case serverStreaming
  case bidirectional

  /// The kind's place among all.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Makes calls of one kind, one after another.
struct Caller {
  var kind: CallKind
  var port: Int
  var service: Grpc_Testing_TestService.Client
  var ledger: Ledger
  var seed: UInt64

  /// What is wrong with a response that came with the status `ok`.
  private struct WrongResponse: Error {
    var message: String
  }

  /// What one call is to do.
  private struct Plan {
    var messageCount: Int
    var bodyBytes: Int32
    /// How long the server waits before each response, in microseconds.
    var interval: Int32
    /// After how many milliseconds the caller gives the call up.
    var cancelsAfter: Int?
    var options: CallOptions
  }

  /// Makes calls until the time has come, with pauses that keep them below some ten a second.
  func call(until end: Double) async {
    var random = SplitMix(state: seed)
    while Ledger.now < end {
      let timeout = Double.random(in: 6...10, using: &random)
      let plan = Plan(
        messageCount: .random(in: 1...8, using: &random),
        // Mostly small, sometimes as large as to fill a window.
        bodyBytes: Int32.random(in: 0..<16, using: &random) == 0 ? 300_000 : .random(in: 0...2000, using: &random),
        interval: .random(in: 0...60_000, using: &random),
        cancelsAfter: Int.random(in: 0..<32, using: &random) == 0 ? .random(in: 0...200, using: &random) : nil,
        options: CallOptions(timeout: .seconds(timeout), waitForReady: true))
      let now = Ledger.now
      let number = ledger.begin(.init(kind: kind, port: port, start: now, deadline: now + timeout))
      ledger.end(number, await outcome(of: plan))
      try? await Task.sleep(for: .milliseconds(Int.random(in: 20...200, using: &random)))
    }
  }

  private func outcome(of plan: Plan) async -> Ledger.Outcome {
    let task = Task { try await perform(plan) }
    let canceller = plan.cancelsAfter.map { time in
      Task {
        try await Task.sleep(for: .milliseconds(time))
        task.cancel()
      }
    }
    defer { canceller?.cancel() }
    do {
      try await task.value
      return .ok
    } catch let error as RPCError {
      if error.code == .cancelled, plan.cancelsAfter != nil { return .cancelled }
      return .failed(code: "\(error.code)", message: error.message)
    } catch is CancellationError where plan.cancelsAfter != nil {
      return .cancelled
    } catch let error as WrongResponse {
      return .failed(code: "wrong response", message: error.message)
    } catch {
      return .failed(code: "unexpected error", message: "\(error)")
    }
  }

  private func perform(_ plan: Plan) async throws {
    switch kind {
    case .unary:
      let response = try await service.unaryCall(
        .with {
          $0.responseSize = plan.bodyBytes
          $0.payload = .with { $0.body = .zeroes(Int(plan.bodyBytes)) }
        }, options: plan.options)
      try check(response.payload, plan)
    case .clientStreaming:
      let call = try await service.streamingInputCall(options: plan.options)
      for _ in 0..<plan.messageCount {
        try await call.write(.with { $0.payload = .with { $0.body = .zeroes(Int(plan.bodyBytes)) } })
        try await Task.sleep(for: .microseconds(Int(plan.interval)))
      }
      let sum = try await call.finish().aggregatedPayloadSize
      try check(sum == Int32(plan.messageCount) * plan.bodyBytes, "a sum of \(sum)")
    case .serverStreaming:
      let request = Grpc_Testing_StreamingOutputCallRequest.with { request in
        request.responseParameters = (0..<plan.messageCount).map { _ in Self.parameters(plan) }
      }
      var count = 0
      for try await response in try await service.streamingOutputCall(request, options: plan.options) {
        try check(response.payload, plan)
        count += 1
      }
      try check(count == plan.messageCount, "\(count) messages, not \(plan.messageCount)")
    case .bidirectional:
      let call = try await service.fullDuplexCall(options: plan.options)
      var responses = call.makeAsyncIterator()
      for _ in 0..<plan.messageCount {
        try await call.write(
          .with {
            $0.responseParameters = [Self.parameters(plan)]
            $0.payload = .with { $0.body = .zeroes(Int(plan.bodyBytes)) }
          })
        let response = try await responses.next()
        try check(response != nil, "the end before the last response")
        if let response { try check(response.payload, plan) }
      }
      try await call.finish()
      let rest = try await responses.next()
      try check(rest == nil, "one response too many")
    }
  }

  private static func parameters(_ plan: Plan) -> Grpc_Testing_ResponseParameters {
    .with {
      $0.size = plan.bodyBytes
      $0.intervalUs = plan.interval
      $0.compressed = .with { $0.value = plan.bodyBytes % 2 == 1 }
    }
  }

  private func check(_ payload: Grpc_Testing_Payload, _ plan: Plan) throws {
    try check(payload.body.count == plan.bodyBytes, "a body of \(payload.body.count) bytes, not \(plan.bodyBytes)")
  }

  private func check(_ holds: Bool, _ wrong: @autoclosure () -> String) throws {
    guard !holds, !Task.isCancelled else { return }
    throw WrongResponse(message: wrong())
  }
}

/// A generator of numbers that depend on nothing but the seed (splitmix64).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
