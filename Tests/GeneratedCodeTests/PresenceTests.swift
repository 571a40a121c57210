import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// What fields hold before and after they are set, whatever kind of presence they have.
@Suite struct PresenceTests {
  @Test func implicitFieldsHaveNoPresenceAndAreNotWrittenWhenZero() throws {
    var message = Fixtures_Scalars_Singular()
    #expect(try message.serializedBytes() as [UInt8] == [])
    message.anInt32 = 0
    message.aString = ""
    #expect(try message.serializedBytes() as [UInt8] == [])
    message.aFloat = -0.0
    #expect(try message.serializedBytes() as [UInt8] == [0x15, 0, 0, 0, 0x80])
  }

  @Test func optionalFieldsRememberThatTheyWereSet() throws {
    var message = Fixtures_Scalars_Optional()
    #expect(!message.hasAnInt32 && message.anInt32 == 0)
    message.anInt32 = 0
    #expect(message.hasAnInt32)
    #expect(try message.serializedBytes() as [UInt8] == [0x18, 0])
    message.clearAnInt32()
    #expect(!message.hasAnInt32)
    #expect(message == Fixtures_Scalars_Optional())
  }

  @Test func editionFieldsFollowTheirFeatures() throws {
    var message = Fixtures_Editions_Presence()
    #expect(!message.isInitialized)
    message.required = 0
    #expect(message.isInitialized && message.hasRequired)
    message.implicit = 0
    message.explicit = 0
    #expect(message.hasExplicit && !message.hasWithDefault && message.withDefault == "hello")
    #expect(try message.serializedBytes() as [UInt8] == [0x08, 0, 0x18, 0])
  }

  @Test func statedDefaultsAreRead() {
    let message = Fixtures_Proto2_Defaults()
    #expect(message.aDouble == 1.5 && message.infinite == .infinity && message.minusInfinite == -.infinity)
    #expect(message.notANumber.isNaN && message.small == -1.25e-7)
    #expect(message.lowest == .min && message.lowest64 == .min)
    #expect(message.highest == .max && message.highest64 == .max)
    #expect(message.zigzag == -7 && message.fixed == 12 && message.sfixed == -13 && message.on)
    #expect(message.text == "a \"quoted\"\tline\nand \\ ünïcode \u{1}")
    #expect(message.empty == "" && !message.hasEmpty)
    #expect(message.raw == Data([0, 0xFF, 0x22, 0x5C, 0x0A, 0x27, 0x78, 0x80]))
    #expect(message.suit == .clubs && message.firstSuit == .hearts)
    #expect(message.inOneof == 42 && message.choice == nil)
  }

  @Test func requiredFieldsAreAskedForAtEveryDepth() throws {
    var branch = Fixtures_Proto2_Branch()
    #expect(branch.isInitialized)
    branch.named["a"] = Fixtures_Proto2_Leaf()
    #expect(!branch.isInitialized)
    #expect(throws: BinaryEncodingError.missingRequiredFields) { try branch.serializedBytes() as [UInt8] }
    branch.named["a"]?.content = Data()
    #expect(branch.isInitialized)
    branch.chosen = Fixtures_Proto2_Leaf()
    #expect(!branch.isInitialized)
    branch.number = 1
    branch.leaves = [Fixtures_Proto2_Leaf()]
    #expect(!branch.isInitialized)
  }

  @Test func deprecatedFieldsWorkLikeOthers() throws {
    let bytes: [UInt8] = [0x3A, 1, 0x61, 0x48, 5]
    let message = try Fixtures_Comments_Documented(serializedBytes: bytes)
    #expect(try message.serializedBytes() as [UInt8] == [0x3A, 1, 0x61, 0x4A, 1, 5])
  }
}
