import Testing

@testable import SwiftGRPCCodeGenerator

@Suite struct ModuleMappingsTests {
  private func parse(_ text: String) throws(GenerationError) -> [String: String] {
    try ModuleMappings(parsing: text, runtimeModule: "SwiftGRPCProtobuf").modulesByPath
  }

  private func message(_ text: String) -> String? {
    do {
      _ = try parse(text)
      return nil
    } catch {
      return error.message
    }
  }

  @Test(arguments: [
    "mapping { module_name: \"M\" proto_file_path: \"a.proto\" proto_file_path: \"b/c.proto\" }",
    "mapping: < module_name: 'M'; proto_file_path: ['a.proto', \"b/\" 'c.proto'], >",
    "# all\nmapping: [{ # one\n module_name: \"M\"\n proto_file_path: [] proto_file_path: \"a.proto\" },\n"
      + "{ module_name: \"M\", proto_file_path: \"b/c.proto\" }]",
    "mapping{module_name:\"M\"proto_file_path:\"a.proto\"proto_file_path:\"a.proto\"};mapping{module_name:\"M\""
      + " proto_file_path:\"b/c.proto\"}",
  ])
  func everyFormOfTheTextIsRead(text: String) throws {
    #expect(try parse(text) == ["a.proto": "M", "b/c.proto": "M"])
  }

  @Test func emptyTextMapsNothing() throws {
    #expect(try parse(" \n# nothing\n") == [:])
  }

  @Test func bundledFileMayBeMappedToTheRuntimeOnly() throws {
    let path = "google/protobuf/any.proto"
    #expect(message("mapping { module_name: \"SwiftGRPCProtobuf\" proto_file_path: \"\(path)\" }") == nil)
    #expect(
      message("mapping { module_name: \"M\" proto_file_path: \"\(path)\" }")
        == "line 1: \(path) is mapped to M, but also to SwiftGRPCProtobuf")
  }

  @Test(arguments: [
    ("\nmappings {", "line 2: unknown field \"mappings\"; expected mapping"),
    ("mapping 1", "line 1: unexpected \"1\""),
    ("mapping module", "line 1: expected { after mapping, found \"module\""),
    ("mapping {\n\n  module: \"M\" }", "line 3: unknown field \"module\"; expected module_name or proto_file_path"),
    ("mapping { module_name \"M\" }", "line 1: expected : after module_name, found a string"),
    ("mapping { module_name: M }", "line 1: expected a string, found \"M\""),
    ("mapping { module_name: \"M }", "line 1: string without closing \""),
    ("mapping { module_name: \"M\\n\" }", "line 1: escape \\n has no use in a path"),
    ("mapping { module_name: \"M\"", "line 1: expected the name of a field, found the end of the file"),
    ("mapping { module_name: \"M\" }", "line 1: the mapping of module M has no proto_file_path"),
    (
      "\nmapping {\n proto_file_path: \"a\" }",
      "line 2: module_name of the mapping is \"\"; expected the name of a module"
    ),
    (
      "mapping { module_name: \"M\" proto_file_path: [\"a\" : ] }",
      "line 1: expected , or ] in the list, found \":\""
    ),
    (
      "mapping { module_name: \"M\" proto_file_path: \"a\" }\nmapping { module_name: \"N\" proto_file_path: \"a\" }",
      "line 2: a is mapped to N, but also to M"
    ),
  ])
  func mistakesAreReportedWithTheirLine(text: String, expected: String) {
    #expect(message(text) == expected)
  }
}
