import Foundation

/// What a program did.
struct ProgramResult {
  var exitCode: Int32
  var output: [UInt8]
  var errors: String
}

/// Programs that the tests run: the plugin of this build, and compilers for .proto files.
enum Programs {
  /// The top of the repository.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The plugin, which is built into the folder that the tests run from.
  static let plugin: URL = {
    #if os(macOS)
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
      return bundle.bundleURL.deletingLastPathComponent().appending(path: "protoc-gen-swiftgrpc")
    #else
      return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "protoc-gen-swiftgrpc")
    #endif
  }()

  /// Debian's protoc, which knows proto2 and proto3.
  static let protoc = ["protoc"]

  /// The protoc of grpcio-tools, which knows editions, when the set-up has installed it.
  static let newerProtoc: [String]? = {
    let python = root.appending(path: ".venv/bin/python").path
    return FileManager.default.isExecutableFile(atPath: python) ? [python, "-m", "grpc_tools.protoc"] : nil
  }()

  /// Runs a program in the top folder, with `input` on its standard input, until it ends.
  static func run(_ command: [String], input: [UInt8] = []) throws -> ProgramResult {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = root
    let folder = FileManager.default.temporaryDirectory.appending(path: "run-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files instead of pipes: nothing to drain while the program runs.
    let files = try ["input", "output", "errors"].map { name in
      let file = folder.appending(path: name)
      try Data(name == "input" ? input : []).write(to: file)
      return try FileHandle(forUpdating: file)
    }
    process.standardInput = files[0]
    process.standardOutput = files[1]
    process.standardError = files[2]
    try process.run()
    process.waitUntilExit()
    return ProgramResult(
      exitCode: process.terminationStatus,
      output: [UInt8](try Data(contentsOf: folder.appending(path: "output"))),
      errors: try String(contentsOf: folder.appending(path: "errors"), encoding: .utf8)
    )
  }
}
