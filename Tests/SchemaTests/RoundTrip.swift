// Built by schemas.py into a program for each of its groups, whose generated code is the module `Schemas`: decodes the
// messages on standard input and encodes them again.
//
// A record in: the index of the type in `messageTypes` and the length, 4 bytes each, little endian, and the bytes.
// A record out: the length and the bytes, or the length -1 and nothing when the message does not survive.

import Foundation
import Schemas
import SwiftGRPCProtobuf

@main
enum RoundTrip {
  static func main() throws {
    if CommandLine.arguments.contains("--names") {
      for type in messageTypes { print(type.protoMessageName) }
      return
    }
    let input = try FileHandle.standardInput.readToEnd() ?? Data()
    var position = 0
    func integer() -> Int {
      defer { position += 4 }
      return (0..<4).reduce(0) { $0 | Int(input[position + $1]) << (8 * $1) }
    }
    var output = Data()
    while position < input.count {
      let type = messageTypes[integer()]
      let count = integer()
      let encoded = survives(input[position..<(position + count)], as: type)
      position += count
      withUnsafeBytes(of: Int32(encoded?.count ?? -1).littleEndian) { output.append(contentsOf: $0) }
      output.append(encoded ?? Data())
    }
    try FileHandle.standardOutput.write(contentsOf: output)
  }

  /// The message encoded again; `nil` when it is not the same after it went through an encoding.
  static func survives<M: Message>(_ bytes: Data, as type: M.Type) -> Data? {
    do {
      let message = try M(serializedBytes: bytes, extensions: extensions, partial: true)
      let encoded: Data = try message.serializedBytes(partial: true)
      let copy = try M(serializedBytes: encoded, extensions: extensions, partial: true)
      guard copy == message, copy.hashValue == message.hashValue else { return nil }
      if checksJSON {
        let json = try message.jsonUTF8Data()
        var options = JSONDecodingOptions()
        options.messageDepthLimit = 200
        guard try M(jsonUTF8Data: json, extensions: extensions, options: options) == message else { return nil }
      }
      return encoded
    } catch {
      FileHandle.standardError.write(Data("\(M.protoMessageName): \(error)\n".utf8))
      return nil
    }
  }
}
