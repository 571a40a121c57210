import GoldenCode
import SwiftGRPCProtobuf

/// The types that the differential tests exchange with Python, in the order of `TYPES` in Differential/*.py, with the
/// extensions that the decoder is given.
enum EveryKindTypes {
  static let all: [(type: any Message.Type, extensions: SimpleExtensionMap)] = [
    (EveryKind_Proto2_EveryKindProto2.self, EveryKind_Proto2_EveryKindProto2_Extensions),
    (EveryKind_Proto3_EveryKindProto3.self, []),
    (EveryKind_Editions_EveryKindEditions.self, EveryKind_Editions_EveryKindEditions_Extensions),
    (EveryKind_Proto2_RequiredFields.self, []),
    (EveryKind_Proto2_KindSets.self, EveryKind_Proto2_EveryKindProto2_Extensions),
    (EveryKind_Proto2_KindSet.self, EveryKind_Proto2_EveryKindProto2_Extensions),
    (EveryKind_WellKnown_EveryKindWellKnown.self, []),
  ]
}
