import SwiftGRPCProtobuf
import Testing

@testable import SwiftGRPCCodeGenerator

@Suite struct OptionParserTests {
  private func parse(_ parameter: String, mappings: String = "") throws -> GeneratorOptions {
    try OptionParser.parse(parameter) { path throws(GenerationError) in
      guard path == "map.txt" else { throw GenerationError("cannot open") }
      return mappings
    }
  }

  private func message(_ parameter: String) -> String? {
    do {
      _ = try parse(parameter)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func noParameterGivesTheDefaults() throws {
    let options = try parse("")
    #expect(options.visibility == .internal)
    #expect(options.fileNaming == .fullPath)
    #expect(options.importDirective == "import")
    #expect(options.generatesMessages && options.generatesClients && options.generatesServers)
    #expect(options.usesNonisolated && !options.keepsMethodCasing && !options.addsDefaultImplementations)
  }

  @Test(arguments: [
    ("Visibility=Public", GeneratorOptions.Visibility.public), ("Visibility=public", .public),
    ("Visibility=Package", .package), ("Visibility=Internal", .internal), (" Visibility = Public ,", .public),
  ])
  func visibilityIsReadInAnyCase(parameter: String, expected: GeneratorOptions.Visibility) throws {
    #expect(try parse(parameter).visibility == expected)
  }

  @Test(arguments: [
    ("FullPath", FileNaming.fullPath), ("full_path", .fullPath), ("fullpath", .fullPath),
    ("PathToUnderscores", .pathToUnderscores), ("path_to_underscores", .pathToUnderscores),
    ("DropPath", .dropPath), ("drop_path", .dropPath), ("droppath", .dropPath),
  ])
  func fileNamingIsReadInEachSpelling(value: String, expected: FileNaming) throws {
    #expect(try parse("FileNaming=\(value)").fileNaming == expected)
  }

  @Test func everyOptionHasItsEffect() throws {
    let options = try parse(
      """
      Client=false,Server=False,Messages=FALSE,Nonisolated=false,KeepMethodCasing=true,DefaultImplementations=true,\
      EnumGeneration=NonexhaustiveWarn,ExtraModuleImports=Zebra,ExtraModuleImports=Ant,GRPCModuleName=Other,\
      GRPCProtobufModuleName=More,SwiftProtobufModuleName=Runtime,Availability=macOS 15.0,Availability=iOS 18,\
      Bootstrap=true,experimental_strip_nonfunctional_codegen
      """)
    #expect(!options.generatesClients && !options.generatesServers && !options.generatesMessages)
    #expect(!options.usesNonisolated && options.keepsMethodCasing && options.addsDefaultImplementations)
    #expect(options.enumGeneration.attribute == "@nonexhaustive(warn) ")
    #expect(options.extraModules == ["Ant", "Zebra"])
    #expect(options.grpcModule == "Other" && options.grpcProtobufModule == "More")
    #expect(options.mappings.runtimeModule == "Runtime")
    #expect(options.availability == ["macOS 15.0", "iOS 18"])
    #expect(options.isBootstrap && options.omitsComments)
  }

  @Test func descriptorsAreEmbeddedUnlessLeftOutUnderEitherName() throws {
    #expect(try parse("").embedsDescriptors && parse("ReflectionData=true").embedsDescriptors)
    #expect(try !parse("Descriptors=false").embedsDescriptors && !parse("ReflectionData=false").embedsDescriptors)
  }

  @Test func lastValueCounts() throws {
    #expect(try parse("Client=false,Client=true").generatesClients)
  }

  @Test func importsFollowTheirOptions() throws {
    #expect(try parse("UseAccessLevelOnImports=true,Visibility=Package").importDirective == "package import")
    #expect(try parse("UseAccessLevelOnImports=true").internalImportDirective == "internal import")
    #expect(try parse("ImplementationOnlyImports=true").importDirective == "@_implementationOnly import")
  }

  @Test(arguments: [
    ("Visibility=Pubic", "option Visibility is \"Pubic\"; expected one of Internal, Package, Public"),
    ("Visibility", "option Visibility is \"\"; expected one of Internal, Package, Public"),
    ("Client=yes", "option Client is \"yes\"; expected true or false"),
    ("GRPCModuleName=a-b", "option GRPCModuleName is \"a-b\"; expected the name of a module"),
    ("Availability=macOS", "option Availability is \"macOS\"; expected a platform and a version, as in \"macOS 15.0\""),
    ("Descriptors=", "option Descriptors is \"\"; expected true or false"),
    ("Mocks=true", "option Mocks is not available: mocks are not generated"),
    (
      "ImplementationOnlyImports=true,UseAccessLevelOnImports=true",
      "options ImplementationOnlyImports and UseAccessLevelOnImports exclude each other"
    ),
    (
      "ImplementationOnlyImports=true,Visibility=Public",
      "option ImplementationOnlyImports needs Visibility=Internal, not Public"
    ),
    ("ProtoPathModuleMappings=x", "option ProtoPathModuleMappings, file x: cannot open"),
  ])
  func mistakesNameTheOptionAndWhatIsExpected(parameter: String, expected: String) {
    #expect(message(parameter) == expected)
  }

  @Test func unknownOptionListsTheKnownOnes() throws {
    let text = try #require(message("visibility=Public"))
    #expect(text.hasPrefix("unknown option \"visibility\"; the options are Availability, Bootstrap, Client"))
  }

  @Test func mappingFileIsReadWhenNamed() throws {
    let mappings = "mapping { module_name: \"M\" proto_file_path: \"a.proto\" }"
    #expect(try parse("ProtoPathModuleMappings=map.txt", mappings: mappings).mappings.modulesByPath == ["a.proto": "M"])
    #expect(try parse("ProtoPathModuleMappings=").mappings.modulesByPath == [:])
  }
}

@Suite struct FileNamingTests {
  @Test(arguments: [
    (FileNaming.fullPath, "a/b/c.proto", "a/b/c.pb.swift"), (.pathToUnderscores, "a/b/c.proto", "a_b_c.pb.swift"),
    (.dropPath, "a/b/c.proto", "c.pb.swift"), (.fullPath, "c.proto", "c.pb.swift"),
    (.fullPath, "a.b/c.d.proto", "a.b/c.d.pb.swift"), (.fullPath, "a.b/c", "a.b/c.pb.swift"),
  ])
  func pathFollowsTheOption(naming: FileNaming, path: String, expected: String) {
    #expect(naming.path(for: path, suffix: ".pb.swift") == expected)
  }

  @Test func filesThatWouldOverwriteOneAnotherAreReported() {
    let request = Request.request([.file("a/x.proto"), .file("b/x.proto")], parameter: "FileNaming=DropPath")
    #expect(
      request.response().error
        == "a/x.proto and b/x.proto would both become x.pb.swift; use another FileNaming or generate them apart")
  }
}
