import Foundation
import Testing

/// Python's protobuf, as programs that know the messages of Fixtures/proto/every_kind.
///
/// `DIFFERENTIAL_CASES` sets how many cases a test makes, `DIFFERENTIAL_SEED` which.
final class PythonProtobuf {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "differential.\(UUID().uuidString)")
  private let here = URL(filePath: #filePath).deletingLastPathComponent()
  private let descriptors: String

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    descriptors = folder.appending(path: "every_kind.binpb").path
    let protos = root.appending(path: "Fixtures/proto/every_kind").path
    let files = ["proto2", "proto3", "editions", "well_known"].map { "\(protos)/every_kind_\($0).proto" }
    _ = try python(
      ["-m", "grpc_tools.protoc", "-I", protos, "--include_imports", "--descriptor_set_out=\(descriptors)"] + files)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Has a program of the folder Differential make cases.
  func makeCases(_ script: String, unlessSet count: Int) throws -> RecordReader {
    let environment = ProcessInfo.processInfo.environment
    let arguments = [environment["DIFFERENTIAL_SEED"] ?? "1", environment["DIFFERENTIAL_CASES"] ?? "\(count)"]
    return RecordReader(try python([path(of: script), descriptors] + arguments))
  }

  /// Has a program of the folder Differential look at records, and returns what it prints.
  func judge(_ script: String, _ records: Data) throws -> String {
    let input = folder.appending(path: "records")
    try records.write(to: input)
    return String(decoding: try python([path(of: script), descriptors], input: input), as: UTF8.self)
  }

  private var root: URL { here.deletingLastPathComponent().deletingLastPathComponent() }

  private func path(of script: String) -> String { here.appending(path: "Differential/\(script)").path }

  private func python(_ arguments: [String], input: URL? = nil) throws -> Data {
    let process = Process()
    process.executableURL = root.appending(path: ".venv/bin/python")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    if let input { process.standardInput = try FileHandle(forReadingFrom: input) }
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
}

/// Reads what the programs write: bytes, and byte strings behind their length.
struct RecordReader {
  private let data: Data
  private var position = 0

  init(_ data: Data) {
    self.data = data
  }

  /// The next byte; `nil` at the end.
  mutating func byte() -> Int? {
    guard position < data.count else { return nil }
    defer { position += 1 }
    return Int(data[position])
  }

  /// The next byte string.
  mutating func bytes() -> [UInt8] {
    let count = (0..<4).reduce(0) { $0 | Int(data[position + $1]) << (8 * $1) }
    defer { position += 4 + count }
    return [UInt8](data[(position + 4)..<(position + 4 + count)])
  }
}

extension Data {
  /// Appends bytes behind their length, as ``RecordReader`` reads them.
  mutating func appendRecord(_ bytes: [UInt8]) {
    for shift in [0, 8, 16, 24] { append(UInt8(truncatingIfNeeded: bytes.count >> shift)) }
    append(contentsOf: bytes)
  }
}
