import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Descriptors of generated types.
@Suite struct GeneratedDescriptorTests {
  @Test func messageAndEnumHaveTheirDescriptors() throws {
    let message = try #require(EveryKind_Proto3_EveryKindProto3.protoDescriptor)
    #expect(message.fullName == EveryKind_Proto3_EveryKindProto3.protoMessageName)
    #expect(message.file.edition == .proto3 && message.field(named: "single_int32")?.jsonName == "singleInt32")
    #expect(message.field(named: "single_color")?.enumType?.isClosed == false)
    let closed = try #require(Fixtures_Editions_Closed.protoDescriptor)
    #expect(closed.isClosed && closed.values.map(\.name) == ["CLOSED_ONE", "CLOSED_TWO"])
    #expect(Google_Protobuf_FieldDescriptorProto.TypeEnum.protoDescriptor?.value(number: 11)?.name == "TYPE_MESSAGE")
  }

  @Test func importsAreLinkedToTheTypesOwnDescriptors() throws {
    let message = try #require(Fixtures_Edition2024_Exported.protoDescriptor)
    #expect(message.field(named: "part")?.messageType == Fixtures_Edition2024_Outside.Part.protoDescriptor)
    #expect(message.file.dependencies.map(\.name) == ["edition_2024_types.proto"])
    #expect(message.file == File_edition_2024_proto.descriptor)
  }

  @Test func fileWithoutTypesHasADescriptor() throws {
    #expect(try File_imports_only_proto.link().name == "imports_only.proto")
  }

  @Test func descriptorThatWasLeftOutIsNil() {
    #expect(Fixtures_None_Bare.protoDescriptor == nil && Fixtures_None_Plain.protoDescriptor == nil)
  }

  @Test func importWithoutDescriptorIsReported() {
    let file = ProtoDescriptor.GeneratedFile("\n\u{7}u.proto", imports: [Fixtures_None_Bare.self])
    let error = #expect(throws: DescriptorError.self) { try file.link() }
    #expect(error?.description == "u.proto uses Fixtures_None_Bare, which was generated without descriptors")
    #expect(file.descriptor == nil)
  }

  @Test func textThatIsNoDescriptorIsReported() {
    #expect(throws: DescriptorError.self) { try ProtoDescriptor.GeneratedFile("\n\u{7}u").link() }
  }

  @Test func generatedFilesJoinAPool() throws {
    var pool = ProtoDescriptor.Pool()
    try pool.add(File_custom_options_proto.link())
    #expect(pool.files.map(\.name) == ["google/protobuf/descriptor.proto", "custom_options.proto"])
    try pool.add(
      FileProto.file(
        imports: ["custom_options.proto"],
        messages: [.message("M", fields: [.field("f", 1, .message, typeName: ".fixtures.options.Limits")])]))
    #expect(pool.message(named: "M")?.fields[0].messageType == Fixtures_Options_Limits.protoDescriptor)
  }

  /// The table of defaults in the runtime against the one that `descriptor.proto` has in its options.
  @Test func defaultsOfEditionsAreThoseOfDescriptorProto() throws {
    let set = try #require(Google_Protobuf_FeatureSet.protoDescriptor)
    func expected(_ feature: String, _ edition: ProtoDescriptor.Edition) -> String? {
      set.field(named: feature)?.options.editionDefaults.last { $0.edition.rawValue <= edition.rawValue }?.value
    }
    for edition in [ProtoDescriptor.Edition.proto2, .proto3, .edition2023, .edition2024] {
      let features = ProtoDescriptor.Features(edition: edition)
      #expect(expected("field_presence", edition) == (features.fieldPresence == .implicit ? "IMPLICIT" : "EXPLICIT"))
      #expect(expected("enum_type", edition) == (features.isEnumClosed ? "CLOSED" : "OPEN"))
      #expect(
        expected("repeated_field_encoding", edition)
          == (features.repeatedFieldEncoding == .packed ? "PACKED" : "EXPANDED"))
      #expect(expected("utf8_validation", edition) == (features.validatesUTF8 ? "VERIFY" : "NONE"))
      #expect(expected("message_encoding", edition) == "LENGTH_PREFIXED" && features.messageEncoding == .lengthPrefixed)
      #expect(expected("json_format", edition) == (features.jsonFormat == .allow ? "ALLOW" : "LEGACY_BEST_EFFORT"))
      #expect(
        expected("enforce_naming_style", edition) == (features.namingStyle == .legacy ? "STYLE_LEGACY" : "STYLE2024"))
      #expect(
        expected("default_symbol_visibility", edition)
          == (features.defaultSymbolVisibility == .exportAll ? "EXPORT_ALL" : "EXPORT_TOP_LEVEL"))
    }
    #expect(set.fields.count == 8, "a feature that the runtime does not resolve")
  }

  @Test func featuresOfEdition2024AreResolved() throws {
    let exported = try #require(Fixtures_Edition2024_Exported.protoDescriptor)
    let hidden = try #require(Fixtures_Edition2024_Hidden.protoDescriptor)
    #expect(
      exported.file.edition == .edition2024 && exported.file.proto.optionDependency == ["edition_2024_options.proto"])
    #expect(exported.isExported && exported.enums[0].isExported == false)
    #expect(exported.fields.map(\.hasPresence) == [false, true, true, true, true, false])
    #expect(exported.field(named: "hidden")?.type == .group && exported.field(named: "hidden")?.messageType == hidden)
    #expect(exported.field(named: "checked")?.validatesUTF8 == true && !exported.features.validatesUTF8)
    #expect(exported.field(named: "numbers")?.isPacked == false)
    #expect(Fixtures_Edition2024_Unseen.protoDescriptor?.isClosed == true)
    #expect(Fixtures_Edition2024_Unseen.protoDescriptor?.isExported == false)
  }
}

/// Options that a schema declares itself.
@Suite struct CustomOptionTests {
  private let extensions = Fixtures_Options_CustomOptions_Extensions

  @Test func customOptionsOfEveryElementAreDecodedWithTheirExtensions() throws {
    let message = try #require(Fixtures_Options_Labelled.protoDescriptor)
    #expect(try message.file.options(extensions: extensions).Fixtures_Options_fileLabel == "a file")
    let limits = try message.options(extensions: extensions).Fixtures_Options_messageLimits
    #expect(limits.most == 7 && limits.words == ["é", "\""])
    let secret = try #require(message.field(named: "secret")).options(extensions: extensions)
    #expect(secret.Fixtures_Options_sensitive && secret.Fixtures_Options_numbers == [1, -1])
    #expect(try message.oneofs[0].options(extensions: extensions).Fixtures_Options_oneofLabel == "a oneof")
    let kind = message.enums[0]
    #expect(try kind.options(extensions: extensions).Fixtures_Options_enumLevel == .high)
    #expect(try kind.values[0].options(extensions: extensions).Fixtures_Options_valueLabel == "nothing")
    let service = try #require(message.file.service(named: "fixtures.options.Labels"))
    #expect(try service.options(extensions: extensions).Fixtures_Options_serviceLabel == "a service")
    #expect(try service.methods[0].options(extensions: extensions).Fixtures_Options_cost == 1.5)
  }

  @Test func customOptionsAreFoundByNameWithoutGeneratedCode() throws {
    var set = Google_Protobuf_FileDescriptorSet()
    set.file = [try File_google_protobuf_descriptor_proto.link().proto, try File_custom_options_proto.link().proto]
    let pool = try ProtoDescriptor.Pool(set)
    let option = try #require(pool.extension(named: "fixtures.options.sensitive"))
    #expect(option.message == pool.message(named: "google.protobuf.FieldOptions") && option.type == .bool)
    #expect(pool.extensions(of: "google.protobuf.FieldOptions").map(\.name) == ["sensitive", "numbers"])
    let field = try #require(pool.message(named: "fixtures.options.Labelled")?.field(named: "secret"))
    let schema = DynamicSchema(pool)
    let options = try schema.options(of: field)
    #expect(options["[fixtures.options.sensitive]"]?.boolValue == true)
    #expect(options["[fixtures.options.numbers]"]?.listValue?.map(\.intValue) == [1, -1])
    #expect(options.unknownFields.isEmpty)
    let labelled = try #require(pool.message(named: "fixtures.options.Labelled"))
    let limits = try schema.options(of: labelled)["[fixtures.options.message_limits]"]?.messageValue
    #expect(limits?["most"]?.intValue == 7)
    #expect(try schema.options(of: labelled.enums[0])["[fixtures.options.enum_level]"]?.enumValue?.name == "LEVEL_HIGH")
    #expect(try schema.options(of: labelled.file)["[fixtures.options.file_label]"]?.stringValue == "a file")
  }

  @Test func theOptionsOfASchemaWithoutCustomOnesAreThoseOfTheLanguage() throws {
    var file = Google_Protobuf_FileDescriptorProto.with { $0.name = "plain.proto" }
    file.messageType = [
      .with {
        $0.name = "Plain"; $0.options.deprecated = true
      }
    ]
    let schema = try DynamicSchema(.with { $0.file = [file] })
    let plain = try #require(schema.pool.message(named: "Plain"))
    #expect(try schema.options(of: plain)["deprecated"]?.boolValue == true)
  }
}
