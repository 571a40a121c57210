/// The text form of a field mask in JSON: its paths in lower camel case with commas between, such as
/// `user.displayName,photo`.
///
/// Only names that can be told from that form again are accepted, in both directions. Spec: ProtoJSON format,
/// `FieldMask`.
enum FieldMaskText {
  /// What ``write(_:to:)`` needs at most for these paths.
  static func maximumByteCount(of paths: [String]) -> Int {
    paths.reduce(paths.count) { $0 + $1.utf8.count }
  }

  /// Writes paths and returns the end of what it wrote; `nil` when a path would not be read back as it was.
  static func write(_ paths: [String], to start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    var p = start
    for path in paths {
      if path.isEmpty { return nil }
      if p > start {
        p.storeBytes(of: UInt8(ascii: ","), as: UInt8.self)
        p += 1
      }
      var startsWord = false
      for byte in path.utf8 {
        switch byte {
        case UInt8(ascii: "_") where !startsWord: startsWord = true
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
          p.storeBytes(of: startsWord ? byte - 0x20 : byte, as: UInt8.self)
          p += 1
          startsWord = false
        case _ where isUncased(byte) && !startsWord:
          p.storeBytes(of: byte, as: UInt8.self)
          p += 1
        default: return nil
        }
      }
      if startsWord { return nil }
    }
    return p
  }

  /// The paths that a text stands for, none when it is empty; `nil` when it breaks a rule.
  static func parse(_ utf8: UnsafeRawBufferPointer) -> [String]? {
    if utf8.isEmpty { return [] }
    var paths: [String] = []
    var start = 0
    while true {
      let end = utf8[start...].firstIndex(of: UInt8(ascii: ",")) ?? utf8.count
      guard let path = parsePath(UnsafeRawBufferPointer(rebasing: utf8[start..<end])) else { return nil }
      paths.append(path)
      if end == utf8.count { return paths }
      start = end + 1
    }
  }

  /// A path in lower camel case, as it is in the `.proto` file.
  static func parsePath(_ utf8: UnsafeRawBufferPointer) -> String? {
    if utf8.isEmpty { return nil }
    var capitals = 0
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): capitals += 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"): break
      default: if !isUncased(byte) { return nil }
      }
    }
    return String(unsafeUninitializedCapacity: utf8.count + capitals) { buffer in
      var count = 0
      for byte in utf8 {
        let isCapital = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        if isCapital {
          buffer.initializeElement(at: count, to: UInt8(ascii: "_"))
          count += 1
        }
        buffer.initializeElement(at: count, to: isCapital ? byte + 0x20 : byte)
        count += 1
      }
      return count
    }
  }

  /// Bytes other than letters that a path may have: digits, the point, and the brackets of extensions' names.
  private static func isUncased(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): true
    default: false
    }
  }
}
