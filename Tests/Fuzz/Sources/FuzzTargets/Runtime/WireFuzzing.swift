import SwiftGRPCHTTP2

@testable import SwiftGRPC

/// What gRPC reads from bodies and header lists, held against simpler ways of reading the same.
enum WireFuzzing {
  // MARK: Messages

  /// The messages of a body are the same however it is cut.
  static func deframe(_ input: inout FuzzInput) {
    let choice = input.byte()
    let limit = Int(choice & 0x0f) * 100
    let sizes = input.take(4).map { Int($0) + 1 }
    let body = input.rest()
    let expected = self.messages(of: body, limit: limit)
    var deframer = Deframer(maxMessageBytes: limit)
    var found: [[UInt8]] = []
    var failed = false
    var position = 0
    var turn = 0
    while position < body.count, !failed {
      let size = choice & 0x10 == 0 ? body.count : sizes.isEmpty ? 1 : sizes[turn % sizes.count]
      turn += 1
      // Memory of its own, so that the address sanitizer sees who reads it later.
      let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: min(size, body.count - position), alignment: 1)
      piece.copyBytes(from: body[position..<position + piece.count])
      position += piece.count
      deframer.push(UnsafeRawBufferPointer(piece))
      do throws(RPCError) {
        while let message = try deframer.next() { found.append(Array(message.bytes)) }
        deframer.keepRest()
      } catch {
        failed = true
      }
      piece.deallocate()
      precondition(deframer.reservedByteCount <= max(256, 2 * position), "more memory than bytes")
    }
    precondition(found == expected.messages, "the messages depend on the cuts")
    precondition(failed == expected.isBroken, "an error depends on the cuts")
    if !failed {
      let isWhole = (try? deframer.checkEnd()) != nil
      precondition(isWhole == (expected.rest == 0), "the end depends on the cuts")
    }
  }

  private static func messages(of body: [UInt8], limit: Int) -> (messages: [[UInt8]], isBroken: Bool, rest: Int) {
    var messages: [[UInt8]] = []
    var rest = body[...]
    while rest.count >= 5 {
      let prefix = Array(rest.prefix(5))
      let count = prefix[1...].reduce(0) { $0 << 8 | Int($1) }
      guard prefix[0] <= 1, count <= limit else { return (messages, true, rest.count) }
      guard rest.count >= 5 + count else { break }
      messages.append(Array(rest.dropFirst(5).prefix(count)))
      rest = rest.dropFirst(5 + count)
    }
    return (messages, false, rest.count)
  }

  // MARK: Headers

  /// Header lists are read without harm, and metadata that was received can be sent again.
  static func readHeaders(_ input: inout FuzzInput) {
    let fields = self.fields(input.rest())
    guard let block = self.block(of: fields) else { return }
    _ = try? RequestHeaders(reading: block)
    _ = ResponseHeaders.meaning(of: block)
    _ = ResponseHeaders.withoutStatus(block)
    _ = Trailers.status(in: block)
    let metadata = Metadata(received: ReceivedMetadata(block))
    for (key, value) in metadata {
      _ = value.description
      _ = Array(metadata[stringValues: key])
      _ = Array(metadata[binaryValues: key])
    }
    var echo = HeaderFields()
    do {
      try ResponseHeaders.write(metadata: metadata, to: &echo)
    } catch {
      preconditionFailure("metadata that was received cannot be sent: \(error)")
    }
  }

  /// The lines of an input as header fields: `name: value`.
  private static func fields(_ bytes: [UInt8]) -> [(String, [UInt8])] {
    bytes.split(separator: UInt8(ascii: "\n")).prefix(30).map { line in
      let name = line.prefix { $0 != UInt8(ascii: "=") }
      return (String(decoding: name, as: UTF8.self), Array(line.dropFirst(name.count + 1)))
    }
  }

  /// The list as a session hands it out, which refuses what HTTP/2 does not allow.
  private static func block(of fields: [(String, [UInt8])]) -> HeaderBlock? {
    var payload = HPACK.literals([(":method", "POST"), (":scheme", "http"), (":path", "/a.B/C")])
    for (name, value) in fields where !name.hasPrefix(":") && name.utf8.count < 127 && value.count < 127 {
      payload += [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.count)] + value
    }
    let frame = Frame(kind: .headers, flags: Frame.endHeaders | Frame.endStream, stream: 1, payload: payload)
    let bytes = Frame.clientPreface + Frame.settings().bytes + frame.bytes
    guard let session = try? HTTP2Session(role: .server) else { return nil }
    try? bytes.withUnsafeBytes { try session.receive($0) }
    var events: [HTTP2Event] = []
    session.takeEvents(into: &events)
    for case .headers(_, let block, _) in events { return block }
    return nil
  }

  // MARK: Timeouts

  /// A timeout that is read and written again is the same, or shorter by less than one unit of its last digit.
  static func readTimeout(_ input: inout FuzzInput) {
    let text = input.rest()
    guard let value = text.withUnsafeBytes({ TimeoutText.decode($0) }) else { return }
    precondition(value >= 0, "a timeout is negative")
    let again = Array(TimeoutText.encode(nanoseconds: value).utf8)
    guard let second = again.withUnsafeBytes({ TimeoutText.decode($0) }) else {
      preconditionFailure("our own timeout is refused")
    }
    precondition(second <= max(1, value), "a timeout has become longer")
    precondition(value - second <= value / 1_000_000, "a timeout has become much shorter")
  }
}
