#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A type of messages that an `Any` may hold, generated or known at run time, as JSON and text format need it.
protocol PackedType: Sendable {
  /// The description of the messages' fields.
  var table: MessageTable { get }

  /// Decodes a message, whose required fields need not be set, and gives `body` its fields.
  func unpack(_ bytes: Data, _ body: (_ fields: UnsafeRawPointer) -> Void) throws

  /// Encodes a new message, whose fields `fill` sets.
  func pack(_ fill: (_ fields: UnsafeMutableRawPointer) -> Void) throws -> Data
}

/// A generated message type.
struct GeneratedPackedType<M: Message>: PackedType {
  var table: MessageTable { M._table }

  func unpack(_ bytes: Data, _ body: (_ fields: UnsafeRawPointer) -> Void) throws {
    let message = try M(serializedBytes: bytes, partial: true)
    withUnsafePointer(to: message) { message in M._withFields(of: message) { body($0) } }
  }

  func pack(_ fill: (_ fields: UnsafeMutableRawPointer) -> Void) throws -> Data {
    var message = M()
    message._withMutableFields { fill($0) }
    return try message.serializedBytes(partial: true)
  }
}

extension DynamicMessageType: PackedType {
  var table: MessageTable { type.layout.table }

  func unpack(_ bytes: Data, _ body: (_ fields: UnsafeRawPointer) -> Void) throws {
    try DynamicMessage(serializedBytes: bytes, type: self, partial: true).withFields(body)
  }

  func pack(_ fill: (_ fields: UnsafeMutableRawPointer) -> Void) throws -> Data {
    var message = DynamicMessage(self)
    message.withMutableFields(fill)
    return try message.serializedBytes(partial: true)
  }
}

extension Google_Protobuf_Any {
  /// The type with this full name: of the schema if it has one, else the one that was registered.
  static func packedType(named name: String, in schema: DynamicSchema?) -> (any PackedType)? {
    func generated<M: Message>(_ type: M.Type) -> any PackedType { GeneratedPackedType<M>() }
    if let type = schema?.messageType(named: name) { return type }
    return messageType(forMessageName: name).map { generated($0) }
  }

  /// The type whose name stands behind the last slash of a type URL; otherwise as ``packedType(named:in:)``.
  static func packedType(forTypeURL url: String, in schema: DynamicSchema?) -> (any PackedType)? {
    messageName(inTypeURL: url).flatMap { packedType(named: $0, in: schema) }
  }
}
