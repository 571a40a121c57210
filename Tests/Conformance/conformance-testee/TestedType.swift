import SwiftGRPCProtobuf

/// A message type that the runner may name, with the extensions of its file.
struct TestedType {
  let type: any Message.Type
  let extensions: SimpleExtensionMap

  /// All of them, by name.
  static let all: [String: TestedType] = [
    TestedType(
      type: ProtobufTestMessages_Proto2_TestAllTypesProto2.self,
      extensions: ProtobufTestMessages_Proto2_TestMessagesProto2_Extensions),
    TestedType(type: ProtobufTestMessages_Proto3_TestAllTypesProto3.self),
    TestedType(
      type: ProtobufTestMessages_Editions_Proto2_TestAllTypesProto2.self,
      extensions: ProtobufTestMessages_Editions_Proto2_TestMessagesProto2Editions_Extensions),
    TestedType(type: ProtobufTestMessages_Editions_Proto3_TestAllTypesProto3.self),
    TestedType(
      type: ProtobufTestMessages_Editions_TestAllTypesEdition2023.self,
      extensions: ProtobufTestMessages_Editions_TestMessagesEdition2023_Extensions),
    TestedType(
      type: ProtobufTestMessages_EditionUnstable_TestAllTypesEditionUnstable.self,
      extensions: ProtobufTestMessages_EditionUnstable_TestMessagesEditionUnstable_Extensions),
  ].reduce(into: [:]) { $0[$1.type.protoMessageName] = $1 }

  private init(type: any Message.Type, extensions: SimpleExtensionMap = []) {
    self.type = type
    self.extensions = extensions
  }

  /// Lets an `Any` hold each of them in JSON and in the text format.
  static func registerAllForAny() {
    for tested in all.values { Google_Protobuf_Any.register(messageType: tested.type) }
  }
}
