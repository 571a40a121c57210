import Testing

@testable import SwiftGRPC

@Suite struct Base64Tests {
  /// RFC 4648, section 10.
  static let vectors: [(text: String, padded: String)] = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]

  @Test(arguments: vectors) func isWrittenWithoutPaddingAndReadWithOrWithout_W9(text: String, padded: String) {
    let unpadded = padded.replacing("=", with: "")
    #expect(Base64.encode(Array(text.utf8)) == unpadded)
    #expect(Base64.decode(padded) == Array(text.utf8))
    #expect(Base64.decode(unpadded) == Array(text.utf8))
  }

  @Test func everyByteComesBack() {
    for count in 0..<260 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
  }

  @Test(arguments: ["A", "AAAAA", "A=", "A===", "====", "AA=A", "AA*=", "-_-_", "A A=", "Zg==" + "Zg=="])
  func otherTextIsRefused(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
