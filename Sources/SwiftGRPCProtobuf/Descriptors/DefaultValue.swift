extension ProtoDescriptor {
  /// A default that a `.proto` file states for a field.
  public enum DefaultValue: Hashable, Sendable {
    /// Of a `bool`.
    case bool(Bool)
    /// Of a signed integer type.
    case signed(Int64)
    /// Of an unsigned integer type.
    case unsigned(UInt64)
    /// Of a `float`.
    case float(Float)
    /// Of a `double`.
    case double(Double)
    /// Of a `string`.
    case string(String)
    /// Of `bytes`.
    case bytes([UInt8])
    /// Of an enum.
    case enumValue(EnumValue)

    /// Parses `text`, which has the form that `descriptor.proto` describes for `default_value`; not for enums.
    ///
    /// - Returns: `nil` when the text does not fit the type.
    init?(_ text: String, type: FieldType) {
      func wrap<Value>(_ value: Value?, _ make: (Value) -> DefaultValue) -> DefaultValue? { value.map(make) }
      let parsed: DefaultValue? =
        switch type {
        case .bool: wrap(Bool(text), DefaultValue.bool)
        case .int32, .sint32, .sfixed32: wrap(Int32(text), { .signed(Int64($0)) })
        case .int64, .sint64, .sfixed64: wrap(Int64(text), DefaultValue.signed)
        case .uint32, .fixed32: wrap(UInt32(text), { .unsigned(UInt64($0)) })
        case .uint64, .fixed64: wrap(UInt64(text), DefaultValue.unsigned)
        case .float: wrap(Float(text), DefaultValue.float)
        case .double: wrap(Double(text), DefaultValue.double)
        case .string: .string(text)
        case .bytes: wrap(Self.unescape(text), DefaultValue.bytes)
        case .enum, .message, .group: nil
        }
      guard let parsed else { return nil }
      self = parsed
    }

    /// Undoes the C escapes in which protoc writes the default of a bytes field.
    private static func unescape(_ text: String) -> [UInt8]? {
      var result: [UInt8] = []
      var bytes = Array(text.utf8)[...]
      while let byte = bytes.popFirst() {
        guard byte == UInt8(ascii: "\\") else {
          result.append(byte)
          continue
        }
        guard let escaped = bytes.popFirst() else { return nil }
        switch escaped {
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(escaped)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
          let digits = [escaped] + bytes.prefix(2)
          guard digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) else {
            return nil
          }
          bytes = bytes.dropFirst(2)
          result.append(value)
        default: return nil
        }
      }
      return result
    }
  }
}
