import Foundation
import SwiftGRPCProtobuf
import Testing

/// A folder of .proto files with the options that they are generated with.
struct FixtureCase: CustomTestStringConvertible {
  let folder: URL
  /// The paths of the .proto files in the folder.
  let protoFiles: [String]
  /// The plugin's parameter.
  let parameter: String
  /// Whether Debian's protoc is too old for the case.
  let usesEditions: Bool

  var name: String { folder.lastPathComponent }
  var testDescription: String { name }

  /// The cases in a folder of Fixtures.
  static func all(in path: String) -> [FixtureCase] {
    let folders = try? FileManager.default.contentsOfDirectory(
      at: Programs.root.appending(path: path), includingPropertiesForKeys: nil)
    return (folders ?? []).filter(\.hasDirectoryPath).sorted { $0.path < $1.path }.map(FixtureCase.init)
  }

  private init(folder: URL) {
    self.folder = folder
    protoFiles = Self.paths(in: folder).filter { $0.hasSuffix(".proto") }
    let options = try? String(contentsOf: folder.appending(path: "options.txt"), encoding: .utf8)
    parameter = options?.trimmingCharacters(in: .newlines) ?? "Visibility=Public"
    usesEditions = protoFiles.contains { file in
      let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8)
      return text?.split(separator: "\n").contains { $0.hasPrefix("edition ") } == true
    }
  }

  /// The compilers that can read the case.
  var compilers: [[String]] {
    (usesEditions ? [] : [Programs.protoc]) + (Programs.newerProtoc.map { [$0] } ?? [])
  }

  /// The request that a compiler makes of the case, from its descriptor set.
  func request(compiledBy compiler: [String]) throws -> Request {
    let set = FileManager.default.temporaryDirectory.appending(path: "set-\(UUID())")
    defer { try? FileManager.default.removeItem(at: set) }
    let result = try Programs.run(
      compiler + [
        "-I", folder.path, "--include_imports", "--include_source_info", "--descriptor_set_out=\(set.path)",
      ] + protoFiles)
    guard result.exitCode == 0 else { throw CaseError(description: result.errors) }
    let descriptors = try Google_Protobuf_FileDescriptorSet(serializedBytes: [UInt8](Data(contentsOf: set)))
    return .with {
      $0.protoFile = descriptors.file
      $0.fileToGenerate = protoFiles
      $0.parameter = parameter
    }
  }

  /// The files below a folder, by their paths in it, sorted.
  static func paths(in folder: URL) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
    return found.filter { !folder.appending(path: $0).hasDirectoryPath }.sorted()
  }

  struct CaseError: Error, CustomStringConvertible {
    let description: String
  }
}
