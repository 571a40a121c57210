import SwiftGRPCHTTP2

/// The header list that ends a response, and with it the call.
///
/// Spec: gRPC over HTTP/2, "Responses" (Trailers, Trailers-Only).
enum Trailers {
  // MARK: Writing (server)

  /// Writes the list that comes after the messages.
  ///
  /// - Throws: `internalError` if the metadata cannot be sent; nothing of it has been written then, but the status has.
  static func write(_ status: Status, metadata: Metadata, to fields: inout HeaderFields) throws(RPCError) {
    addStatus(status, to: &fields)
    try fields.add(metadata)
  }

  /// Writes the one list of a response without messages. `accepted` is what requests may be compressed with, if the client
  /// is to be told.
  ///
  /// - Throws: `internalError` if the metadata cannot be sent.
  static func writeTrailersOnly(
    _ status: Status, accepted: CompressionAlgorithmSet? = nil, metadata: Metadata, to fields: inout HeaderFields
  ) throws(RPCError) {
    fields.add(":status", "200")
    fields.add("content-type", RequestHeaders.contentType)
    if let accepted { fields.add("grpc-accept-encoding", EncodingNames.list(accepted)) }
    addStatus(status, to: &fields)
    try fields.add(metadata)
  }

  private static func addStatus(_ status: Status, to fields: inout HeaderFields) {
    fields.add("grpc-status", text(of: status.code))
    guard !status.message.isEmpty else { return }
    var message = status.message
    message.withUTF8 { utf8 in
      let utf8 = UnsafeRawBufferPointer(utf8)
      fields.add("grpc-message", byteCount: PercentEncoding.encodedCount(utf8)) {
        PercentEncoding.encode(utf8, into: $0)
      }
    }
  }

  /// The code as decimal number without leading zeros.
  private static func text(of code: Status.Code) -> StaticString {
    switch code.rawValue {
    case 0: "0"
    case 1: "1"
    case 2: "2"
    case 3: "3"
    case 4: "4"
    case 5: "5"
    case 6: "6"
    case 7: "7"
    case 8: "8"
    case 9: "9"
    case 10: "10"
    case 11: "11"
    case 12: "12"
    case 13: "13"
    case 14: "14"
    case 15: "15"
    default: "16"
    }
  }

  // MARK: Reading (client)

  /// The status in a header list, or `nil` if there is no `grpc-status`.
  ///
  /// A `grpc-status` that is no code becomes `unknown`, with its text in the message.
  /// Spec: `statuscodes.md`, "unparsable status".
  static func status(in block: HeaderBlock) -> Status? {
    let code = block.withFirst(named: "grpc-status") { value -> (Status.Code, unreadable: String?) in
      if let code = Self.code(value) { return (code, nil) }
      return (.unknown, String(decoding: value.prefix(64), as: UTF8.self))
    }
    guard let (code, unreadable) = code else { return nil }
    if code == .ok { return .ok }
    let message = block.withFirst(named: "grpc-message") { PercentEncoding.decode($0) } ?? ""
    guard let unreadable else { return Status(code: code, message: message) }
    return Status(
      code: code,
      message: "grpc-status \"\(unreadable)\" is not a status code" + (message.isEmpty ? "" : ": \(message)")
    )
  }

  private static func code(_ value: UnsafeRawBufferPointer) -> Status.Code? {
    guard (1...2).contains(value.count) else { return nil }
    var number = 0
    for byte in value {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return Status.Code(rawValue: number)
  }
}
