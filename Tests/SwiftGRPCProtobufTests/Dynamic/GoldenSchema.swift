import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// The schema of golden files, and of `descriptor.proto`, as protoc describes them.
enum GoldenSchema {
  static let shared = Result {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let output = FileManager.default.temporaryDirectory.appending(path: "golden.\(UUID().uuidString).binpb")
    defer { try? FileManager.default.removeItem(at: output) }
    let protos = root.appending(path: "Fixtures/proto").path
    let cases = ["every_kind", "extensions", "maps", "nesting", "oneofs", "proto2", "scalars"]
    let process = Process()
    process.executableURL = root.appending(path: ".venv/bin/python")
    process.arguments =
      ["-m", "grpc_tools.protoc", "--include_imports", "--descriptor_set_out=\(output.path)"]
      + cases.flatMap { ["-I", "\(protos)/\($0)"] }
      + (try cases.flatMap { name in
        try FileManager.default.contentsOfDirectory(atPath: "\(protos)/\(name)").filter { $0.hasSuffix(".proto") }
      }) + ["google/protobuf/descriptor.proto"]
    try process.run()
    process.waitUntilExit()
    return try DynamicSchema(
      Google_Protobuf_FileDescriptorSet(serializedBytes: Data(contentsOf: output), extensions: nil))
  }

  /// The dynamic type of a generated message.
  static func type(of message: any Message.Type) throws -> DynamicMessageType {
    try #require(try shared.get().messageType(named: message.protoMessageName))
  }
}
