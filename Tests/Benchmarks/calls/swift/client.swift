// Makes calls to the echo service and prints what they took, compiled for swift-grpc and for grpc-swift-2.
//
//   client PORT unary            COUNT BYTES IN_FLIGHT [busy-poll] [loop]
//   client PORT server-streaming COUNT BYTES
//   client PORT client-streaming COUNT BYTES
//   client PORT ping-pong        COUNT BYTES
//
// `loop` makes the calls from tasks that prefer the executor of the client's connection, and with `busy-poll` its loop
// does not sleep between them; only swift-grpc has these.
// A tenth of COUNT is made before the clock runs. Prints {"count", "seconds"}, with percentiles in µs where each call
// or round trip is timed.

import Foundation

#if GRPC_SWIFT_2
  import GRPCCore
  import GRPCNIOTransportHTTP2
  typealias EchoClient = Echo_Echo.Client<HTTP2ClientTransport.Posix>
#else
  import SwiftGRPC
  import SwiftGRPCProtobuf
  typealias EchoClient = Echo_Echo.Client
#endif

/// What a run does, as the command line says.
struct Run: Sendable {
  let mode: String
  let count: Int
  let inFlight: Int
  let message: Echo_Payload
  let executor: (any TaskExecutor)?

  /// Makes `count` calls or sends `count` messages; the time of each in nanoseconds, if they are timed one by one.
  func measure(_ echo: EchoClient, count: Int) async throws -> [Int64] {
    switch mode {
    case "unary": try await unary(echo, count)
    case "server-streaming": try await serverStreaming(echo, count)
    case "client-streaming": try await clientStreaming(echo, count)
    case "ping-pong": try await pingPong(echo, count)
    default: fatalError("no such mode: \(mode)")
    }
  }

  private func unary(_ echo: EchoClient, _ count: Int) async throws -> [Int64] {
    try await withThrowingTaskGroup(of: [Int64].self) { group in
      for _ in 0..<inFlight {
        if let executor {
          group.addTask(executorPreference: executor) { try await calls(echo, count / inFlight) }
        } else {
          // Not with a preference of `nil`: such a task looks for its executor at each suspension all the same.
          group.addTask { try await calls(echo, count / inFlight) }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private func calls(_ echo: EchoClient, _ count: Int) async throws -> [Int64] {
    var times: [Int64] = []
    times.reserveCapacity(count)
    for _ in 0..<count {
      let start = ContinuousClock.now
      let answer = try await echo.unary(message)
      times.append((ContinuousClock.now - start).nanoseconds)
      precondition(answer.body.count == message.body.count)
    }
    return times
  }

  private func serverStreaming(_ echo: EchoClient, _ count: Int) async throws -> [Int64] {
    let wanted = Echo_Wanted.with {
      $0.messages = Int64(count)
      $0.bytes = Int32(message.body.count)
    }
    let received = try await echo.expand(wanted) { response in
      var received = 0
      for try await _ in response.messages { received += 1 }
      return received
    }
    precondition(received == count)
    return []
  }

  private func clientStreaming(_ echo: EchoClient, _ count: Int) async throws -> [Int64] {
    let answer = try await echo.collect { writer in
      for _ in 0..<count { try await writer.write(message) }
    }
    precondition(answer.messages == count)
    return []
  }

  #if GRPC_SWIFT_2
    /// The writer and the messages are in two closures there, so one has to tell the other.
    private func pingPong(_ echo: EchoClient, _ count: Int) async throws -> [Int64] {
      let (answered, answer) = AsyncStream.makeStream(of: Void.self)
      return try await echo.chat { writer in
        var answers = answered.makeAsyncIterator()
        for _ in 0..<count {
          try await writer.write(message)
          await answers.next()
        }
      } onResponse: { response in
        var times: [Int64] = []
        var last = ContinuousClock.now
        for try await _ in response.messages {
          let now = ContinuousClock.now
          times.append((now - last).nanoseconds)
          last = now
          answer.yield()
        }
        precondition(times.count == count)
        return times
      }
    }
  #else
    private func pingPong(_ echo: EchoClient, _ count: Int) async throws -> [Int64] {
      let chat = try await echo.chat()
      var answers = chat.makeAsyncIterator()
      var times: [Int64] = []
      for _ in 0..<count {
        let start = ContinuousClock.now
        try await chat.write(message)
        guard try await answers.next() != nil else { fatalError("the server ended the chat") }
        times.append((ContinuousClock.now - start).nanoseconds)
      }
      try await chat.finish()
      return times
    }
  #endif
}

extension Duration {
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}

/// The time in µs that a share of the calls stayed below.
func percentile(_ sorted: [Int64], _ share: Double) -> Double {
  Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
}

func report(_ run: Run, _ echo: EchoClient) async throws {
  _ = try await run.measure(echo, count: max(run.inFlight, run.count / 10))
  let start = ContinuousClock.now
  let unsorted = try await run.measure(echo, count: run.count)
  let seconds = Double((ContinuousClock.now - start).nanoseconds) / 1e9
  let times = unsorted.sorted()
  var line = "{\"count\": \(run.count), \"seconds\": \(seconds)"
  if !times.isEmpty { line += ", \"p50\": \(percentile(times, 0.5)), \"p99\": \(percentile(times, 0.99))" }
  print(line + "}")
}

let words = CommandLine.arguments
guard words.count >= 5, let port = Int(words[1]), let count = Int(words[3]), let bytes = Int(words[4]) else {
  let modes = "unary|server-streaming|client-streaming|ping-pong"
  print("usage: \(words[0]) PORT \(modes) COUNT BYTES [IN_FLIGHT] [busy-poll] [loop]")
  exit(2)
}
let inFlight = words.count > 5 ? Int(words[5]) ?? 1 : 1
let message = Echo_Payload.with { $0.body = Data(count: bytes) }

func connectAndReport() async throws {
  #if GRPC_SWIFT_2
    let config = HTTP2ClientTransport.Posix.Config.defaults
  #else
    let config = ClientTransport.Config.defaults {
      if words.contains("busy-poll") { $0.connection.busyPollDuration = .milliseconds(1) }
    }
  #endif
  try await withGRPCClient(
    transport: .http2NIOPosix(
      target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext, config: config)
  ) { client in
    #if GRPC_SWIFT_2
      let executor: (any TaskExecutor)? = nil
    #else
      let executor = words.last == "loop" ? client.executor : nil
    #endif
    let run = Run(mode: words[2], count: count, inFlight: inFlight, message: message, executor: executor)
    if let executor {
      try await Task(executorPreference: executor) { try await report(run, EchoClient(wrapping: client)) }.value
    } else {
      try await report(run, EchoClient(wrapping: client))
    }
  }
}

// Not awaited on the main thread, which libdispatch would end then: valgrind does not survive that.
let ended = DispatchSemaphore(value: 0)
Task.detached {
  do {
    try await connectAndReport()
  } catch {
    print("a call failed: \(error)")
    exit(1)
  }
  ended.signal()
}
ended.wait()
