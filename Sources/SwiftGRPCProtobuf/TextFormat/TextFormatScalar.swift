#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A Swift type whose values are one literal of the text format.
protocol TextFormatScalar {
  /// True for the value that a field without presence has when it is not set.
  var isAbsent: Bool { get }

  /// Writes the literal.
  func write(to writer: inout TextFormatWriter)

  /// Reads a literal, and the space behind it.
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> Self

  /// Appends literals of a list that is open as long as they are the plainest ones, and stops where one starts that is
  /// none; true when the list ended.
  static func readPlainList(from reader: inout TextFormatReader, into values: inout [Self]) -> Bool
}

extension TextFormatScalar {
  static func readPlainList(from reader: inout TextFormatReader, into values: inout [Self]) -> Bool { false }
}

extension TextFormatScalar where Self: FixedWidthInteger {
  static func readPlainList(from reader: inout TextFormatReader, into values: inout [Self]) -> Bool {
    reader.plainIntegers(into: &values)
  }
}

extension Int32: TextFormatScalar {
  var isAbsent: Bool { self == 0 }
  func write(to writer: inout TextFormatWriter) { writer.buffer.append(Int64(self)) }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> Int32 {
    Int32(truncatingIfNeeded: try reader.signedInteger(upTo: UInt64(Int32.max)))
  }
}

extension Int64: TextFormatScalar {
  var isAbsent: Bool { self == 0 }
  func write(to writer: inout TextFormatWriter) { writer.buffer.append(self) }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> Int64 {
    try reader.signedInteger(upTo: UInt64(Int64.max))
  }
}

extension UInt32: TextFormatScalar {
  var isAbsent: Bool { self == 0 }
  func write(to writer: inout TextFormatWriter) { writer.buffer.append(UInt64(self)) }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> UInt32 {
    UInt32(truncatingIfNeeded: try reader.integer(upTo: UInt64(UInt32.max)))
  }
}

extension UInt64: TextFormatScalar {
  var isAbsent: Bool { self == 0 }
  func write(to writer: inout TextFormatWriter) { writer.buffer.append(self) }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> UInt64 {
    try reader.integer(upTo: .max)
  }
}

extension Float: TextFormatScalar {
  // Negative zero is a value: the binary format sends it as well.
  var isAbsent: Bool { bitPattern == 0 }
  func write(to writer: inout TextFormatWriter) {
    if isFinite { writer.buffer.append(self) } else { writer.writeNotFinite(isNaN: isNaN, sign) }
  }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> Float {
    Float(try reader.floatingPoint())
  }
}

extension Double: TextFormatScalar {
  var isAbsent: Bool { bitPattern == 0 }
  func write(to writer: inout TextFormatWriter) {
    if isFinite { writer.buffer.append(self) } else { writer.writeNotFinite(isNaN: isNaN, sign) }
  }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> Double {
    try reader.floatingPoint()
  }
}

extension Bool: TextFormatScalar {
  var isAbsent: Bool { !self }
  func write(to writer: inout TextFormatWriter) { writer.buffer.append(self ? "true" : "false") }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> Bool { try reader.boolean() }
}

extension String: TextFormatScalar {
  var isAbsent: Bool { isEmpty }
  func write(to writer: inout TextFormatWriter) { writer.writeQuoted(self) }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> String { try reader.string() }
}

extension Data: TextFormatScalar {
  var isAbsent: Bool { isEmpty }
  func write(to writer: inout TextFormatWriter) { withUnsafeBytes { writer.writeQuoted($0, ascii: true) } }
  static func read(from reader: inout TextFormatReader) throws(TextFormatFault) -> Data { try reader.bytes() }
}
