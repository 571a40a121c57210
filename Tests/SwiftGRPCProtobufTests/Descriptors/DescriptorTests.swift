import SwiftGRPCProtobuf
import Testing

@Suite struct FieldDescriptorTests {
  private func fields(_ syntax: String, _ fields: [FieldProto]) throws -> [ProtoDescriptor.Field] {
    let message = MessageProto.message("M", fields: fields, oneofs: ["_f"])
    return Array(try linked(.file(syntax: syntax, messages: [message])).messages[0].fields)
  }

  @Test func presenceFollowsSyntaxAndKeyword() throws {
    var optional = FieldProto.field("f", 2, oneof: 0)
    optional.proto3Optional = true
    let proto3 = try fields("proto3", [.field("a", 1), optional, .field("l", 3, label: .repeated)])
    #expect(proto3.map(\.hasPresence) == [false, true, false])
    #expect(proto3[1].realOneof == nil && proto3[1].oneof?.fields == [proto3[1]])
    #expect(proto3[0].message.realOneofs.isEmpty && proto3[0].message.oneofs.count == 1)
    let proto2 = try fields("proto2", [.field("a", 1), .field("r", 2, label: .required), .field("o", 3, oneof: 0)])
    #expect(proto2.map(\.hasPresence) == [true, true, true])
    #expect(proto2.map(\.isRequired) == [false, true, false])
    #expect(proto2[2].realOneof?.name == "_f" && proto2[2].realOneof?.fullName == "M._f")
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
    #expect(try fields("proto2", lists).map(\.isPacked) == [false, true, false, false, false])
    #expect(try fields("proto3", lists).map(\.isPacked) == [true, true, false, false, false])
  }

  @Test func jsonNameIsTheStatedOneOrLowerCamelCase() throws {
    var stated = FieldProto.field("b_c", 2)
    stated.jsonName = "x"
    let fields = try fields("proto3", [.field("a_bc_d_1", 1), stated, .field("o", 3, oneof: 0)])
    #expect(fields.map(\.jsonName) == ["aBcD1", "x", "o"])
    let message = fields[0].message
    #expect(message.field(jsonName: "x") == fields[1] && message.field(jsonName: "b_c") == nil)
    #expect(message.field(named: "b_c") == fields[1] && message.field(number: 2) == fields[1])
    #expect(message.field(named: "x") == nil && message.field(number: 9) == nil)
  }

  @Test func mapsHaveKeyAndValue() throws {
    let message = MessageProto.message(
      "M", fields: [.field("m", 1, .message, typeName: ".M.MEntry", label: .repeated)],
      nested: [.message("N"), .mapEntry("MEntry", value: .field("value", 2, .double)), .message("O")])
    let descriptor = try linked(.file(messages: [message])).messages[0]
    let field = descriptor.fields[0]
    #expect(field.isMap && field.mapEntry?.key.type == .string && field.mapEntry?.value.type == .double)
    #expect(descriptor.messages.map(\.name) == ["N", "O"] && descriptor.mapEntries.map(\.name) == ["MEntry"])
    #expect(descriptor.messages[1].path == [4, 0, 3, 2] && descriptor.mapEntries[0].path == [4, 0, 3, 1])
  }

  @Test(arguments: [
    (FieldProto.TypeEnum.int32, "-5", ProtoDescriptor.DefaultValue.signed(-5)), (.bool, "true", .bool(true)),
    (.uint64, "18446744073709551615", .unsigned(.max)), (.double, "-inf", .double(-.infinity)),
    (.float, "1.5", .float(1.5)), (.string, "a\\n", .string("a\\n")),
    (.bytes, #"\000a\n\377"#, .bytes([0, 97, 10, 255])),
  ])
  func defaultsAreParsed(type: FieldProto.TypeEnum, text: String, expected: ProtoDescriptor.DefaultValue) throws {
    #expect(
      try fields("proto2", [.field("a", 1, type, defaultValue: text), .field("o", 2, oneof: 0)])[0].explicitDefault
        == expected)
  }

  @Test func enumDefaultIsOneOfItsValues() throws {
    let field = FieldProto.field("f", 1, .enum, typeName: ".E", defaultValue: "B")
    let file = try linked(
      .file(syntax: "proto2", messages: [.message("M", fields: [field])], enums: [.enum("E", [("A", 0), ("B", 1)])]))
    #expect(file.messages[0].fields[0].explicitDefault == .enumValue(file.enums[0].values[1]))
  }

  @Test func groupsAndDelimitedMessagesAreTold() throws {
    let message = MessageProto.message(
      "M",
      fields: [.field("group", 1, .group, typeName: ".M.Group"), .field("other", 2, .group, typeName: ".M.Group")],
      nested: [.message("Group")])
    let fields = try linked(.file(syntax: "proto2", messages: [message])).messages[0].fields
    #expect(fields.map(\.type) == [.group, .group] && fields.map(\.isGroupLike) == [true, false])
  }
}

@Suite struct EnumDescriptorTests {
  @Test func valuesAreFoundByNameAndNumber() throws {
    var proto = EnumProto.enum("E", [("A", 0), ("B", 5), ("C", 5), ("N", -1)])
    proto.options.allowAlias = true
    let type = try linked(.file(package: "p", enums: [proto])).enums[0]
    #expect(type.value(named: "C")?.original == type.value(named: "B"))
    #expect(type.value(number: 5)?.name == "B" && type.value(number: -1)?.index == 3)
    #expect(type.value(number: 7) == nil && type.value(named: "p.A") == nil)
    #expect(type.defaultValue.name == "A" && type.values[3].path == [5, 0, 2, 3] && !type.isClosed)
  }
}

@Suite struct FeaturesTests {
  @Test func featuresAreInheritedAndOverridden() throws {
    var field = FieldProto.field("f", 1, .message, typeName: ".M")
    field.options.features.messageEncoding = .delimited
    var legacy = FieldProto.field("r", 3)
    legacy.options.features.fieldPresence = .legacyRequired
    let file = try linked(
      .edition(.edition2023) {
        $0.options.features.fieldPresence = .implicit
        $0.options.features.enumType = .closed
        $0.enumType = [.enum("E", [("A", 1)])]
        $0.messageType = [.message("M", fields: [field, .field("g", 2), legacy])]
      })
    #expect(file.messages[0].fields.map(\.type) == [.group, .int32, .int32])
    #expect(file.messages[0].fields.map(\.hasPresence) == [true, false, true])
    #expect(file.messages[0].fields.map(\.isRequired) == [false, false, true])
    #expect(file.enums[0].isClosed)
    #expect(file.features.validatesUTF8)
  }

  @Test func everyLevelCanOverride() throws {
    func style(_ set: inout Google_Protobuf_FeatureSet) { set.enforceNamingStyle = .styleLegacy }
    let file = try linked(
      .edition(.edition2024) {
        var message = MessageProto.message(
          "m", fields: [.field("a", 1, oneof: 0)], oneofs: ["o"], extensionNumbers: 5..<9)
        style(&message.oneofDecl[0].options.features)
        style(&message.extensionRange[0].options.features)
        var value = EnumProto.enum("e", [("a", 0), ("B", 1)])
        style(&value.value[0].options.features)
        var shelf = FieldProto.field("shelf", 5, extendee: ".m")
        style(&shelf.options.features)
        $0.messageType = [message]
        $0.enumType = [value]
        $0.extension = [shelf]
        $0.service = [
          .with {
            $0.name = "s"
            style(&$0.options.features)
            $0.method = [
              .with {
                $0.name = "r"; $0.inputType = ".m"; $0.outputType = ".m"
              }
            ]
          }
        ]
      })
    let message = file.messages[0]
    #expect(file.features.namingStyle == .style2024 && message.features.namingStyle == .style2024)
    #expect(message.oneofs[0].features.namingStyle == .legacy && message.fields[0].features.namingStyle == .legacy)
    #expect(message.extensionRanges[0].features.namingStyle == .legacy)
    #expect(file.enums[0].values.map(\.features.namingStyle) == [.legacy, .style2024])
    #expect(file.extensions[0].features.namingStyle == .legacy)
    #expect(file.services[0].methods[0].features.namingStyle == .legacy)
  }

  @Test func visibilityIsWhatIsSaidElseTheDefault() throws {
    func file(_ visibility: Google_Protobuf_FeatureSet.VisibilityFeature.DefaultSymbolVisibility?) throws -> [Bool] {
      let file = try linked(
        .edition(.edition2024) {
          if let visibility { $0.options.features.defaultSymbolVisibility = visibility }
          var local = MessageProto.message("L")
          local.visibility = .visibilityLocal
          var exported = EnumProto.enum("E", [("E_A", 0)])
          exported.visibility = .visibilityExport
          $0.messageType = [.message("M", nested: [.message("N")], enums: [exported]), local]
        })
      let messages = file.messages
      return [messages[0], messages[1], messages[0].messages[0]].map(\.isExported) + [messages[0].enums[0].isExported]
    }
    #expect(try file(nil) == [true, false, false, true])
    #expect(try file(.exportAll) == [true, false, true, true])
    #expect(try file(.localAll) == [false, false, false, true])
    #expect(try linked(.file(messages: [.message("M", nested: [.message("N")])])).messages[0].messages[0].isExported)
  }

  @Test func featuresThatTheEditionLacksAreRefused() {
    var proto3 = FileProto.file(messages: [.message("M")])
    proto3.messageType[0].options.features.jsonFormat = .allow
    #expect(linkingError(proto3) == "message M in a.proto states a feature that proto3 does not have")
    let edition2023 = FileProto.edition(.edition2023) { $0.options.features.enforceNamingStyle = .style2024 }
    #expect(linkingError(edition2023) == "a.proto states a feature that edition 2023 does not have")
  }
}
