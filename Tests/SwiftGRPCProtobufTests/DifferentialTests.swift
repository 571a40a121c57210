import SwiftGRPCProtobuf
import Testing

/// Our decoder and encoder against Python's protobuf, on random messages of every kind of field and on damaged ones.
struct DifferentialTests {
  @Test func messagesDecodeAndEncodeAsInPythonAndDamagedOnesAreRefusedAlike() throws {
    var records = try PythonProtobuf().makeCases("random_messages.py", unlessSet: 2000)
    var count = 0
    var refused = 0
    while let index = records.byte() {
      let isAccepted = records.byte() == 1
      let bytes = records.bytes()
      let expected = records.bytes()
      count += 1
      let (type, extensions) = EveryKindTypes.all[index]
      let outcome = Outcome(decoding: bytes, as: type, extensions: extensions)
      if !isAccepted { refused += 1 }
      let agrees = (outcome.error == nil) == isAccepted && (outcome.encoded ?? expected) == expected
      #expect(
        agrees,
        """
        record \(count), \(type.protoMessageName), python \(isAccepted ? "accepts" : "refuses"), \
        we say \(outcome.error.map { "\($0)" } ?? "accepted"): \(bytes.hex(from: nil))
        from the first difference on:
        expected \(expected.hex(from: outcome.encoded))
        encoded  \(outcome.encoded?.hex(from: expected) ?? "nothing")
        """)
      if !agrees { return }
    }
    #expect(count > 0)
    #expect(refused > 0)
    #expect(refused < count / 2)
  }
}

/// What our decoder and encoder make of some bytes.
private struct Outcome {
  var encoded: [UInt8]?
  var error: BinaryDecodingError?

  init(decoding bytes: [UInt8], as type: any Message.Type, extensions: SimpleExtensionMap) {
    func run<M: Message>(_ type: M.Type) {
      do {
        let message = try M(serializedBytes: bytes, extensions: extensions)
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        encoded = try? message.serializedBytes(options: options)
        #expect(message == message || bytes.contains(0x7f) || bytes.contains(0xff))  // unless it holds a NaN
      } catch {
        self.error = error as? BinaryDecodingError
        #expect(self.error != nil, "\(error)")
      }
    }
    run(type)
  }
}

extension [UInt8] {
  /// At most 2,000 bytes in hexadecimal, from shortly before the first difference to `other`.
  fileprivate func hex(from other: [UInt8]?) -> String {
    let same = other.map { zip(self, $0).prefix { $0 == $1 }.count } ?? 0
    return dropFirst(Swift.max(0, same - 8)).prefix(2000)
      .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
