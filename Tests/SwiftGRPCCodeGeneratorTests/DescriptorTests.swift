import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPCCodeGenerator

@Suite struct LinkedFilesTests {
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

  @Test func missingFileToGenerateIsReported() {
    #expect(
      message([.file("a.proto")], generating: ["b.proto"])
        == "file to generate b.proto is not among the files of the request")
  }

  @Test func mistakeInADescriptorIsReportedAsTheLinkerDoes() {
    #expect(message([.file("a.proto", imports: ["b.proto"])]) == "a.proto imports b.proto, which is missing")
    #expect(
      message([.file("a.proto", messages: [.message("{}")])]) == "a.proto declares \"{}\", which is not a valid name")
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

  private func containments(_ file: FileProto) throws -> [MessageContainment] {
    let linked = try LinkedFiles(.request([file]))
    return linked.files[0].messages.map { linked.containment[$0] }
  }

  @Test func recursionIsFoundDirectlyThroughOthersAndThroughLists() throws {
    let containments = try containments(
      .file(
        "a.proto", syntax: "proto2",
        messages: [
          message("Self_", ["Self_"]), message("Ping", ["Pong"]), message("Pong", ["Ping"]), message("Tree", ["Tree*"]),
          message("User", ["Tree", "Ping"]), message("Leaf", []),
        ]))
    #expect(containments.map(\.isRecursive) == [true, true, true, true, false, false])
    #expect(containments.map(\.isRecursiveInline) == [true, true, true, false, false, false])
  }

  @Test func requiredFieldsAreFoundAtAnyDepth() throws {
    let containments = try containments(
      .file(
        "a.proto", syntax: "proto2",
        messages: [
          message("Root", ["Middle*"]), message("Middle", ["Leaf", "Middle"]), message("Leaf", [], required: true),
          message("Other", ["Other"]),
        ]))
    #expect(containments.map(\.containsRequired) == [true, true, true, false])
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
