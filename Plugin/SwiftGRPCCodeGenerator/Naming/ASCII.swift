extension Unicode.Scalar {
  var isASCIIUppercase: Bool { ("A"..."Z").contains(self) }
  var isASCIILowercase: Bool { ("a"..."z").contains(self) }
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }

  /// The upper-case form of an ASCII letter; anything else as it is.
  var asciiUppercased: Unicode.Scalar { isASCIILowercase ? Unicode.Scalar(UInt8(value) - 32) : self }
  /// The lower-case form of an ASCII letter; anything else as it is.
  var asciiLowercased: Unicode.Scalar { isASCIIUppercase ? Unicode.Scalar(UInt8(value) + 32) : self }
}

extension String {
  init(scalars: some Sequence<Unicode.Scalar>) {
    self.init()
    unicodeScalars.append(contentsOf: scalars)
  }

  var asciiLowercased: String { String(scalars: unicodeScalars.lazy.map(\.asciiLowercased)) }
  var asciiUppercased: String { String(scalars: unicodeScalars.lazy.map(\.asciiUppercased)) }

  /// The string with its first letter in upper case.
  var asciiCapitalized: String {
    guard let first = unicodeScalars.first else { return self }
    return String(Character(first.asciiUppercased)) + String(unicodeScalars.dropFirst())
  }

  var isAllUnderscores: Bool { !isEmpty && unicodeScalars.allSatisfy { $0 == "_" } }
}
