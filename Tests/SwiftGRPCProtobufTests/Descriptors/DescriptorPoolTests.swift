import SwiftGRPCProtobuf
import Testing

@Suite struct DescriptorPoolTests {
  @Test func filesAreLinkedInAnyOrder() throws {
    let pool = try ProtoDescriptor.Pool([
      .file("c.proto", imports: ["b.proto", "a.proto"]), .file("a.proto"), .file("b.proto", imports: ["a.proto"]),
    ])
    #expect(pool.files.map(\.name) == ["b.proto", "a.proto", "c.proto"].sorted())
    #expect(pool.file(named: "c.proto")?.dependencies.map(\.name) == ["b.proto", "a.proto"])
  }

  @Test func publicImportsAreTold() throws {
    var file = FileProto.file("c.proto", imports: ["b.proto", "a.proto"])
    file.publicDependency = [1]
    let pool = try ProtoDescriptor.Pool([.file("a.proto"), .file("b.proto"), file])
    #expect(pool.files[2].publicDependencies.map(\.name) == ["a.proto"])
  }

  @Test func everythingIsFoundByItsFullName() throws {
    let nested = MessageProto.message("Inner", enums: [.enum("Kind", [("KIND_A", 0)])])
    var file = FileProto.file(
      package: "acme", syntax: "proto2",
      messages: [.message("Outer", nested: [nested], extensionNumbers: 100..<200)],
      extensions: [.field("shelf", 100, extendee: ".acme.Outer"), .field("row", 101, extendee: ".acme.Outer")])
    file.service = [
      .with {
        $0.name = "Library"
        $0.method = [
          .with {
            $0.name = "Get"
            $0.inputType = ".acme.Outer"
            $0.outputType = ".acme.Outer.Inner"
            $0.serverStreaming = true
          }
        ]
      }
    ]
    let pool = try ProtoDescriptor.Pool([file])
    let outer = try #require(pool.message(named: "acme.Outer"))
    let inner = try #require(pool.message(named: "acme.Outer.Inner"))
    #expect(inner.parent == outer && outer.messages[0] == inner && outer.parent == nil)
    #expect(pool.enum(named: "acme.Outer.Inner.Kind")?.parent == inner)
    #expect(pool.enum(named: "acme.Outer.Inner.Kind")?.values[0].fullName == "acme.Outer.Inner.KIND_A")
    #expect(pool.extension(named: "acme.shelf")?.number == 100)
    #expect(pool.extension(of: "acme.Outer", number: 100)?.message == outer)
    #expect(pool.extensions(of: "acme.Outer").map(\.name) == ["shelf", "row"])
    let method = try #require(pool.service(named: "acme.Library")?.method(named: "Get"))
    #expect(method.input == outer && method.output == inner && method.isServerStreaming && !method.isClientStreaming)
    #expect(method.fullName == "acme.Library.Get" && method.path == [6, 0, 2, 0])
    #expect(pool.message(named: "acme.Library") == nil && pool.enum(named: "acme.Outer") == nil)
    #expect(pool.file(declaring: "acme.shelf")?.name == "a.proto")
  }

  @Test func descriptorsOutliveTheirPool() throws {
    let types = FileProto.file(
      "types.proto", messages: [.message("T", fields: [.field("self", 1, .message, typeName: ".T")])])
    let user = FileProto.file(
      imports: ["types.proto"], messages: [.message("U", fields: [.field("t", 1, .message, typeName: ".T")])])
    let field = try #require(try ProtoDescriptor.Pool([types, user]).message(named: "U")?.fields[0])
    #expect(field.messageType?.field(named: "self")?.messageType?.file.name == "types.proto")
  }

  @Test func linkedFilesOfAnotherPoolAreTakenOverWithTheirImports() throws {
    let first = try ProtoDescriptor.Pool([
      .file("a.proto", messages: [.message("A")]), .file("b.proto", imports: ["a.proto"], messages: [.message("B")]),
    ])
    var second = ProtoDescriptor.Pool()
    try second.add(first.files[1])
    try second.add(first.files[0])
    #expect(second.files.map(\.name) == ["a.proto", "b.proto"])
    #expect(second.message(named: "A") == first.message(named: "A"))
    try second.add(.file("c.proto", imports: ["b.proto"]))
    let other = try ProtoDescriptor.Pool([.file("x.proto", messages: [.message("A")])])
    #expect(throws: DescriptorError.self) { try second.add(other.files[0]) }
    #expect(second.files.count == 3)
  }

  @Test func failedAdditionLeavesThePoolAsItWas() throws {
    var pool = try ProtoDescriptor.Pool([.file("a.proto")])
    #expect(throws: DescriptorError.self) {
      try pool.add(.file("b.proto", messages: [.message("M", fields: [.field("f", 0)])]))
    }
    #expect(pool.files.map(\.name) == ["a.proto"] && pool.message(named: "M") == nil)
    try pool.add(.file("b.proto", messages: [.message("M")]))
  }
}

/// What is wrong in descriptors is said with the file and element; nothing makes the linker crash.
@Suite struct DescriptorErrorTests {
  @Test func errorNamesFileAndElement() throws {
    let file = FileProto.file(messages: [.message("M", fields: [.field("f", 0)])])
    let error = try #require(throws: DescriptorError.self) { try ProtoDescriptor.Pool([file]) }
    #expect(error.file == "a.proto" && error.element == "field M.f" && error.reason == "has no valid name or number")
    #expect("\(error)" == "field M.f in a.proto has no valid name or number")
  }

  @Test func importsAreChecked() {
    #expect(linkingError(.file(imports: ["b.proto"])) == "a.proto imports b.proto, which is missing")
    #expect(linkingError(.file(), .file()) == "a.proto is there more than once")
    #expect(linkingError(.file(imports: ["a.proto"])) == "a.proto imports itself through a.proto")
    #expect(
      linkingError(.file(imports: ["b.proto"]), .file("b.proto", imports: ["a.proto"]))
        == "a.proto imports itself through b.proto")
    var file = FileProto.file()
    file.publicDependency = [0]
    #expect(linkingError(file) == "a.proto has no import number 0 to make public")
  }

  @Test func longChainOfImportsIsRefused() {
    let files = (0..<5000).map { FileProto.file("\($0).proto", imports: $0 == 0 ? [] : ["\($0 - 1).proto"]) }
    let error = #expect(throws: DescriptorError.self) { try ProtoDescriptor.Pool(files) }
    #expect(error?.reason == "is the end of a chain of more than 1000 imports")
  }

  @Test func unknownSyntaxAndEditionAreReported() {
    #expect(linkingError(.file(syntax: "proto4")) == "a.proto has syntax \"proto4\", which is not supported")
    var file = FileProto.file(syntax: "editions")
    #expect(linkingError(file) == "a.proto has an unknown edition; supported are proto2 to edition 2024")
    file.edition = .edition99999TestOnly
    #expect(linkingError(file) == "a.proto has edition number 99999; supported are proto2 to edition 2024")
  }

  @Test func missingAndWrongTypesAreReported() {
    func field(_ type: FieldProto.TypeEnum, _ name: String) -> FileProto {
      .file(
        messages: [.message("M", fields: [.field("f", 1, type, typeName: name)])], enums: [.enum("E", [("A", 0)])])
    }
    #expect(
      linkingError(field(.message, ".x.Y"))
        == "field M.f in a.proto needs message \".x.Y\", which no known file declares")
    #expect(linkingError(field(.message, ".E")) == "field M.f in a.proto needs message \".E\", which is an enum")
    #expect(linkingError(field(.enum, ".M")) == "field M.f in a.proto needs enum \".M\", which is a message")
    #expect(linkingError(field(.message, ".M")) == nil)
    var file = FileProto.file()
    file.service = [
      .with {
        $0.name = "S"
        $0.method = [
          .with {
            $0.name = "R"
            $0.inputType = ".I"
          }
        ]
      }
    ]
    #expect(linkingError(file) == "rpc S.R in a.proto needs message \".I\", which no known file declares")
  }

  @Test(arguments: [
    (
      MessageProto.message("M", fields: [.field("f", 1, oneof: 0)]),
      "field M.f in a.proto is in oneof 0, which is missing or cannot have it"
    ),
    (.message("M", oneofs: ["o"]), "oneof M.o in a.proto has no fields"),
    (.message("{}"), "a.proto declares \"{}\", which is not a valid name"),
    (.message("M", nested: [.message("N"), .message("N")]), "a.proto declares M.N twice"),
    (.message("M", enums: [.enum("E", [])]), "enum M.E in a.proto has no values"),
    (.message("M", enums: [.enum("E", [("A", 0), ("A", 1)])]), "enum M.E in a.proto has two values named A"),
    (.message("M", fields: [.field("a", 1), .field("a", 2)]), "message M in a.proto has two fields named a"),
    (.message("M", fields: [.field("a", 1), .field("b", 1)]), "message M in a.proto has two fields with the number 1"),
    (.message("M", fields: [.field("a", 536_870_912)]), "field M.a in a.proto has no valid name or number"),
    (
      .message(
        "M",
        fields: [
          FieldProto.with {
            $0.name = "a"; $0.number = 1
          }
        ]), "field M.a in a.proto has no valid type"
    ),
    (
      .message("M", fields: [.field("a", 1, extendee: ".M")]),
      "field M.a in a.proto extends a message, but is not among the extensions"
    ),
    (
      .message("M", fields: [.field("a", 1, defaultValue: "x")]),
      "field M.a in a.proto has the default \"x\", which does not fit its type"
    ),
    (.message("M", extensionNumbers: 5..<5), "message M in a.proto has the extension range 5 to 5, which is empty"),
    (.mapEntry("M", value: .field("value", 2)), "message M in a.proto is a map entry outside of a message"),
    (
      .message("M", nested: [.mapEntry("E", key: .float, value: .field("value", 2))]),
      "map entry M.E in a.proto has no valid key and value"
    ),
    (
      .message("M", nested: [.mapEntry("E", value: .field("value", 3))]),
      "map entry M.E in a.proto has no valid key and value"
    ),
    (
      .message(
        "M", fields: [.field("f", 1, .message, typeName: ".M.E")], nested: [.mapEntry("E", value: .field("value", 2))]),
      "field M.f in a.proto has the type of the entries of another field, which is a map"
    ),
  ])
  func contradictionsAreReported(message: MessageProto, expected: String) {
    #expect(linkingError(.file(messages: [message])) == expected)
  }

  @Test func extensionsKeepToTheNumbersLeftForThem() {
    func file(_ field: FieldProto) -> FileProto {
      .file(syntax: "proto2", messages: [.message("M", extensionNumbers: 10..<20)], extensions: [field])
    }
    #expect(linkingError(file(.field("x", 10, extendee: ".M"))) == nil)
    #expect(linkingError(file(.field("x", 19, extendee: ".M"))) == nil)
    #expect(
      linkingError(file(.field("x", 20, extendee: ".M")))
        == "extension x in a.proto has the number 20, which M does not leave to extensions")
    #expect(
      linkingError(file(.field("x", 10, oneof: 0, extendee: ".M")))
        == "extension x in a.proto is in a oneof, where extensions cannot be")
    #expect(
      linkingError(file(.field("x", 10))) == "extension x in a.proto needs message \"\", which no known file declares")
    #expect(
      linkingError(file(.field("M", 10, extendee: ".M"))) == "a.proto declares M twice")
  }

  @Test func sameNameInTwoFilesIsReported() {
    #expect(
      linkingError(.file("a.proto", messages: [.message("M")]), .file("b.proto", enums: [.enum("M", [("A", 0)])]))
        == "b.proto declares M, which a.proto declares, too")
  }

  @Test func longScopeThatEveryElementWouldRepeatIsRefused() {
    #expect(
      linkingError(.file(package: String(repeating: "p", count: 1000), messages: [.message("M")]))
        == "a.proto declares a message whose full name is longer than 1000 bytes")
  }

  @Test func deeplyNestedMessagesDoNotOverflowTheStack() throws {
    var message = MessageProto.message("M")
    for _ in 0..<90 { message = .message("M", nested: [message]) }
    let file = try linked(.file(messages: [message]))
    #expect(file.message(named: Array(repeating: "M", count: 91).joined(separator: "."))?.path.count == 182)
  }

  /// Bytes changed at random give descriptors that protoc never makes.
  @Test func mutatedDescriptorsAreLinkedOrRefused() throws {
    let sample = FileProto.file(
      package: "p", syntax: "proto2",
      messages: [
        .message(
          "M",
          fields: [
            .field("a", 1, .message, typeName: ".p.M.N"), .field("b", 2, .enum, typeName: ".p.E", defaultValue: "A"),
            .field("c", 3, .bytes, oneof: 0, defaultValue: #"\001x"#),
            .field("m", 4, .message, typeName: ".p.M.ME", label: .repeated),
          ],
          nested: [.message("N"), .mapEntry("ME", value: .field("value", 2))], oneofs: ["o"], extensionNumbers: 9..<20)
      ],
      enums: [.enum("E", [("A", 0), ("B", 0)])], extensions: [.field("x", 10, extendee: ".p.M")])
    let bytes: [UInt8] = try Google_Protobuf_FileDescriptorSet.with { $0.file = [sample] }.serializedBytes()
    var random = RandomMutations(seed: 7)
    for _ in 0..<3000 {
      let mutated = random.damage(bytes)
      guard let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: mutated),
        let pool = try? ProtoDescriptor.Pool(set)
      else { continue }
      for message in pool.files.flatMap(\.messages) {
        for field in message.fields {
          _ = (field.path, field.oneof?.fields, field.messageType, field.enumType?.values[0], field.explicitDefault)
          _ = (field.mapEntry?.key.type, field.isGroupLike, field.hasPresence, field.isPacked)
        }
      }
    }
  }
}
