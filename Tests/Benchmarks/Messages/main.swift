// Repeats one operation on one message, for messages.py to count what it costs.
//
//   messages-ours OPERATION INPUT COUNT FILE     FILE holds the encoded message

import Foundation

#if SWIFT_PROTOBUF
  import SwiftProtobuf
#else
  import SwiftGRPCProtobuf
#endif

/// Keeps a result from being optimised away.
@inline(never)
func use<Value>(_ value: Value) {
  withExtendedLifetime(value) {}
}

/// What is measured of a message: an operation by its name, ready to be repeated.
func operation<M: Message & Hashable>(_ name: String, on type: M.Type, _ bytes: [UInt8]) throws -> () throws -> Void {
  let message = try M(serializedBytes: bytes)
  switch name {
  case "encode": return { use(try message.serializedBytes() as [UInt8]) }
  #if !SWIFT_PROTOBUF
    case "encodeInto":
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      return { try message.encode { _ in memory } }
  #endif
  case "decode": return { use(try M(serializedBytes: bytes)) }
  case "equality":
    let other = try M(serializedBytes: bytes)  // equal, but not the same memory
    return { use(message == other) }
  case "hash": return { use(message.hashValue) }
  case "jsonEncode": return { use(try message.jsonUTF8Bytes() as [UInt8]) }
  case "jsonDecode":
    let json: [UInt8] = try message.jsonUTF8Bytes()
    return { use(try M(jsonUTF8Bytes: json)) }
  case "textEncode": return { use(message.textFormatString()) }
  case "textDecode":
    let text = message.textFormatString()
    return { use(try M(textFormatString: text)) }
  default: throw CocoaError(.featureUnsupported)
  }
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[3]) else {
  print("usage: \(arguments[0]) OPERATION INPUT COUNT FILE")
  exit(2)
}
let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[4])))
let repeated =
  switch arguments[2] {
  case "small": try operation(arguments[1], on: Bench_Small.self, bytes)
  case "wide": try operation(arguments[1], on: Bench_Wide.self, bytes)
  case "tree": try operation(arguments[1], on: Bench_Tree.self, bytes)
  case "packs", "packi1": try operation(arguments[1], on: Bench_Packed.self, bytes)
  case "blob": try operation(arguments[1], on: Bench_Blob.self, bytes)
  default: try operation(arguments[1], on: Google_Protobuf_FileDescriptorSet.self, bytes)
  }
for _ in 0..<count { try repeated() }
