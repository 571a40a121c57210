import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPCCodeGenerator

@Suite struct CodePrinterTests {
  @Test func blocksAreIndentedAndEmptyLinesStayEmpty() {
    var printer = CodePrinter()
    printer.block("struct A") { printer in
      printer.print("let a: Int\n\nlet b: Int")
      printer.block("func f", parameters: "x in") { $0.print("x") }
    }
    #expect(
      printer.content == """
        struct A {
          let a: Int

          let b: Int
          func f { x in
            x
          }
        }

        """)
  }
}

@Suite struct DocCommentTests {
  private func lines(_ text: String) -> [String] { DocComment.lines(SourceComments.Comment(text: text)) }

  @Test func linesKeepTheirIndentationAndLoseTrailingSpace() {
    #expect(lines(" One.\n\n   Two. \t\n\n") == ["/// One.", "///", "///   Two."])
  }

  @Test(arguments: ["\r\n", "\r", "\u{2028}", "\u{85}", "\u{0B}", "\u{0C}"])
  func everyKindOfLineEndStartsANewCommentLine(lineEnd: String) {
    #expect(lines(" a\(lineEnd) func b() {}") == ["/// a", "/// func b() {}"])
  }

  @Test func deprecationIsNotedBelowTheText() {
    let comment = SourceComments.Comment(text: " Text.")
    #expect(DocComment.lines(comment, deprecationNote: "Old.") == ["/// Text.", "///", "/// - Note: Old."])
    #expect(DocComment.lines(SourceComments.Comment(), deprecationNote: "Old.") == ["/// - Note: Old."])
  }

  @Test func headerKeepsAllBlocksOfTheFile() {
    let comment = SourceComments.Comment(detached: [" License.\n"], text: " About.\n")
    #expect(DocComment.headerLines(comment) == ["// License.", "", "// About.", ""])
  }
}

@Suite struct ServiceMethodTests {
  private func method(named name: String, beside other: String = "Other", options: GeneratorOptions = .init()) throws
    -> (functionName: String, path: String)
  {
    var proto = FileProto.file("a.proto", package: "p", messages: [.message("M")])
    proto.service = [
      .with { service in
        service.name = "S"
        service.method = [name, other].map { name in
          .with {
            $0.name = name
            $0.inputType = ".p.M"
            $0.outputType = ".p.M"
          }
        }
      }
    ]
    let file = try linked(proto)
    let context = FileContext(file: file, options: options, containment: ContainmentTable([file]))
    let method = ServiceGenerator(service: file.services[0], context: context).methods[0]
    return (method.functionName, method.path)
  }

  @Test(arguments: [
    ("SayHello", "sayHello"), ("GetURL", "getURL"), ("URLFor", "urlFor"), ("URL", "url"), ("already", "already"),
    ("Default", "`default`"), ("Self", "self_"), ("X", "x"), ("snake_case", "snake_case"), ("V1Get", "v1Get"),
  ])
  func functionStartsInLowerCase(name: String, expected: String) throws {
    #expect(try method(named: name).functionName == expected)
  }

  @Test func casingIsKeptOnRequestAndWhereItTellsMethodsApart() throws {
    var options = GeneratorOptions()
    options.keepsMethodCasing = true
    #expect(try method(named: "SayHello", options: options).functionName == "SayHello")
    #expect(try method(named: "Get", beside: "get").functionName == "Get")
  }

  @Test func pathIsTheOneOnTheWire() throws {
    #expect(try method(named: "SayHello").path == "/p.S/SayHello")
  }
}

@Suite struct DescriptorTextTests {
  private func joined(_ lines: [String]) -> String {
    lines.dropLast().map { String($0.dropLast()) }.joined() + (lines.last ?? "")
  }

  @Test func everyByteIsOneScalarOfALiteral() {
    var proto = FileProto()
    proto.name = "\"\\\t\r\n\0é"
    proto.sourceCodeInfo.location = [.init()]
    let text = DescriptorText(proto)
    #expect(joined(text.lines(width: 90)) == #"\n\u{8}\"\\\t\r\n\0\u{c3}\u{a9}"#)
    #expect(text.lines(width: 8) == [#"\n\u{8}\"#, #"\"\\\t\"#, #"\r\n\0\"#, #"\u{c3}\"#, #"\u{a9}"#])
  }

  @Test func namesInJSONAreKeptWhereTheyDoNotFollowFromTheFields() {
    var stated = FieldProto.field("a_b", 1)
    stated.jsonName = "other"
    var derived = FieldProto.field("a_c", 2)
    derived.jsonName = "aC"
    let lines = DescriptorText(.file("a.proto", messages: [.message("M", fields: [stated, derived])])).lines(width: 90)
    #expect(joined(lines).contains("other") && !joined(lines).contains("aC"))
  }
}

@Suite struct DescriptorGeneratorTests {
  @Test func typesThatOnlyMethodsUseAreImportedForTheDescriptorAlone() throws {
    var service = FileProto.file("s.proto", imports: ["m.proto"])
    service.service = [
      .with {
        $0.name = "S"
        $0.method = [
          .with {
            $0.name = "R"
            $0.inputType = ".M"
            $0.outputType = ".M"
          }
        ]
      }
    ]
    func content(_ options: String) throws -> String {
      let request = Request.request(
        [.file("m.proto", messages: [.message("M")]), service],
        parameter: "Visibility=Public,UseAccessLevelOnImports=true,ProtoPathModuleMappings=map\(options)")
      let response = CodeGenerator.response(to: request) { _ in
        "mapping { module_name: \"Other\" proto_file_path: \"m.proto\" }"
      }
      return try #require(response.file.first { $0.name == "s.pb.swift" }).content
    }
    let text = try content("")
    #expect(text.contains("public import SwiftGRPCProtobuf\ninternal import Other\n"))
    #expect(text.contains("  imports: [\n    Other.M.self,\n  ]\n"))
    #expect(try !content(",Descriptors=false").contains("import"))
  }
}
