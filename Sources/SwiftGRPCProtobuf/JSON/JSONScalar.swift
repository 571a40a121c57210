#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A number, string or bytes as the JSON coders treat it.
protocol JSONScalar {
  /// The default of a field that states none.
  init()

  /// True for the value that a field without presence does not write.
  var isDefault: Bool { get }

  /// Writes the value.
  func write(to writer: inout JSONWriter)

  /// Reads a value.
  static func read(from reader: inout JSONReader) throws(JSONFault) -> Self
}

extension Int32: JSONScalar {
  var isDefault: Bool { self == 0 }
  func write(to writer: inout JSONWriter) { writer.out.append(Int64(self)) }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> Int32 { try reader.integer() }
}

extension UInt32: JSONScalar {
  var isDefault: Bool { self == 0 }
  func write(to writer: inout JSONWriter) { writer.out.append(UInt64(self)) }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> UInt32 { try reader.integer() }
}

extension Int64: JSONScalar {
  var isDefault: Bool { self == 0 }
  func write(to writer: inout JSONWriter) {
    if writer.options.alwaysPrintInt64sAsNumbers { return writer.out.append(self) }
    writer.out.appendQuoted(magnitude, isNegative: self < 0)
  }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> Int64 { try reader.integer() }
}

extension UInt64: JSONScalar {
  var isDefault: Bool { self == 0 }
  func write(to writer: inout JSONWriter) {
    if writer.options.alwaysPrintInt64sAsNumbers { return writer.out.append(self) }
    writer.out.appendQuoted(self, isNegative: false)
  }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> UInt64 { try reader.integer() }
}

extension Float: JSONScalar {
  var isDefault: Bool { bitPattern == 0 }  // -0.0 is not the default
  func write(to writer: inout JSONWriter) {
    if isFinite { writer.out.append(self) } else { writer.notFinite(isNaN: isNaN, isNegative: self < 0) }
  }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> Float { try reader.float() }
}

extension Double: JSONScalar {
  var isDefault: Bool { bitPattern == 0 }  // -0.0 is not the default
  func write(to writer: inout JSONWriter) {
    if isFinite { writer.out.append(self) } else { writer.notFinite(isNaN: isNaN, isNegative: self < 0) }
  }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> Double { try reader.float() }
}

extension Bool: JSONScalar {
  var isDefault: Bool { !self }
  func write(to writer: inout JSONWriter) {
    if self { writer.out.append("true") } else { writer.out.append("false") }
  }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> Bool { try reader.bool() }
}

extension String: JSONScalar {
  var isDefault: Bool { isEmpty }
  func write(to writer: inout JSONWriter) { writer.string(self) }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> String { try reader.string() }
}

extension Data: JSONScalar {
  var isDefault: Bool { isEmpty }
  func write(to writer: inout JSONWriter) { withUnsafeBytes { writer.base64($0) } }
  static func read(from reader: inout JSONReader) throws(JSONFault) -> Data { try reader.bytes() }
}
