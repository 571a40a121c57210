import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPCCodeGenerator

@Suite struct CamelCaseTests {
  @Test(arguments: [
    ("some_name", "someName", "SomeName"), ("url", "url", "URL"), ("my_url", "myURL", "MyURL"),
    ("url_id_http", "urlIDHTTP", "URLIDHTTP"), ("userID", "userID", "UserID"), ("MixedCase", "mixedCase", "MixedCase"),
    ("UPPER_CASE", "upperCase", "UpperCase"), ("HTTPServer", "httpserver", "Httpserver"),
    ("a1b2", "a1B2", "A1B2"), ("digits_1_2", "digits12", "Digits12"), ("_1a", "_1A", "_1A"),
    ("double__underscore", "double_Underscore", "Double_Underscore"), ("trailing_", "trailing_", "Trailing_"),
    ("_leading", "leading", "Leading"), ("__", "__", "__"), ("ids", "ids", "Ids"), ("", "", ""),
  ])
  func wordsAreJoined(name: String, lower: String, upper: String) {
    #expect(CamelCase.lower(name) == lower)
    #expect(CamelCase.upper(name) == upper)
  }

  @Test func charactersThatNoIdentifierHasAreReplacedByTheirNumber() {
    #expect(CamelCase.upper("my-file.v1") == "My_u45File_u46V1")
  }
}

@Suite struct SwiftNamerTests {
  private func namer(_ file: FileDescriptor) -> SwiftNamer { SwiftNamer(for: file, mappings: ModuleMappings()) }

  @Test(arguments: [
    ("", ""), ("a", "A_"), ("some_pkg.v1", "SomePkg_V1_"), ("a.b_c.D", "A_BC_D_"), ("_1.x", "_1_X_"),
  ])
  func packageBecomesAPrefix(package: String, prefix: String) throws {
    let file = try linked(.file("a.proto", package: package))
    #expect(namer(file).typePrefix(of: file) == prefix)
  }

  @Test func swiftPrefixReplacesThePackage() throws {
    for prefix in ["XY", ""] {
      var proto = FileProto.file("a.proto", package: "pkg", messages: [.message("M")])
      proto.options.swiftPrefix = prefix
      let file = try linked(proto)
      #expect(namer(file).name(of: file.messages[0]) == prefix + "M")
    }
  }

  @Test func prefixThatIsNoIdentifierIsReported() {
    var proto = FileProto.file("a.proto")
    proto.options.swiftPrefix = "A-B"
    #expect(
      Request.request([proto]).response().error == "a.proto has swift_prefix \"A-B\", which cannot start a Swift name")
  }

  @Test(arguments: [
    ("Any", "AnyMessage"), ("AnyMessage", "AnyMessageMessage"), ("Message", "Message"), ("String", "StringMessage"),
    ("Type", "TypeMessage"), ("___", "___Message"), ("Plain", "Plain"),
    ("SwiftGRPCProtobuf", "SwiftGRPCProtobufMessage"),
  ])
  func reservedMessageNamesGetASuffix(name: String, expected: String) throws {
    let file = try linked(.file("a.proto", messages: [.message(name)]))
    #expect(namer(file).name(of: file.messages[0]) == expected)
  }

  @Test(arguments: [
    ("name", "name", "hasName", "clearName"), ("class", "`class`", "hasClass", "clearClass"),
    ("self", "self_p", "hasSelf_p", "clearSelf_p"), ("has_x", "hasX_p", "hasHasX_p", "clearHasX_p"),
    ("clear_x", "clearX_p", "hasClearX_p", "clearClearX_p"), ("hasty", "hasty", "hasHasty", "clearHasty"),
    ("url", "url", "hasURL", "clearURL"), ("description", "description_p", "hasDescription_p", "clearDescription_p"),
    ("unknown_fields", "unknownFields_p", "hasUnknownFields_p", "clearUnknownFields_p"),
  ])
  func fieldsGetTheirMembers(name: String, property: String, has: String, clear: String) throws {
    let file = try linked(.file("a.proto", messages: [.message("M", fields: [.field(name, 1)])]))
    let names = namer(file).names(of: file.messages[0].fields[0])
    #expect([names.property, names.has, names.clear] == [property, has, clear])
  }

  @Test func fieldsOfEqualSwiftNamesAreToldApartByNumber() throws {
    let file = try linked(
      .file("a.proto", messages: [.message("M", fields: [.field("a_b", 3), .field("aB", 4), .field("c", 5)])]))
    let namer = namer(file)
    #expect(file.messages[0].fields.map { namer.names(of: $0).property } == ["aB_3", "aB_4", "c"])
    #expect(namer.names(of: file.messages[0].fields[1]).has == "hasAB_4")
  }

  @Test func fieldMakesRoomForATypeOfItsMessageThatHasItsName() throws {
    let message = MessageProto.message(
      "M", fields: [.field("some_list", 1), .field("flag", 2), .field("kept", 3), .field("kind_of", 4, oneof: 0)],
      nested: [.message("someList"), .message("hasFlag"), .message("OneOf_Choice")], oneofs: ["choice"])
    let file = try linked(.file("a.proto", syntax: "proto2", messages: [message]))
    let namer = namer(file)
    #expect(
      file.messages[0].fields.map { namer.names(of: $0).property } == ["someList_p", "flag_p", "kept", "kindOf"])
    #expect(namer.names(of: file.messages[0].fields[1]).has == "hasFlag_p")
    #expect(namer.name(of: file.messages[0].oneofs[0]) == "OneOf_ChoiceOneof")
  }

  @Test func oneofsOfEqualSwiftNamesAreToldApartByTheirFirstField() throws {
    let fields = [FieldProto.field("a", 1, oneof: 0), .field("b", 2, oneof: 1)]
    let file = try linked(.file("a.proto", messages: [.message("M", fields: fields, oneofs: ["a_b", "aB"])]))
    let namer = namer(file)
    #expect(file.messages[0].oneofs.map { namer.names(of: $0).property } == ["aB_of1", "aB_of2"])
    #expect(file.messages[0].oneofs.map { namer.name(of: $0) } == ["OneOf_AB_of1", "OneOf_AB_of2"])
  }

  @Test func typeThatANestedOneHidesIsReachedThroughAnAlias() throws {
    let field = FieldProto.field("f", 1, .message, typeName: ".Bar")
    let file = try linked(
      .file("a.proto", messages: [.message("Foo", fields: [field], nested: [.message("Bar")]), .message("Bar")]))
    let namer = namer(file)
    #expect(namer.type(of: file.messages[0].fields[0]) == "Foo_Bar_Type")
    #expect(namer.aliases.map { "\($0.alias) = \($0.name)" } == ["Foo_Bar_Type = Bar"])
  }

  @Test func typeThatAPropertyHidesIsAnExpressionAllTheSame() throws {
    let field = FieldProto.field("item", 1, .message, typeName: ".item")
    let file = try linked(.file("a.proto", messages: [.message("M", fields: [field]), .message("item")]))
    let namer = namer(file)
    #expect(namer.names(of: file.messages[0].fields[0]).property == "item")
    #expect(namer.type(of: file.messages[0].fields[0]) == "item")
    #expect(namer.defaultValue(of: file.messages[0].fields[0]) == "Swift.Array<item>.Element()")
  }

  @Test(arguments: [
    (["E_A", "E_B"], ["a", "b"]), (["e_a", "E__B"], ["a", "b"]), (["E", "EX"], ["e", "x"]),
    (["E_DEFAULT", "E_SELF"], ["`default`", "self_"]), (["E_1", "X"], ["e1", "x"]), (["E_", "Y_Z"], ["e_", "yZ"]),
  ])
  func enumNameIsStrippedFromValues(values: [String], expected: [String]) throws {
    let proto = EnumProto.enum("E", zip(values, Int32(0)...).map { ($0, $1) })
    let file = try linked(.file("a.proto", enums: [proto]))
    let namer = namer(file)
    #expect(file.enums[0].values.map { namer.name(of: $0) } == expected)
  }

  @Test func valuesOfEqualNamesAreToldApartByNumberAndEqualAliasesLeftOut() throws {
    var proto = EnumProto.enum("E", [("E_A", 0), ("A", 1), ("N", -2), ("E_N", -3), ("E_X", 5), ("X", 5), ("Y", 5)])
    proto.options.allowAlias = true
    let file = try linked(.file("a.proto", enums: [proto]))
    let namer = namer(file)
    #expect(file.enums[0].values.map { namer.name(of: $0) } == ["a_0", "a_1", "n_n2", "n_n3", "x", "x", "y"])
    #expect(namer.declaredValues(of: file.enums[0]).map(\.name) == ["E_A", "A", "N", "E_N", "E_X", "Y"])
  }

  @Test func typesOfOtherModulesAreQualified() throws {
    let files = try LinkedFiles(
      .request([
        .file("a.proto", messages: [.message("A")]), .file("google/protobuf/any.proto", package: "google.protobuf"),
        .file("b.proto", messages: [.message("B")]),
      ])
    ).files
    let mappings = try ModuleMappings(
      parsing: "mapping { module_name: \"Other\" proto_file_path: \"a.proto\" }", runtimeModule: "Runtime")
    let namer = SwiftNamer(for: files[2], mappings: mappings)
    #expect(namer.fullName(of: files[0].messages[0]) == "Other.A")
    #expect(namer.fullName(of: files[2].messages[0]) == "B")
    #expect(namer.modulePrefix(of: files[1]) == "Runtime.")
    #expect(SwiftNamer(for: files[1], mappings: mappings, isBootstrap: true).runtimePrefix == "")
  }
}

@Suite struct LiteralTests {
  @Test func charactersThatCouldEndOrReorderTheLineAreEscaped() {
    #expect("a\"b\\c\n\r\t\0\u{7F}\u{202E}\u{2028}é".swiftLiteral == #""a\"b\\c\n\r\t\u{0}\u{7f}\u{202e}\u{2028}é""#)
  }

  @Test(arguments: [
    (FieldProto.TypeEnum.double, "inf", "Double.infinity"), (.double, "-inf", "-Double.infinity"),
    (.float, "nan", "Float.nan"), (.double, "1e+30", "1e+30"), (.int64, "-9223372036854775808", "-9223372036854775808"),
    (.uint64, "18446744073709551615", "18446744073709551615"), (.bool, "true", "true"), (.string, "", "String()"),
    (.bytes, #"\000\377\"a\\"#, "Data([0, 255, 34, 97, 92])"), (.bytes, "", "Data()"),
  ])
  func defaultBecomesAnExpression(type: FieldProto.TypeEnum, text: String, expected: String) throws {
    let field = FieldProto.field("f", 1, type, defaultValue: text)
    let file = try linked(.file("a.proto", syntax: "proto2", messages: [.message("M", fields: [field])]))
    let namer = SwiftNamer(for: file, mappings: ModuleMappings())
    #expect(namer.defaultValue(of: file.messages[0].fields[0]) == expected)
  }

  @Test(arguments: [
    (FieldProto.TypeEnum.int32, "2147483648"), (.bool, "1"), (.bytes, "\\"), (.bytes, #"\9"#), (.bytes, #"\12"#),
    (.double, "x"), (.uint32, "-1"),
  ])
  func defaultThatDoesNotFitIsReported(type: FieldProto.TypeEnum, text: String) {
    let field = FieldProto.field("f", 1, type, defaultValue: text)
    let response = Request.request([.file("a.proto", messages: [.message("M", fields: [field])])]).response()
    #expect(response.error == "field M.f in a.proto has the default \"\(text)\", which does not fit its type")
  }
}
