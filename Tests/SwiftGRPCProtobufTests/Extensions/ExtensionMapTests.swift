import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// Extensions are found by their names, also after the map has changed.
struct ExtensionMapTests {
  private typealias Proto2 = EveryKind_Proto2_EveryKindProto2

  private func number(of name: String, in map: SimpleExtensionMap) -> Int? {
    map.fieldNumberForProto(messageType: Proto2.self, protoFieldName: name)
  }

  @Test func namesFollowTheMap() {
    let double = EveryKind_Proto2_Extensions_extended_double
    let float = EveryKind_Proto2_Extensions_extended_float
    var map: SimpleExtensionMap = [double]
    #expect(number(of: double.fieldName, in: map) == double.fieldNumber)
    #expect(number(of: float.fieldName, in: map) == nil)
    let copy = map
    map.insert(float)
    #expect(number(of: float.fieldName, in: map) == float.fieldNumber)
    #expect(number(of: double.fieldName, in: map) == double.fieldNumber)
    #expect(number(of: float.fieldName, in: copy) == nil)
    #expect(number(of: float.fieldName, in: copy.union([float])) == float.fieldNumber)
    #expect(number(of: "every_kind.proto2.nothing", in: map) == nil)
  }

  @Test func namesBelongToTheExtendedMessage() {
    let double = EveryKind_Proto2_Extensions_extended_double
    let map: SimpleExtensionMap = [double]
    let other = Google_Protobuf_FileOptions.self
    #expect(map.fieldNumberForProto(messageType: other, protoFieldName: double.fieldName) == nil)
  }
}
