import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Our decoder and encoder against Python's protobuf, on random messages of every kind of field and on damaged ones.
///
/// `DIFFERENTIAL_CASES` sets how many (2,000 when it is not set), `DIFFERENTIAL_SEED` which.
struct DifferentialTests {
  /// The types in the order of `TYPES` in random_messages.py, with the extensions that the decoder is given.
  private static let types: [(type: any Message.Type, extensions: SimpleExtensionMap)] = [
    (EveryKind_Proto2_EveryKindProto2.self, EveryKind_Proto2_EveryKindProto2_Extensions),
    (EveryKind_Proto3_EveryKindProto3.self, []),
    (EveryKind_Editions_EveryKindEditions.self, EveryKind_Editions_EveryKindEditions_Extensions),
    (EveryKind_Proto2_RequiredFields.self, []),
    (EveryKind_Proto2_KindSets.self, EveryKind_Proto2_EveryKindProto2_Extensions),
    (EveryKind_Proto2_KindSet.self, EveryKind_Proto2_EveryKindProto2_Extensions),
  ]

  @Test func messagesDecodeAndEncodeAsInPythonAndDamagedOnesAreRefusedAlike() throws {
    let environment = ProcessInfo.processInfo.environment
    let records = try PythonRecords(
      seed: environment["DIFFERENTIAL_SEED"] ?? "1", count: environment["DIFFERENTIAL_CASES"] ?? "2000")
    var count = 0
    var refused = 0
    while let record = records.next() {
      count += 1
      let (type, extensions) = Self.types[record.type]
      let outcome = Outcome(decoding: record.bytes, as: type, extensions: extensions)
      if !record.isAccepted { refused += 1 }
      let agrees =
        (outcome.error == nil) == record.isAccepted && (outcome.encoded ?? record.expected) == record.expected
      #expect(
        agrees,
        """
        record \(count), \(type.protoMessageName), python \(record.isAccepted ? "accepts" : "refuses"), \
        we say \(outcome.error.map { "\($0)" } ?? "accepted"): \(record.bytes.hex(from: nil))
        from the first difference on:
        expected \(record.expected.hex(from: outcome.encoded))
        encoded  \(outcome.encoded?.hex(from: record.expected) ?? "nothing")
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
      do throws(BinaryDecodingError) {
        let message = try M(serializedBytes: bytes, extensions: extensions)
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        encoded = try? message.serializedBytes(options: options)
        #expect(message == message || bytes.contains(0x7f) || bytes.contains(0xff))  // unless it holds a NaN
      } catch {
        self.error = error
      }
    }
    run(type)
  }
}

/// The records that random_messages.py writes.
private final class PythonRecords {
  struct Record {
    let type: Int
    let isAccepted: Bool
    let bytes: [UInt8]
    let expected: [UInt8]
  }

  private let data: Data
  private var position = 0

  init(seed: String, count: String) throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let root = here.deletingLastPathComponent().deletingLastPathComponent()
    let descriptors = FileManager.default.temporaryDirectory.appending(path: "every_kind.\(UUID().uuidString).binpb")
    defer { try? FileManager.default.removeItem(at: descriptors) }
    let protos = root.appending(path: "Fixtures/proto/every_kind").path
    let files = ["proto2", "proto3", "editions"].map { "\(protos)/every_kind_\($0).proto" }
    _ = try Self.python(
      root, ["-m", "grpc_tools.protoc", "-I", protos, "--descriptor_set_out=\(descriptors.path)"] + files)
    let script = here.appending(path: "Differential/random_messages.py").path
    data = try Self.python(root, [script, descriptors.path, seed, count])
  }

  private static func python(_ root: URL, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = root.appending(path: ".venv/bin/python")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      Issue.record("no Python with grpcio-tools in .venv: run `make setup`")
      throw error
    }
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " ")) failed")
    return data
  }

  func next() -> Record? {
    guard position < data.count else { return nil }
    let type = Int(data[position])
    let isAccepted = data[position + 1] == 1
    position += 2
    return Record(type: type, isAccepted: isAccepted, bytes: bytes(), expected: bytes())
  }

  private func bytes() -> [UInt8] {
    let count = (0..<4).reduce(0) { $0 | Int(data[position + $1]) << (8 * $1) }
    defer { position += 4 + count }
    return [UInt8](data[(position + 4)..<(position + 4 + count)])
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
