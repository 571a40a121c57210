import Foundation
import Testing

@testable import SwiftGRPCProtobuf

/// Floating-point numbers and their decimals, held against the standard library's.
///
/// `NUMBER_CASES` sets how many random ones (3,000 when it is not set), `FUZZ_SEED` which.
struct NumberTextTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let cases = environment["NUMBER_CASES"].flatMap { Int($0) } ?? 3_000
  private static let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  private func text(_ value: Double) -> String {
    var buffer = UTF8Buffer()
    buffer.append(value)
    return buffer.string
  }

  private func text(_ value: Float) -> String {
    var buffer = UTF8Buffer()
    buffer.append(value)
    return buffer.string
  }

  @Test func doublesAreWrittenAsTheirDescription() {
    var random = RandomMutations(seed: Self.seed)
    var values = (0..<Self.cases).map { _ in Double(bitPattern: random.next()) }
    values += (0..<Self.cases).map { _ in Double(Int64(truncatingIfNeeded: random.next() >> 30)) / 1000 }
    for exponent in 0..<2047 as Range<UInt64> {
      for fraction in [0, 1, 1 << 52 - 1] as [UInt64] { values.append(Double(bitPattern: exponent << 52 | fraction)) }
    }
    values += [
      1e15, 1e16, 9_007_199_254_740_992, 9_007_199_254_740_994, 1e-4, 9.999e-5, 1e22, 1e23, -0.5, -0.0, 5e-324,
    ]
    for value in values where value.isFinite && text(value) != value.description {
      Issue.record("\(value) was written as \(text(value))")
    }
  }

  @Test func floatsAreWrittenAsTheirDescription() {
    var random = RandomMutations(seed: Self.seed)
    var values = (0..<Self.cases).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
    for exponent in 0..<255 as Range<UInt32> {
      for fraction in [0, 1, 1 << 23 - 1] as [UInt32] { values.append(Float(bitPattern: exponent << 23 | fraction)) }
    }
    values += [16_777_216, 16_777_218, 1e7, 1e8, 1e-4, 9.999e-5, -0.1, -0.0]
    for value in values where value.isFinite && text(value) != value.description {
      Issue.record("\(value) was written as \(text(value))")
    }
  }

  @Test func decimalsAreRoundedAsTheStandardLibraryDoes() {
    var random = RandomMutations(seed: Self.seed)
    for place in 0..<Self.cases {
      let mantissa = random.next() >> UInt64(place % 64)
      let exponent = Int.random(in: -345...312, using: &random)
      if let value = DecimalRounding.nearest(mantissa, exponent: exponent, as: Double.self) {
        #expect(value == Double("\(mantissa)e\(exponent)"))
      }
      if let value = DecimalRounding.nearest(mantissa, exponent: exponent / 8, as: Float.self) {
        #expect(value == Float("\(mantissa)e\(exponent / 8)"))
      }
    }
  }

  @Test(arguments: [
    ("9007199254740993", 9_007_199_254_740_992), ("9007199254740995", 9_007_199_254_740_996),
    ("90071992547409930e-1", 9_007_199_254_740_992), ("9007199254740993.0000001", 9_007_199_254_740_994),
    ("1.7976931348623157e308", .greatestFiniteMagnitude), ("2.2250738585072014e-308", .leastNormalMagnitude),
    ("4.9e-324", .leastNonzeroMagnitude), ("123456.7", 123_456.7), ("1234567.", 1_234_567), ("0.000001", 1e-6),
    ("12345678.9", 12_345_678.9), ("1.5e3", 1500), ("7.5", 7.5),
  ])
  func halvesAndExtremesAreRoundedRight(literal: String, value: Double) throws {
    var bytes = Array(literal.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 9)
    bytes.withUnsafeMutableBufferPointer { bytes in
      var p = UnsafePointer(bytes.baseAddress.unsafelyUnwrapped)
      let start = p
      #expect(DecimalLiteral(&p, start + bytes.count)?.value == value)
      #expect(p - start == literal.utf8.count)
      // Also where the text ends with the number.
      p = start
      #expect(DecimalLiteral(&p, start + literal.utf8.count)?.value == value)
    }
  }
}
