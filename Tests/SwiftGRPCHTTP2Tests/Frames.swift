#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A frame as bytes, made and read without the code under test. Spec: RFC 9113, section 4.1.
struct Frame: Equatable, CustomStringConvertible {
  enum Kind: UInt8 {
    case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
  }

  var kind: Kind
  var flags: UInt8 = 0
  var stream: Int32 = 0
  var payload: [UInt8] = []

  static let endStream: UInt8 = 0x1
  static let ack: UInt8 = 0x1
  static let endHeaders: UInt8 = 0x4

  static let clientPreface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  var isEndOfStream: Bool { (kind == .data || kind == .headers) && flags & Self.endStream != 0 }

  var bytes: [UInt8] {
    let count = payload.count
    return [UInt8(count >> 16), UInt8(count >> 8 & 0xff), UInt8(count & 0xff), kind.rawValue, flags]
      + stream.bigEndianBytes + payload
  }

  var description: String { "\(kind)(\(stream), flags \(flags), \(payload.count) bytes)" }

  /// The payload's first four bytes as a number: an error code, an increment.
  var number: UInt32 { payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }

  /// The error code of a GOAWAY.
  var goAwayCode: UInt32 { payload[4..<8].reduce(0) { $0 << 8 | UInt32($1) } }

  static func data(_ stream: Int32, _ payload: [UInt8], endStream: Bool = false) -> Frame {
    Frame(kind: .data, flags: endStream ? Self.endStream : 0, stream: stream, payload: payload)
  }

  static func headers(
    _ stream: Int32, _ fields: [(String, String)], endStream: Bool = false, endHeaders: Bool = true
  ) -> Frame {
    Frame(
      kind: .headers, flags: (endStream ? Self.endStream : 0) | (endHeaders ? Self.endHeaders : 0), stream: stream,
      payload: HPACK.literals(fields))
  }

  static func continuation(_ stream: Int32, _ fields: [(String, String)], endHeaders: Bool) -> Frame {
    Frame(
      kind: .continuation, flags: endHeaders ? Self.endHeaders : 0, stream: stream, payload: HPACK.literals(fields))
  }

  static func reset(_ stream: Int32, _ code: UInt32) -> Frame {
    Frame(kind: .reset, stream: stream, payload: code.bigEndianBytes)
  }

  static func settings(_ values: [(UInt16, UInt32)] = []) -> Frame {
    Frame(kind: .settings, payload: values.flatMap { $0.0.bigEndianBytes + $0.1.bigEndianBytes })
  }

  static var settingsAck: Frame { Frame(kind: .settings, flags: ack) }

  static func ping(_ payload: UInt64, ack: Bool = false) -> Frame {
    Frame(kind: .ping, flags: ack ? Self.ack : 0, payload: payload.bigEndianBytes)
  }

  static func goAway(last: Int32, _ code: UInt32, _ debug: String = "") -> Frame {
    Frame(kind: .goAway, payload: last.bigEndianBytes + code.bigEndianBytes + Array(debug.utf8))
  }

  static func windowUpdate(_ stream: Int32, _ increment: UInt32) -> Frame {
    Frame(kind: .windowUpdate, stream: stream, payload: increment.bigEndianBytes)
  }

  /// The whole frames in `bytes`, and what is left.
  static func parse(_ bytes: [UInt8]) -> [Frame] {
    var frames: [Frame] = []
    var rest = bytes[...]
    if rest.starts(with: clientPreface) { rest.removeFirst(clientPreface.count) }
    while rest.count >= 9 {
      let head = Array(rest.prefix(9))
      let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      guard rest.count >= 9 + count, let kind = Kind(rawValue: head[3]) else { break }
      let stream = head[5..<9].reduce(0) { $0 << 8 | UInt32($1) }
      frames.append(
        Frame(kind: kind, flags: head[4], stream: Int32(stream), payload: Array(rest.dropFirst(9).prefix(count))))
      rest = rest.dropFirst(9 + count)
    }
    return frames
  }
}

/// Header compression in its plainest form. Spec: RFC 7541, section 6.2.2.
enum HPACK {
  /// Literal fields without indexing, names and values without Huffman coding.
  static func literals(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { name, value in [0x00] + string(name) + string(value) }
  }

  private static func string(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var prefix: [UInt8] = [127]
    var rest = bytes.count - 127
    while rest >= 128 {
      prefix.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return prefix + [UInt8(rest)] + bytes
  }
}

extension FixedWidthInteger {
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

/// The seeds of one test case. `TEST_SEED_FACTOR` in the environment multiplies them, for long runs.
func seeds(ofBlock block: Int, size: Int) -> Range<Int> {
  let factor = getenv("TEST_SEED_FACTOR").flatMap { Int(String(cString: $0)) } ?? 1
  return block * size * factor..<(block + 1) * size * factor
}

/// A small generator with a seed, so that a failing run can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) {
    state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
