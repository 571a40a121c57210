import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

private typealias Proto3 = EveryKind_Proto3_EveryKindProto3

/// Decoded strings of up to 15 ASCII characters are put together in another way than others.
struct ShortStringTests {
  /// Texts of every length and every ASCII character, at every place.
  static let ascii = (0...20).flatMap { length in
    (0..<128).map { first in (0..<length).map { UInt8((first + 17 * $0) % 128) } }
  }

  @Test func shortStringsAreThoseThatTheStandardLibraryMakes() throws {
    for bytes in Self.ascii {
      let expected = String(decoding: bytes, as: UTF8.self)
      let decoded = try Proto3(serializedBytes: [0x72, UInt8(bytes.count)] + bytes).singleString
      #expect(decoded == expected)
      #expect(decoded.hashValue == expected.hashValue)
      #expect(Array(decoded.utf8) == bytes)
      #expect(decoded.unicodeScalars.count == bytes.count)
      #expect(decoded + "!" == expected + "!")
      #expect(Array(decoded.reversed()) == Array(expected.reversed()))
      #expect(decoded.withContiguousText { $0 } == bytes)
    }
  }

  @Test func charactersBeyondASCIIAreAcceptedAtEveryPlaceAndHalvesOfThemAreRefused() throws {
    for length in 0...16 {
      for place in 0...length {
        var text = Array(repeating: UInt8(ascii: "x"), count: length)
        text.insert(contentsOf: "é".utf8, at: place)
        let decoded = try Proto3(serializedBytes: [0x72, UInt8(text.count)] + text).singleString
        #expect(decoded == String(decoding: text, as: UTF8.self))
        text.remove(at: place)
        #expect(throws: BinaryDecodingError.self) {
          try Proto3(serializedBytes: [0x72, UInt8(text.count)] + text)
        }
      }
    }
  }

  @Test func shortKeysAreFoundWhereverTheyCameFrom() throws {
    let message = Proto3.with { for number in 0..<200 { $0.byString["key \(number)"] = Int32(number) } }
    let decoded = try Proto3(serializedBytes: message.serializedBytes() as [UInt8])
    for number in 0..<200 { #expect(decoded.byString["key \(number)"] == Int32(number)) }
    #expect(decoded.byString == message.byString)
    #expect(try Proto3(jsonString: decoded.jsonString()) == decoded)
    #expect(try Proto3(textFormatString: decoded.textFormatString()) == decoded)
  }
}

extension String {
  fileprivate func withContiguousText<Result>(_ body: ([UInt8]) -> Result) -> Result {
    var text = self
    return text.withUTF8 { body(Array($0)) }
  }
}
