import Foundation
import GoldenCode
import SwiftGRPCProtobuf

/// Messages with something in every corner.
enum Samples {
  static let proto3 = EveryKind_Proto3_EveryKindProto3.with {
    $0.singleInt32 = -1
    $0.singleUint64 = .max
    $0.singleSint64 = .min
    $0.singleDouble = 0.1
    $0.singleString = "Grüße, 世界"
    $0.singleBytes = Data([0, 1, 255])
    $0.singleColor = .ultraviolet
    $0.singleInner = inner
    $0.itself.itself.singleBool = true
    $0.optionalInt32 = 0
    $0.repeatedInt64 = [0, 1, -1, 300, .max]
    $0.repeatedString = ["", "a", String(repeating: "long ", count: 9)]
    $0.repeatedInner = [inner, .init(), inner]
    $0.repeatedColor = [.green, .UNRECOGNIZED(77)]
    $0.expandedFixed32 = [1, 2, 3]
    $0.byString = ["": 0, "key": -7]
    $0.toInner = [1: inner, -2: .init()]
    $0.choiceInner = inner
    $0.betweenChoices = "between"
    $0.far = 12
  }

  static let proto2 = EveryKind_Proto2_EveryKindProto2.with {
    $0.singleInt32 = -1
    $0.singleString = "proto2"
    $0.singleColor = .infrared
    $0.singleGroup.number = 5
    $0.singleGroup.words = ["in", "a", "group"]
    $0.defaultBytes = Data([9])
    $0.repeatedGroup = [.with { $0.inner.number = 1 }, .init()]
    $0.packedSint32 = [-1, 0, 1]
    $0.packedColor = [.red, .blue]
    $0.toColor = [1: .green]
    $0.choiceGroup.number = 3
    $0.EveryKind_Proto2_extendedString = "extended"
    $0.EveryKind_Proto2_extendedInner.number = 8
    $0.EveryKind_Proto2_extendedRepeatedColor = [.blue, .red]
    $0.EveryKind_Proto2_extendedPackedFixed64 = [1, .max]
    $0.EveryKind_Proto2_extendedGroup.number = 4
  }

  static let editions = EveryKind_Editions_EveryKindEditions.with {
    $0.singleUint32 = 1
    $0.closedColor = .white
    $0.delimitedInner.text = "delimited"
    $0.delimitedInners = [.with { $0.number = 1 }, .init()]
    $0.implicitDouble = -0.5
    $0.closedColors = [.black, .white]
    $0.repeatedDouble = [0, -1, .infinity]
    $0.EveryKind_Editions_extendedRepeatedInner = [.with { $0.crc = 7 }]
  }

  static let descriptor = Google_Protobuf_FileDescriptorProto.with {
    $0.name = "a.proto"
    $0.dependency = ["b.proto", "c.proto"]
    $0.options.javaPackage = "org.example"
    $0.messageType = [
      .with {
        $0.name = "M"
        $0.field = [
          .with {
            $0.name = "f"; $0.number = 1; $0.type = .int32; $0.options.packed = true
          }
        ]
        $0.nestedType = [.with { $0.name = "N" }]
      }
    ]
    $0.sourceCodeInfo.location = [
      .with {
        $0.path = [4, 0, 2, 0]; $0.span = [1, 2, 300]; $0.leadingComments = " c\n"
      }
    ]
  }

  private static let inner = EveryKind_Proto3_Inner.with {
    $0.number = 42
    $0.text = "inner"
    $0.inners = [.with { $0.crc = 0xdead_beef }]
  }
}
