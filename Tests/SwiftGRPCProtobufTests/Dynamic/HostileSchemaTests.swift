import SwiftGRPCProtobuf
import Testing

/// Descriptors that protoc does not make end in an error, or in types that work.
@Suite struct HostileSchemaTests {
  @Test func damagedDescriptorsAreRefusedOrGiveTypesThatWork() throws {
    let files = [FieldProto.self, MessageProto.self].compactMap { ($0 as any Message.Type).protoDescriptor?.file.proto }
    let set = Google_Protobuf_FileDescriptorSet.with { $0.file = Array(files.prefix(1)) }
    let sound: [UInt8] = try set.serializedBytes()
    var random = RandomMutations(seed: 1)
    var linked = 0
    for _ in 0..<200 {
      let damaged = random.damage(sound)
      guard let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: damaged, partial: true),
        let schema = try? DynamicSchema(set)
      else { continue }
      linked += 1
      for file in schema.pool.files {
        for message in file.messages {
          let type = schema.messageType(message)
          let sample = random.damage([0x0a, 3, 0x61, 0x62, 0x63, 0x10, 1, 0x1a, 0, 0x22, 2, 0x08, 1])
          guard let message = try? DynamicMessage(serializedBytes: sample, type: type, partial: true) else { continue }
          let encoded: [UInt8] = try message.serializedBytes(partial: true)
          #expect(try DynamicMessage(serializedBytes: encoded, type: type, partial: true) == message)
        }
      }
    }
    #expect(linked > 0)
  }

  @Test func messageThatContainsItselfIsLaidOut() throws {
    let node = MessageProto.message(
      "Node",
      fields: [
        .field("next", 1, .message, typeName: ".Node"), .field("all", 2, .message, typeName: ".Node", label: .repeated),
        .field("named", 3, .message, typeName: ".Node.NamedEntry", label: .repeated),
        .field("either", 4, .message, typeName: ".Node", oneof: 0),
      ],
      nested: [.mapEntry("NamedEntry", value: .field("value", 2, .message, typeName: ".Node"))], oneofs: ["choice"])
    let schema = try DynamicSchema(ProtoDescriptor.Pool([.file(messages: [node])]))
    let empty = DynamicMessage(try #require(schema.messageType(named: "Node")))
    var message = empty
    message["next"]?.messageValue?["either"]?.messageValue?["all"] = [.message(empty), .message(empty)]
    message["named"] = ["a": .message(empty)]
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(try DynamicMessage(serializedBytes: bytes, type: message.type) == message)
  }

  @Test func messageOfManyFieldsIsLaidOut() throws {
    let fields = (1...5000).map { FieldProto.field("field_\($0)", $0 * 3, $0 % 2 == 0 ? .string : .sint64) }
    let schema = try DynamicSchema(ProtoDescriptor.Pool([.file(messages: [.message("Wide", fields: fields)])]))
    var message = DynamicMessage(try #require(schema.messageType(named: "Wide")))
    message[15_000] = "last"
    message["field_1"] = -1
    #expect(try message.serializedBytes() == [0x18, 1, 0xc2, 0xa9, 0x07, 4] + Array("last".utf8))
  }

  @Test func mapWhoseValuesAreGroupsWorks() throws {
    let message = MessageProto.message(
      "M", fields: [.field("map", 1, .message, typeName: ".M.MapEntry", label: .repeated)],
      nested: [.mapEntry("MapEntry", value: .field("value", 2, .group, typeName: ".M"))])
    guard let schema = try? DynamicSchema(ProtoDescriptor.Pool([.file(syntax: "proto2", messages: [message])])) else {
      return
    }
    var outer = DynamicMessage(try #require(schema.messageType(named: "M")))
    let inner = outer
    outer["map"] = ["a": .message(inner)]
    let bytes: [UInt8] = try outer.serializedBytes()
    #expect(try DynamicMessage(serializedBytes: bytes, type: outer.type) == outer)
  }
}
