import Foundation
import SwiftGRPCProtobuf

#if canImport(GoldenCode)
  import GoldenCode
#endif

/// What is fuzzed: a decoder, and that what it accepts can be encoded and means the same again.
///
/// The first byte of an input chooses the message type and the options, so that the fuzzer finds all of them.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case binary
  case json
  case text
  case delimited

  /// Decodes an input; stops the program when the decoder contradicts itself.
  public func run(_ input: UnsafeRawBufferPointer) {
    guard let choice = input.first else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    switch choice % 3 {
    case 0: run(EveryKind_Proto2_EveryKindProto2.self, choice / 3, bytes)
    case 1: run(EveryKind_Proto3_EveryKindProto3.self, choice / 3, bytes)
    default: run(EveryKind_Editions_EveryKindEditions.self, choice / 3, bytes)
    }
  }

  private func run<M: Message>(_ type: M.Type, _ options: UInt8, _ bytes: UnsafeRawBufferPointer) {
    switch self {
    case .binary: FuzzTarget.binary(type, options, bytes)
    case .json: FuzzTarget.json(type, options, bytes)
    case .text: FuzzTarget.text(type, options, bytes)
    case .delimited: FuzzTarget.delimited(type, bytes)
    }
  }

  /// The extensions of the messages, which decoders may know or not.
  static let extensions = EveryKind_Proto2_EveryKindProto2_Extensions

  private static func binary<M: Message>(_ type: M.Type, _ choice: UInt8, _ bytes: UnsafeRawBufferPointer) {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = choice & 1 == 1
    let extensions = choice & 2 == 2 ? extensions : nil
    guard let message = try? M(decoding: bytes, extensions: extensions, partial: true, options: options) else { return }
    checkBinary(message, extensions)
    _ = message.hashValue
    _ = try? message.serializedBytes() as [UInt8]
    // Unknown fields of the binary format have no place in JSON; what else there is must survive.
    if let text = try? message.jsonUTF8Bytes() as [UInt8] {
      precondition((try? M(jsonUTF8Bytes: text, extensions: extensions)) != nil, "our own JSON is refused")
    }
  }

  private static func json<M: Message>(_ type: M.Type, _ choice: UInt8, _ bytes: UnsafeRawBufferPointer) {
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = choice & 1 == 1
    guard let message = try? M(jsonUTF8Bytes: Array(bytes), extensions: extensions, options: options) else { return }
    checkBinary(message, extensions)
    do {
      let text: [UInt8] = try message.jsonUTF8Bytes()
      let again = try M(jsonUTF8Bytes: text, extensions: extensions)
      precondition(isSame(again, message), "JSON changed the message")
    } catch {
      preconditionFailure("our own JSON is refused: \(error)")
    }
  }

  private static func text<M: Message>(_ type: M.Type, _ choice: UInt8, _ bytes: UnsafeRawBufferPointer) {
    var options = TextFormatDecodingOptions()
    options.ignoreUnknownFields = choice & 1 == 1
    options.ignoreUnknownExtensionFields = choice & 2 == 2
    let input = String(decoding: bytes, as: UTF8.self)
    guard let message = try? M(textFormatString: input, options: options, extensions: extensions) else { return }
    checkBinary(message, extensions)
    do {
      let again = try M(textFormatString: message.textFormatString(), extensions: extensions)
      precondition(isSame(again, message), "text format changed the message")
    } catch {
      preconditionFailure("our own text is refused: \(error)")
    }
  }

  private static func delimited<M: Message>(_ type: M.Type, _ bytes: UnsafeRawBufferPointer) {
    let buffer = Array(bytes)
    var position = 0
    var messages: [M] = []
    var failed = false
    do {
      while let message = try BinaryDelimited.parse(messageType: M.self, from: buffer, at: &position, partial: true) {
        messages.append(message)
      }
    } catch {
      failed = true
    }
    let stream = SlowStream(bytes: buffer)
    for message in messages {
      let read = try? BinaryDelimited.parse(messageType: M.self, from: stream, partial: true)
      precondition(read.map { isSame($0, message) } ?? false, "a stream gave another message than memory")
    }
    let rest = try? BinaryDelimited.parse(messageType: M.self, from: stream, partial: true)
    precondition(rest == nil || !failed && position < buffer.count, "a stream gave more messages than memory")
  }

  /// Encodes and decodes a message, which must then be the same.
  private static func checkBinary<M: Message>(_ message: M, _ extensions: (any ExtensionMap)?) {
    do {
      let bytes: [UInt8] = try message.serializedBytes(partial: true)
      let again = try M(serializedBytes: bytes, extensions: extensions, partial: true)
      precondition(isSame(again, message), "the binary format changed the message")
    } catch {
      preconditionFailure("our own encoding is refused: \(error)")
    }
  }

  /// True when two messages are equal, where NaN counts as equal to itself.
  private static func isSame<M: Message>(_ left: M, _ right: M) -> Bool {
    if left == right { return true }
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    let bytes: [UInt8]? = try? left.serializedBytes(partial: true, options: options)
    return bytes == (try? right.serializedBytes(partial: true, options: options))
  }
}
