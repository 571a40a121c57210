import Testing

/// Which files may use unsafe pointers, and what must be said where the compiler's proof is switched off.
@Suite struct UnsafeRulesTests {
  /// The files, and the folders with their files, that may use unsafe memory. Each stands at a border: the wire,
  /// a C library, or storage whose layout is known only at run time.
  static let placesWithUnsafeMemory: Set<String> = [
    // Messages: bytes are read and written where they lie; fields are reached through their offsets.
    "Sources/SwiftGRPCProtobuf/Binary/",
    "Sources/SwiftGRPCProtobuf/Dynamic/",
    "Sources/SwiftGRPCProtobuf/Extensions/",
    "Sources/SwiftGRPCProtobuf/JSON/",
    "Sources/SwiftGRPCProtobuf/Table/",
    "Sources/SwiftGRPCProtobuf/Text/",
    "Sources/SwiftGRPCProtobuf/TextFormat/",
    "Sources/SwiftGRPCProtobuf/Message+Binary.swift",
    "Sources/SwiftGRPCProtobuf/Message.swift",
    "Sources/SwiftGRPCProtobuf/MessageBox.swift",
    "Sources/SwiftGRPCProtobuf/SwiftProtobufContiguousBytes.swift",
    "Sources/SwiftGRPCProtobuf/UnknownStorage.swift",
    // Streams fill and empty buffers; text forms are read where they lie; field masks walk messages by their tables.
    "Sources/SwiftGRPCProtobuf/Streams/",
    "Sources/SwiftGRPCProtobuf/WellKnown/",
    // The engines: C libraries, and buffers that they read and write.
    "Runtime/SwiftGRPCHTTP2/",
    "Runtime/SwiftGRPCTLS/",
    // Headers and messages are read where they lie in received bytes, and written where they are sent from.
    "Runtime/SwiftGRPC/Wire/",
    "Runtime/SwiftGRPC/MessageSerializer.swift",
    "Runtime/SwiftGRPC/ProtobufSerializer.swift",
    "Runtime/SwiftGRPC/Call/EncodedMessage.swift",
    "Runtime/SwiftGRPC/Call/InboundMessages+Elsewhere.swift",
    "Runtime/SwiftGRPC/Call/InboundMessages.swift",
    "Runtime/SwiftGRPC/Call/OutboundMessages.swift",
    "Runtime/SwiftGRPC/Call/OutboundQueue.swift",
    "Runtime/SwiftGRPC/Call/RPCAsyncSequence.swift",
    "Runtime/SwiftGRPC/Call/RPCWriter.swift",
    "Runtime/SwiftGRPC/Call/ReceivedBatch.swift",
    "Runtime/SwiftGRPC/Call/ReceivedMemory.swift",
    "Runtime/SwiftGRPC/Transport/ConnectionDriver.swift",
    "Runtime/SwiftGRPC/Transport/ConnectionDriver+Output.swift",
    "Runtime/SwiftGRPC/Transport/LoopScratch.swift",
    "Runtime/SwiftGRPC/Client/ClientCall.swift",
    "Runtime/SwiftGRPC/Client/ClientConnection.swift",
    "Runtime/SwiftGRPC/Client/GRPCClient+Unary.swift",
    "Runtime/SwiftGRPC/Client/StreamingClientCall.swift",
    "Runtime/SwiftGRPC/Client/UnaryClientCall.swift",
    "Runtime/SwiftGRPC/Server/MethodHandler.swift",
    "Runtime/SwiftGRPC/Server/MethodTable.swift",
    "Runtime/SwiftGRPC/Server/ServerCall+Answer.swift",
    "Runtime/SwiftGRPC/Server/ServerCall.swift",
    "Runtime/SwiftGRPC/Server/ServerConnection.swift",
    // Tasks and continuations without the price of a check: each is resumed in one place.
    "Runtime/SwiftGRPC/Call/TaskIdentity.swift",
    "Runtime/SwiftGRPC/Client/ClientChannel.swift",
    "Runtime/SwiftGRPC/Client/GRPCClient.swift",
    "Runtime/SwiftGRPC/Client/LateValue.swift",
    "Runtime/SwiftGRPC/Client/Milestone.swift",
    "Runtime/SwiftGRPC/Client/PublishedConnectivity.swift",
    "Runtime/SwiftGRPC/Transport/LoopExecutor.swift",
  ]

  static func usesUnsafeMemory(_ file: SourceFile) -> Bool {
    file.codeWords.contains { word in
      word.hasPrefix("Unsafe") || word.hasPrefix("withUnsafe") || word.hasPrefix("unsafe") && word != "unsafe"
        || word == "Unmanaged" || word == "OpaquePointer"
    }
  }

  @Test func unsafeMemoryIsUsedInTheListedPlacesOnly() {
    let using = SourceTree.shippedSources().filter { !$0.isGenerated && Self.usesUnsafeMemory($0) }.map(\.path)
    let places = Self.placesWithUnsafeMemory
    #expect(using.filter { path in !places.contains(where: path.hasPrefix) } == [], "not listed")
    #expect(places.filter { place in !using.contains { $0.hasPrefix(place) } } == [], "listed, but without need")
  }

  /// What overrules the compiler's checks.
  static let overrules = ["try!", "as!", "fatalError(", "@unchecked Sendable", "nonisolated(unsafe)"]

  /// The lines that overrule a check without a comment on them or in the three lines above.
  static func unprovenLines(of file: SourceFile) -> [Int] {
    let lines = file.lines
    return zip(lines.indices, file.codeLines).compactMap { index, code in
      guard overrules.contains(where: code.contains) else { return nil }
      let near = lines[max(0, index - 3)...index]
      return near.contains { $0.contains("//") } ? nil : index + 1
    }
  }

  @Test(arguments: SourceTree.shippedSources().filter { !$0.isGenerated })
  func overruledChecksAreProvenBesideThem(file: SourceFile) {
    #expect(Self.unprovenLines(of: file) == [], "lines of \(file.path) without a sentence of proof")
  }

  @Test func unprovenLineIsFound() {
    let file = SourceFile(
      path: "Example.swift",
      text: """
        // Cannot fail: the pattern is a constant.
        let a = try! make()

        struct Space {


        }
        let b = try! make()
        let text = "try! again"
        """)
    #expect(Self.unprovenLines(of: file) == [8])
  }
}
