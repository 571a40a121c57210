import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

@testable import GoldenInternalCode

/// Oneofs, groups, maps, and messages within messages.
@Suite struct StructureTests {
  @Test func oneofHoldsTheLastMemberSet() throws {
    var shape = Fixtures_Oneofs_Shape()
    #expect(shape.form == nil && shape.circle == 0)
    shape.circle = 2
    #expect(shape.form == .circle(2))
    shape.rectangle.width = 3
    #expect(shape.circle == 0 && shape.rectangle.width == 3)
    shape.kind = .star
    shape.fillColor = 7
    shape.title = "t"
    #expect(shape.form == .kind(.star) && shape.fillStyle == .fillColor(7))
    #expect(try Fixtures_Oneofs_Shape(serializedBytes: shape.serializedBytes() as [UInt8]) == shape)
    shape.form = nil
    #expect(shape.kind == .none)
  }

  @Test(arguments: [
    Fixtures_Oneofs_Shape.OneOf_Form.circle(0), .rectangle(.init()), .bitmap(Data()), .name(""), .kind(.none),
    .flag(false), .created(.init()), .signed(-1), .fixed(.max), .kind(.UNRECOGNIZED(99)),
  ])
  func everyMemberOfAOneofIsKeptAlsoWhenEmpty(form: Fixtures_Oneofs_Shape.OneOf_Form) throws {
    let shape = Fixtures_Oneofs_Shape.with { $0.form = form }
    #expect(try Fixtures_Oneofs_Shape(serializedBytes: shape.serializedBytes() as [UInt8]).form == form)
  }

  @Test func groupsStandBetweenTags() throws {
    var message = Fixtures_Proto2_Groups()
    message.header.version = 1
    message.resultLine = [
      .with {
        $0.text = "a"; $0.inner.deep = true
      }
    ]
    message.picked.number = 2
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(bytes == [0x0B, 0x08, 1, 0x0C, 0x13, 0x0A, 1, 0x61, 0x1B, 0x08, 1, 0x1C, 0x14, 0x23, 0x08, 2, 0x24])
    #expect(try Fixtures_Proto2_Groups(serializedBytes: bytes) == message)
  }

  @Test func delimitedMessagesOfEditionsAreWrittenAsGroups() throws {
    let message = Fixtures_Editions_Encodings.with {
      $0.lengthPrefixed.value = 1
      $0.delimited.value = 2
      $0.many = [.init()]
      $0.inner.value = 3
      $0.expanded = [4, 5]
      $0.packed = [6, 7]
    }
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(
      bytes == [
        0x08, 4, 0x08, 5, 0x12, 2, 6, 7, 0x1A, 2, 0x08, 1, 0x23, 0x08, 2, 0x24, 0x2B, 0x2C, 0x33, 0x08, 3, 0x34,
      ])
    #expect(try Fixtures_Editions_Encodings(serializedBytes: bytes) == message)
  }

  @Test func mapsOfEveryKeyAndValueRoundTrip() throws {
    let keys = Fixtures_Maps_Keys.with {
      $0.byInt32 = [-1: true]
      $0.byUint64 = [.max: false]
      $0.bySint64 = [.min: true]
      $0.byFixed32 = [1: true, 2: false]
      $0.byBool = [true: false, false: true]
      $0.byString = ["": true]
    }
    #expect(try Fixtures_Maps_Keys(serializedBytes: keys.serializedBytes() as [UInt8]) == keys)
    let values = Fixtures_Maps_Values.with {
      $0.doubles = ["a": 1.5]
      $0.byteStrings = ["b": Data([1])]
      $0.colors = ["c": .red, "d": .UNRECOGNIZED(9)]
      $0.messages = ["e": .with { $0.floats = ["f": 2] }]
    }
    #expect(try Fixtures_Maps_Values(serializedBytes: values.serializedBytes() as [UInt8]) == values)
  }

  @Test func recursiveMessagesNestAsDeepAsTheyAreBuilt() throws {
    var list = Fixtures_Nesting_LinkedList()
    for value in 1...50 {
      list = .with {
        $0.value = Int32(value)
        $0.next = list
      }
    }
    let decoded = try Fixtures_Nesting_LinkedList(serializedBytes: list.serializedBytes() as [UInt8])
    #expect(decoded == list && decoded.next.next.value == 48)
    var expression = Fixtures_Oneofs_Expression.with { $0.literal = 1 }
    expression = .with { [expression] in
      $0.operation.left = expression
      $0.operation.right.negated = expression
    }
    #expect(try Fixtures_Oneofs_Expression(serializedBytes: expression.serializedBytes() as [UInt8]) == expression)
  }

  @Test func copiesOfABoxedMessageAreIndependent() {
    var original = Fixtures_Nesting_Wide.with {
      $0.a = "1"
      $0.n.next.value = 1
    }
    let copy = original
    original.a = "2"
    original.n.next.value = 2
    #expect(copy.a == "1" && copy.n.next.value == 1)
    #expect(original.a == "2" && original.n.next.value == 2)
  }

  @Test func namesThatSwiftReservesCanBeUsed() throws {
    var keywords = Fixtures_NamesAndWords_Keywords()
    keywords.class = 1
    keywords.default = 2
    keywords.self_p = 3
    keywords.init_p = 4
    keywords.await = 8
    #expect(keywords.hasClass && keywords.hasSelf_p)
    var types = Fixtures_NamesAndWords_Types()
    types.type.a = 1
    types.array = [.with { $0.a = [1, 2] }]
    types.any = .nothing
    types.aType = .with { $0.a = 3 }
    #expect(try Fixtures_NamesAndWords_Types(serializedBytes: types.serializedBytes() as [UInt8]) == types)
    var words = Fixtures_NamesAndWords_Words()
    words.default = .case(1)
    words.init_p = .let(2)
    words.httpURL = 3
    #expect(words.case == 1 && words.urlID == .httpURL(3))
  }

  @Test func internalDeclarationsAreTheSame() throws {
    let hidden = Fixtures_Visibility_Hidden.with { $0.nested.text = "x" }
    #expect(try Fixtures_Visibility_Hidden(serializedBytes: hidden.serializedBytes() as [UInt8]) == hidden)
  }
}
