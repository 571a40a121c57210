import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPCCodeGenerator

@Suite struct DescriptorLinkerTests {
  private func message(_ files: [FileProto], generating: [String]? = nil) -> String? {
    var request = Request.request(files)
    if let generating { request.fileToGenerate = generating }
    do {
      _ = try LinkedFiles(request)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func missingDependencyIsReported() {
    #expect(
      message([.file("a.proto", imports: ["b.proto"])])
        == "a.proto imports b.proto, which the request does not contain before it")
  }

  @Test func missingFileToGenerateIsReported() {
    #expect(
      message([.file("a.proto")], generating: ["b.proto"])
        == "file to generate b.proto is not among the files of the request")
  }

  @Test func fileThatComesTwiceIsReported() {
    #expect(message([.file("a.proto"), .file("a.proto")]) == "the request contains a.proto more than once")
  }

  @Test func unknownSyntaxAndEditionAreReported() {
    #expect(message([.file("a.proto", syntax: "proto4")]) == "a.proto has syntax \"proto4\", which is not supported")
    var file = FileProto.file("a.proto", syntax: "editions")
    #expect(message([file]) == "a.proto has an unknown edition; supported are proto2 to edition 2024")
    file.edition = .edition99999TestOnly
    #expect(message([file]) == "a.proto has edition number 99999; supported are proto2 to edition 2024")
  }

  @Test func missingTypesAreReported() {
    let field = FieldProto.field("f", 1, .message, typeName: ".x.Y")
    #expect(
      message([.file("a.proto", messages: [.message("M", fields: [field])])])
        == "M.f in a.proto needs message \".x.Y\", which the request does not contain")
    var file = FileProto.file("a.proto")
    file.service = [
      .with {
        $0.name = "S";
        $0.method = [
          .with {
            $0.name = "R"; $0.inputType = ".I"
          }
        ]
      }
    ]
    #expect(message([file]) == "rpc S.R in a.proto needs message \".I\", which the request does not contain")
  }

  @Test func contradictionsAreReported() {
    #expect(message([.file("a.proto", enums: [.enum("E", [])])]) == "enum E in a.proto has no values")
    #expect(
      message([.file("a.proto", messages: [.message("M"), .message("M")])])
        == "a.proto declares M, which the request declares elsewhere, too")
    #expect(
      message([.file("a.proto", messages: [.message("M", fields: [.field("f", 1, oneof: 0)])])])
        == "field M.f in a.proto is in oneof 0, which is missing")
    #expect(
      message([.file("a.proto", messages: [.message("M", oneofs: ["o"])])]) == "oneof M.o in a.proto has no fields")
    #expect(
      message([.file("a.proto", messages: [.message("M", fields: [.field("f", 0)])])])
        == "field M.f in a.proto lacks a valid name, number or type")
    #expect(
      message([.file("a.proto", messages: [.message("{}")])]) == "a.proto declares \"{}\", which is not a valid name")
  }
}

@Suite struct FieldDescriptorTests {
  /// Links a message with the fields; `body` gets them while their file is alive.
  private func withFields(
    _ syntax: String, _ fields: [FieldProto], _ body: ([FieldDescriptor]) -> Void
  ) throws {
    let message = MessageProto.message("M", fields: fields, oneofs: ["_f"])
    let file = try linked(.file("a.proto", syntax: syntax, messages: [message]))
    withExtendedLifetime(file) { body(file.messages[0].fields) }
  }

  @Test func presenceFollowsSyntaxAndKeyword() throws {
    var optional = FieldProto.field("f", 2, oneof: 0)
    optional.proto3Optional = true
    try withFields("proto3", [.field("a", 1), optional, .field("l", 3, label: .repeated)]) { fields in
      #expect(fields.map(\.hasPresence) == [false, true, false])
      #expect(fields[1].realOneof == nil && fields[1].oneof != nil)
      #expect(fields[0].message.realOneofs.isEmpty)
    }
    let proto2 = [FieldProto.field("a", 1), .field("r", 2, label: .required), .field("o", 3, oneof: 0)]
    try withFields("proto2", proto2) { fields in
      #expect(fields.map(\.hasPresence) == [true, true, true])
      #expect(fields.map(\.isRequired) == [false, true, false])
      #expect(fields[2].realOneof?.name == "_f")
    }
  }

  @Test func packingFollowsSyntaxAndOption() throws {
    var packed = FieldProto.field("p", 2, label: .repeated)
    packed.options.packed = true
    var unpacked = FieldProto.field("u", 3, label: .repeated)
    unpacked.options.packed = false
    let lists = [
      FieldProto.field("f", 1, label: .repeated), packed, unpacked, .field("s", 4, .string, label: .repeated),
      .field("o", 5, oneof: 0),
    ]
    try withFields("proto2", lists) { #expect($0.map(\.isPacked) == [false, true, false, false, false]) }
    try withFields("proto3", lists) { #expect($0.map(\.isPacked) == [true, true, false, false, false]) }
  }

  @Test func featuresAreInheritedAndOverridden() throws {
    var field = FieldProto.field("f", 1, .message, typeName: ".M")
    field.options.features.messageEncoding = .delimited
    var file = FileProto.file(
      "a.proto", syntax: "editions", messages: [.message("M", fields: [field, .field("g", 2)])])
    file.edition = .edition2023
    file.options.features.fieldPresence = .implicit
    file.options.features.enumType = .closed
    file.enumType = [.enum("E", [("A", 1)])]
    let descriptor = try linked(file)
    #expect(descriptor.messages[0].fields.map(\.type) == [.group, .int32])
    #expect(descriptor.messages[0].fields.map(\.hasPresence) == [true, false])
    #expect(descriptor.enums[0].isClosed)
    #expect(descriptor.features.validatesUTF8)
  }

  @Test func jsonNameIsTheStatedOneOrLowerCamelCase() throws {
    var stated = FieldProto.field("b_c", 2)
    stated.jsonName = "x"
    try withFields("proto3", [.field("a_bc_d", 1), stated, .field("o", 3, oneof: 0)]) { fields in
      #expect(fields.map(\.jsonName) == ["aBcD", "x", "o"])
    }
  }
}

@Suite struct MessageContainmentTests {
  /// A message whose fields refer to others: `x` to one, `x*` to many.
  private func message(_ name: String, _ targets: [String], required: Bool = false) -> MessageProto {
    var fields = zip(targets, Int32(1)...).map { target, number in
      FieldProto.field(
        "f\(number)", number, .message, typeName: "." + target.filter { $0 != "*" },
        label: target.hasSuffix("*") ? .repeated : .optional)
    }
    if required { fields.append(.field("r", 99, label: .required)) }
    return .message(name, fields: fields)
  }

  @Test func recursionIsFoundDirectlyThroughOthersAndThroughLists() throws {
    let file = try linked(
      .file(
        "a.proto", syntax: "proto2",
        messages: [
          message("Self_", ["Self_"]), message("Ping", ["Pong"]), message("Pong", ["Ping"]), message("Tree", ["Tree*"]),
          message("User", ["Tree", "Ping"]), message("Leaf", []),
        ]))
    #expect(file.messages.map(\.isRecursive) == [true, true, true, true, false, false])
    #expect(file.messages.map(\.isRecursiveInline) == [true, true, true, false, false, false])
  }

  @Test func requiredFieldsAreFoundAtAnyDepth() throws {
    let file = try linked(
      .file(
        "a.proto", syntax: "proto2",
        messages: [
          message("Root", ["Middle*"]), message("Middle", ["Leaf", "Middle"]), message("Leaf", [], required: true),
          message("Other", ["Other"]),
        ]))
    #expect(file.messages.map(\.containsRequired) == [true, true, true, false])
    #expect(file.messages.map(\.hasRequiredFields) == [false, false, true, false])
  }

  @Test func chainLongerThanTheStackIsDeepIsNoProblem() {
    let count = 200_000
    let components = stronglyConnectedComponents((0..<count).map { $0 + 1 < count ? [$0 + 1] : [] })
    #expect(components.count == count)
    #expect(components.first == [count - 1])
  }
}

@Suite struct EnumNameTableTests {
  @Test func namesStandInTheOrderOfTheirNumbersWithAliasesBehind() throws {
    var proto = EnumProto.enum("E", [("A", 0), ("D", 10), ("B", 1), ("C", 1), ("M", -5), ("L", 11)])
    proto.options.allowAlias = true
    let table = EnumNameTable(try linked(.file("a.proto", enums: [proto])).enums[0])
    #expect(table.text(width: 80) == "-5 M 0 A B =C 10 D L")
    #expect(table.text(width: 6) == "-5 M\n0 A B\n=C\n10 D L")
  }
}
