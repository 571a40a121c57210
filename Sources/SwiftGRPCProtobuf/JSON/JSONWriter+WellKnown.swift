#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The messages that have a form of their own. Spec: ProtoJSON format.
extension JSONWriter {
  /// Writes a message whose form is not that of ordinary messages.
  mutating func wellKnown(_ table: MessageTable, _ textual: TextualTable, at message: UnsafeRawPointer) throws {
    let field = textual.fields
    let address = message + field.pointee.offset
    switch textual.form {
    case .message: break  // written by the caller
    case .wrapper: try value(field, at: address)
    case .structure: try entries(field.pointee.map.unsafelyUnwrapped, at: address)
    case .list: try list(field, at: address)
    case .value: try anyValue(textual, at: address)
    case .any: try any(url: address, value: message + field[1].offset)
    case .timestamp, .duration: try time(textual, at: message)
    case .fieldMask:
      let paths = address.assumingMemoryBound(to: [String].self).pointee
      try quoted(FieldMaskText.maximumByteCount(of: paths), or: .fieldMaskConversion) {
        FieldMaskText.write(paths, to: $0)
      }
    }
  }

  private mutating func time(_ textual: TextualTable, at message: UnsafeRawPointer) throws {
    let seconds = (message + textual.fields[0].offset).assumingMemoryBound(to: Int64.self).pointee
    let nanos = (message + textual.fields[1].offset).assumingMemoryBound(to: Int32.self).pointee
    if textual.form == .timestamp {
      try quoted(TimestampText.maximumByteCount, or: .timestampRange) {
        TimestampText.write(Google_Protobuf_Timestamp(seconds: seconds, nanos: nanos), to: $0)
      }
    } else {
      try quoted(DurationText.maximumByteCount, or: .durationRange) {
        DurationText.write(Google_Protobuf_Duration(seconds: seconds, nanos: nanos), to: $0)
      }
    }
  }

  /// Writes, in quotes, what `write` writes: at most so many bytes, none of which has to be escaped.
  private mutating func quoted(
    _ maximumByteCount: Int, or error: JSONEncodingError,
    _ write: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer?
  ) throws {
    out.reserve(maximumByteCount + 2)
    out.append(UInt8(ascii: "\""))
    guard let end = write(out.next) else { throw error }
    out.next += end - UnsafeMutableRawPointer(out.next)
    out.append(UInt8(ascii: "\""))
  }

  /// Writes a `google.protobuf.Value`, whose oneof lies at an address.
  private mutating func anyValue(_ textual: TextualTable, at address: UnsafeRawPointer) throws {
    let fields = textual.fields
    var failure: (any Error)?
    let result: Void? = fields.pointee.oneof?.pointee.withValue(at: address) { number, value in
      let field = fields + Int(number - 1)
      if field.pointee.value == .double, !value.assumingMemoryBound(to: Double.self).pointee.isFinite {
        failure = JSONEncodingError.valueNumberNotFinite
      } else {
        do { try self.value(field, at: value) } catch { failure = error }
      }
    }
    if let failure { throw failure }
    if result == nil { throw JSONEncodingError.missingValue }
  }

  // MARK: - Any

  private mutating func any(url: UnsafeRawPointer, value: UnsafeRawPointer) throws {
    let url = url.assumingMemoryBound(to: String.self).pointee
    let bytes = value.assumingMemoryBound(to: Data.self).pointee
    let start = out.count
    if !url.isEmpty {
      guard let name = Google_Protobuf_Any.messageName(inTypeURL: url) else {
        throw SwiftProtobufError.JSONEncoding.invalidAnyTypeURL(type_url: url)
      }
      key("@type")
      string(url)
      if let type = Google_Protobuf_Any.packedType(named: name, in: schema) {
        try packed(type, bytes)
      } else if !bytes.isEmpty {
        throw JSONEncodingError.anyTranscodeFailure
      }
    } else if !bytes.isEmpty {
      throw SwiftProtobufError.JSONEncoding.emptyAnyTypeURL()
    }
    end(start, "{", "}")
  }

  /// Writes the members of a packed message, or the member `value` when it has a form of its own.
  private mutating func packed(_ type: any PackedType, _ bytes: Data) throws {
    let table = type.table
    let textual = table.textual
    var failure: (any Error)?
    do {
      try type.unpack(bytes) { fields in
        do {
          if textual.form == .message {
            try members(table, textual, at: fields)
          } else {
            key("value")
            try message(table, at: fields)
          }
        } catch {
          failure = error
        }
      }
    } catch {
      throw JSONEncodingError.anyTranscodeFailure
    }
    if let failure { throw failure }
  }
}
