import Testing

@testable import SwiftGRPC

@Suite struct PercentEncodingTests {
  @Test(arguments: [
    ("", ""), ("plain text ~", "plain text ~"), ("100%", "100%25"), ("a\tb", "a%09b"), ("\u{7F}", "%7F"),
    (
      "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n",
      "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A"
    ),
  ]) func textGoesThereAndBack_W7(text: String, encoded: String) {
    #expect(PercentEncoding.encode(text) == encoded)
    #expect(decode(encoded) == text)
  }

  @Test(arguments: [
    ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("100%", "100%"), ("%41%", "A%"), ("%e2%98%ba", "☺"),
    ("%FF", "\u{FFFD}"), ("%%41", "%A"), ("%0", "%0"),
  ]) func decodingNeverFails_W7(encoded: String, text: String) {
    #expect(decode(encoded) == text)
  }

  @Test func onlyPrintableASCIIIsLeftAsItIs_W7() {
    for byte in UInt8(0)...0x7F {
      let encoded = PercentEncoding.encode(String(UnicodeScalar(byte)))
      let isPlain = (0x20...0x24).contains(byte) || (0x26...0x7E).contains(byte)
      #expect((encoded.utf8.count == 1) == isPlain)
    }
  }

  private func decode(_ text: String) -> String {
    Array(text.utf8).withUnsafeBytes { PercentEncoding.decode($0) }
  }
}
