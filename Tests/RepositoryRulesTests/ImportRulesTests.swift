import Foundation
import Testing

/// Which module may import which: the arrows of the architecture that the compiler does not hold.
@Suite struct ImportRulesTests {
  /// Modules of the system and of the toolchain, open to all.
  static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Musl", "Android", "Bionic", "Darwin", "Synchronization",
  ]

  /// What the sources in a folder may import beside those. The longest matching folder counts.
  static let allowed: [String: Set<String>] = [
    "Sources/SwiftGRPCProtobuf/": [],
    "Sources/SwiftGRPCProtobufFoundation/": ["SwiftGRPCProtobuf"],
    "Plugin/SwiftGRPCCodeGenerator/": ["SwiftGRPCProtobuf"],
    "Plugin/protoc-gen-swiftgrpc/": ["SwiftGRPCProtobuf", "SwiftGRPCCodeGenerator"],
    "Runtime/SwiftGRPCHTTP2/": ["CNghttp2"],
    "Runtime/SwiftGRPCTLS/": ["COpenSSL"],
    "Runtime/SwiftGRPC/": ["SwiftGRPCProtobuf", "Logging"],
    "Runtime/SwiftGRPCHealth/": ["SwiftGRPC", "SwiftGRPCProtobuf"],
    "Runtime/SwiftGRPCLifecycle/": ["SwiftGRPC", "ServiceLifecycle"],
    "Runtime/SwiftGRPCStatus/": ["SwiftGRPC", "SwiftGRPCProtobuf"],
    // A deadline is an instant on the clock of the event loops.
    "Runtime/SwiftGRPC/Deadline.swift": ["NIOCore"],
    // One file maps every failure of the layers below.
    "Runtime/SwiftGRPC/RPCError+Mapping.swift": ["SwiftGRPCHTTP2"],
    // Headers are read from and written to HTTP/2's own lists, so that no name or value is copied on the way.
    "Runtime/SwiftGRPC/Wire/": ["SwiftGRPCProtobuf", "SwiftGRPCHTTP2", "CZlib"],
    "Runtime/SwiftGRPC/Call/": ["SwiftGRPCProtobuf", "SwiftGRPCHTTP2", "Logging"],
    // A lock that the thread sanitizer understands, unlike `Mutex` on Linux.
    "Runtime/SwiftGRPC/Call/OutboundQueue.swift": ["SwiftGRPCHTTP2", "NIOConcurrencyHelpers"],
    "Runtime/SwiftGRPC/Transport/": [
      "SwiftGRPCHTTP2", "SwiftGRPCTLS", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix", "Logging",
    ],
    "Runtime/SwiftGRPC/Client/": ["SwiftGRPCProtobuf", "SwiftGRPCHTTP2", "NIOCore", "NIOPosix", "Logging"],
    "Runtime/SwiftGRPC/Server/": ["SwiftGRPCProtobuf", "SwiftGRPCHTTP2", "NIOCore", "NIOPosix", "Logging"],
  ]

  /// The imports of a file that no rule allows; `nil` when no rule covers the file.
  static func forbiddenImports(of file: SourceFile) -> Set<String>? {
    let folder = allowed.keys.filter { file.path.hasPrefix($0) }.max { $0.count < $1.count }
    return folder.map { file.imports.subtracting(system).subtracting(allowed[$0, default: []]) }
  }

  @Test(arguments: SourceTree.shippedSources())
  func fileImportsOnlyWhatItsModuleMay(file: SourceFile) {
    #expect(Self.forbiddenImports(of: file) == [], "see the arrows in CONTRIBUTING.md; \(file.path)")
  }

  @Test func onlyTheTransportJoinsEnginesAndSockets() {
    let joining = SourceTree.shippedSources().filter { $0.imports.isSuperset(of: ["SwiftGRPCTLS", "NIOCore"]) }
    #expect(joining.allSatisfy { $0.path.hasPrefix("Runtime/SwiftGRPC/Transport/") }, "\(joining)")
  }

  @Test func packageDependsOnlyOnTheListedPackages() throws {
    let manifest = try #require(SourceFile(url: SourceTree.root.appending(path: "Package.swift")))
    let packages = manifest.lines.compactMap { $0.firstMatch(of: /package\(url: "https:\/\/github.com\/(.+)\.git"/)?.1 }
    let listed: Set = [
      "apple/swift-nio", "apple/swift-log", "apple/swift-argument-parser", "swift-server/swift-service-lifecycle",
    ]
    #expect(Set(packages.map(String.init)) == listed)
  }

  @Test func importOfAnotherModuleIsFound() {
    let file = SourceFile(
      path: "Runtime/SwiftGRPCHTTP2/Example.swift",
      text: """
        import CNghttp2
        public import struct NIOCore.ByteBuffer
        @testable import SwiftGRPC
        // import Logging
        """)
    #expect(Self.forbiddenImports(of: file) == ["NIOCore", "SwiftGRPC"])
  }
}
