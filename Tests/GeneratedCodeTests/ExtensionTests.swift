import Foundation
import GoldenCode
import GoldenModuleUnits
import GoldenModuleValues
import SwiftGRPCProtobuf
import Testing

@Suite struct ExtensionTests {
  @Test func extensionsOfEveryKindRoundTrip() throws {
    var message = Fixtures_Extensions_Extensible()
    message.own = 1
    message.Fixtures_Extensions_number = 2
    message.Fixtures_Extensions_expandedNumbers = [3, 4]
    message.Fixtures_Extensions_packedNumbers = [-1, 1]
    message.Fixtures_Extensions_raw = Data([5])
    message.Fixtures_Extensions_rank = .low
    message.Fixtures_Extensions_ranks = [.low, .high]
    message.Fixtures_Extensions_ratio = 0.5
    message.Fixtures_Extensions_section = .with { $0.title = "s" }
    message.Fixtures_Extensions_texts = ["", "x"]
    message.Fixtures_Extensions_Note_note = .with { $0.text = "n" }
    message.Fixtures_Extensions_Note_notes = [.init()]
    message.Fixtures_Extensions_Note_init = "i"
    let bytes: [UInt8] = try message.serializedBytes()
    let decoded = try Fixtures_Extensions_Extensible(
      serializedBytes: bytes, extensions: Fixtures_Extensions_Extensions_Extensions)
    #expect(decoded == message)
    #expect(decoded.Fixtures_Extensions_section.title == "s" && decoded.Fixtures_Extensions_ranks == [.low, .high])
  }

  @Test func extensionHasPresenceAndADefault() {
    var message = Fixtures_Extensions_Extensible()
    #expect(!message.hasFixtures_Extensions_homeURL && message.Fixtures_Extensions_homeURL == "none")
    #expect(message.Fixtures_Extensions_rank == .high)
    message.Fixtures_Extensions_homeURL = ""
    #expect(message.hasFixtures_Extensions_homeURL && message.Fixtures_Extensions_homeURL == "")
    message.clearFixtures_Extensions_homeURL()
    #expect(message == Fixtures_Extensions_Extensible())
  }

  @Test func extensionsThatTheDecoderDoesNotKnowStayAmongTheUnknownFields() throws {
    let message = Fixtures_Extensions_Extensible.with { $0.Fixtures_Extensions_number = 2 }
    let bytes: [UInt8] = try message.serializedBytes()
    let decoded = try Fixtures_Extensions_Extensible(serializedBytes: bytes)
    #expect(!decoded.hasFixtures_Extensions_number)
    #expect(try decoded.serializedBytes() as [UInt8] == bytes)
  }

  @Test func namesAreThoseOfTheProtoFile() {
    #expect(Fixtures_Extensions_Extensions_home_url.fieldName == "fixtures.extensions.home_url")
    #expect(Fixtures_Extensions_Note.Extensions.init_.fieldName == "fixtures.extensions.Note.init")
    #expect(Fixtures_Extensions_Letter.Extensions.letter.fieldName == "fixtures.extensions.Letter")
  }

  @Test func editionsExtensionsFollowTheirFeatures() throws {
    var message = Fixtures_Editions_Enums()
    message.Fixtures_Editions_delimitedExtension.value = 1
    message.Fixtures_Editions_packedExtension = [1, 2]
    #expect(try message.serializedBytes() as [UInt8] == [0xAA, 6, 2, 1, 2, 0xB3, 6, 8, 1, 0xB4, 6])
  }

  @Test func typesOfOtherModulesAreUsedUnderTheirModule() throws {
    // GoldenModuleValues passes Unit on, as its .proto file does with `import public`.
    let value = Fixtures_Modules_Values_Value.with {
      $0.amount = 1
      $0.unit = .metre
      $0.Fixtures_Modules_Values_remark = "r"
    }
    let decoded = try Fixtures_Modules_Values_Value(
      serializedBytes: value.serializedBytes() as [UInt8],
      extensions: Fixtures_Modules_Values_ModuleValues_Extensions)
    #expect(decoded == value && decoded.unit == Fixtures_Modules_Units_Unit.metre)
  }
}
