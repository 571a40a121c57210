// What the HTTP/2 engine costs without sockets, tasks and messages: two sessions joined in memory.
//
//   engine-benchmarks unary COUNT [IN_FLIGHT]      calls with a 10 byte message each way, gRPC's header lists
//   engine-benchmarks body COUNT BYTES             bodies of BYTES from client to server
//
// Count instructions with: strip -g engine-benchmarks; valgrind --tool=callgrind --toggle-collect='*measured*' …

import SwiftGRPCHTTP2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Both ends of a connection, and the buffer between them.
final class Loop {
  let client: HTTP2Session
  let server: HTTP2Session
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 64)
  var events: [HTTP2Event] = []
  var completed = 0
  var receivedBytes = 0
  let request: HeaderFields
  let response: HeaderFields
  let trailers: HeaderFields
  let message = [UInt8](repeating: 7, count: 15)

  init() throws {
    client = try HTTP2Session(role: .client)
    server = try HTTP2Session(role: .server)
    var request = HeaderFields()
    request.add(":method", "POST")
    request.add(":scheme", "http")
    request.add(":path", "/echo.Echo/Unary")
    request.add(":authority", "localhost:50051")
    request.add("te", "trailers")
    request.add("content-type", "application/grpc")
    request.add("user-agent", "grpc-swift/1.0")
    self.request = request
    var response = HeaderFields()
    response.add(":status", "200")
    response.add("content-type", "application/grpc")
    self.response = response
    var trailers = HeaderFields()
    trailers.add("grpc-status", "0")
    self.trailers = trailers
    try exchange(until: 0)
  }

  func callUnary() throws {
    let stream = HTTP2Stream()
    message.withUnsafeBytes { stream.outbound.append(copying: $0) }
    try client.submitRequest(request, on: stream)
    client.finishOutbound(stream)
  }

  func sendBody(_ bytes: [UInt8]) throws {
    let stream = HTTP2Stream()
    bytes.withUnsafeBytes { stream.outbound.append(copying: $0) }
    try client.submitRequest(request, on: stream)
    client.finishOutbound(stream)
  }

  func exchange(until count: Int) throws {
    repeat {
      try move(from: client, to: server, serve)
      try move(from: server, to: client, note)
    } while completed < count
  }

  private func move(from: HTTP2Session, to: HTTP2Session, _ handle: (HTTP2Event) throws -> Void) throws {
    while from.hasOutput {
      let count = try from.writeOutput(into: buffer)
      from.takeEvents(into: &events)
      try to.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      to.takeEvents(into: &events)
      for event in events { try handle(event) }
    }
  }

  private func serve(_ event: HTTP2Event) throws {
    switch event {
    case .data(let stream, let bytes):
      receivedBytes += bytes.count
      server.consume(bytes.count, on: stream)
    case .endOfStream(let stream):
      try server.submitHeaders(response, on: stream)
      message.withUnsafeBytes { stream.outbound.append(copying: $0) }
      server.outboundDidGrow(stream)
      try server.submitTrailers(trailers, on: stream)
    default: break
    }
  }

  private func note(_ event: HTTP2Event) {
    switch event {
    case .data(let stream, let bytes): client.consume(bytes.count, on: stream)
    case .closed: completed += 1
    default: break
    }
  }
}

@inline(never)
func measuredUnary(_ loop: Loop, count: Int, inFlight: Int) throws {
  var started = loop.completed
  let end = started + count
  while loop.completed < end {
    while started < end, started - loop.completed < inFlight {
      try loop.callUnary()
      started += 1
    }
    try loop.exchange(until: min(started, end))
  }
}

@inline(never)
func measuredBodies(_ loop: Loop, count: Int, bytes: [UInt8]) throws {
  for index in 1...count {
    try loop.sendBody(bytes)
    try loop.exchange(until: index)
  }
}

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.dropFirst().compactMap { Int($0) }
guard let mode = arguments.first, let count = numbers.first, count > 0 else {
  print("usage: engine-benchmarks unary COUNT [IN_FLIGHT] | body COUNT BYTES")
  exit(2)
}
let loop = try Loop()
let clock = ContinuousClock()
switch mode {
case "unary":
  let inFlight = numbers.count > 1 ? numbers[1] : 100
  let time = try clock.measure { try measuredUnary(loop, count: count, inFlight: inFlight) }
  print("\(count) calls, \(inFlight) in flight: \(time / count) a call")
case "body":
  let bytes = [UInt8](repeating: 1, count: numbers.count > 1 ? numbers[1] : 1 << 20)
  let time = try clock.measure { try measuredBodies(loop, count: count, bytes: bytes) }
  print("\(count) bodies of \(bytes.count) bytes: \(time / count) a body")
default:
  print("no such mode: \(mode)")
  exit(2)
}
