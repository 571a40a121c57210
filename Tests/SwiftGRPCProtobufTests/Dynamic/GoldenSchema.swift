import GoldenCode
import SwiftGRPCProtobuf
import Testing

/// The schema of generated messages with fields of every kind.
enum GoldenSchema {
  static let shared = Result {
    try DynamicSchema(
      filesOf: EveryKind_Proto2_EveryKindProto2.self, EveryKind_Proto3_EveryKindProto3.self,
      EveryKind_Editions_EveryKindEditions.self, Fixtures_Extensions_Envelope.self,
      Google_Protobuf_FileDescriptorProto.self)
  }

  /// The dynamic type of a generated message.
  static func type(of message: any Message.Type) throws -> DynamicMessageType {
    try #require(try shared.get().messageType(named: message.protoMessageName))
  }
}
