import Testing

@testable import SwiftGRPC

/// Messages through zlib: what comes out, what is refused, and how much memory that may take.
@Suite struct CompressionTests {
  /// Bytes as an algorithm compresses them, however short they are.
  static func compressed(_ bytes: [UInt8], _ algorithm: CompressionAlgorithm) -> [UInt8] {
    let deflater = Deflater(isGzip: algorithm == .gzip)
    return bytes.withUnsafeBytes { deflater?.compress($0, limit: $0.count + 1000) { Array($0) } } ?? []
  }

  /// Compressed bytes as they were.
  static func decompressed(
    _ bytes: [UInt8], _ algorithm: CompressionAlgorithm, maxByteCount: Int = 4 << 20
  ) throws -> [UInt8] {
    var output = DecompressedBytes()
    let inflater = try #require(Inflater(isGzip: algorithm == .gzip))
    try bytes.withUnsafeBytes { try inflater.decompress($0, maxByteCount: maxByteCount, into: &output) }
    return Array(output.bytes)
  }

  static let algorithms = [CompressionAlgorithm.gzip, .deflate]

  /// Text-like bytes.
  static func text(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(97 + $0 * $0 % 26) } }

  @Test(arguments: algorithms, [0, 1, 20, 21, 255, 4096, 100_000, 1_000_000])
  func messageComesBackAsItWas(algorithm: CompressionAlgorithm, count: Int) throws {
    let bytes = Self.text(count)
    #expect(try Self.decompressed(Self.compressed(bytes, algorithm), algorithm) == bytes)
  }

  @Test func formatsAreThoseOfTheSpecifications() {
    // RFC 1952, section 2.3.1: the first three bytes of a gzip member; RFC 1950, section 2.2: CMF, and a header divisible by 31.
    #expect(Self.compressed([1], .gzip).prefix(3) == [0x1F, 0x8B, 8])
    let header = Self.compressed([1], .deflate).prefix(2)
    #expect(header.first == 0x78)
    #expect(header.reduce(0) { $0 << 8 | Int($1) } % 31 == 0)
  }

  @Test(arguments: algorithms) func oneStateServesOneMessageAfterAnother(algorithm: CompressionAlgorithm) throws {
    let states = CompressionStates()
    let compression = MessageCompression(algorithm: algorithm, states: states)
    var output = DecompressedBytes()
    for count in [1000, 200_000, 50, 1000] {
      let original = Self.text(count)
      var bytes = original
      let compressedCount = bytes.withUnsafeMutableBytes { compression.compress(inPlace: $0) }
      let compressed = bytes.prefix(try #require(compressedCount))
      try Array(compressed).withUnsafeBytes { try compression.decompress($0, maxByteCount: count, into: &output) }
      #expect(Array(output.bytes) == original)
    }
    #expect(states.idleCount == 2)
  }

  @Test(arguments: algorithms) func messageThatWouldGrowStaysAsItIs(algorithm: CompressionAlgorithm) {
    let compression = MessageCompression(algorithm: algorithm, states: CompressionStates())
    var generator = SystemRandomNumberGenerator()
    for count in [0, 1, 20, 21, 1000] {
      let original = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var bytes = original
      #expect(bytes.withUnsafeMutableBytes { compression.compress(inPlace: $0) } == nil)
      #expect(bytes == original)
    }
  }

  @Test(arguments: algorithms) func afterMessageThatWouldGrowTheNextIsCompressedAgain(algorithm: CompressionAlgorithm)
    throws
  {
    let compression = MessageCompression(algorithm: algorithm, states: CompressionStates())
    var noise = (0..<1000).map { _ in UInt8.random(in: 0...255) }
    #expect(noise.withUnsafeMutableBytes { compression.compress(inPlace: $0) } == nil)
    var zeroes = [UInt8](repeating: 0, count: 1000)
    let count = try #require(zeroes.withUnsafeMutableBytes { compression.compress(inPlace: $0) })
    #expect(try Self.decompressed(Array(zeroes.prefix(count)), algorithm) == [UInt8](repeating: 0, count: 1000))
  }

  // MARK: Limits

  @Test(arguments: algorithms) func limitHoldsForTheDecompressedSize(algorithm: CompressionAlgorithm) throws {
    let bytes = Self.text(10_000)
    let compressed = Self.compressed(bytes, algorithm)
    #expect(try Self.decompressed(compressed, algorithm, maxByteCount: 10_000) == bytes)
    #expect(
      throws: RPCError(
        code: .resourceExhausted, message: "compressed message exceeds the limit of 9999 bytes when decompressed")
    ) {
      try Self.decompressed(compressed, algorithm, maxByteCount: 9_999)
    }
  }

  @Test(arguments: algorithms) func limitOfZeroTakesEmptyMessages(algorithm: CompressionAlgorithm) throws {
    #expect(try Self.decompressed(Self.compressed([], algorithm), algorithm, maxByteCount: 0) == [])
    #expect(throws: RPCError.self) {
      try Self.decompressed(Self.compressed([1], algorithm), algorithm, maxByteCount: 0)
    }
  }

  @Test(arguments: algorithms) func bombCostsNoMoreMemoryThanTheLimit(algorithm: CompressionAlgorithm) throws {
    let bomb = Self.compressed([UInt8](repeating: 0, count: 32 << 20), algorithm)
    #expect(bomb.count < 64 << 10)
    var output = DecompressedBytes()
    let inflater = try #require(Inflater(isGzip: algorithm == .gzip))
    let error = bomb.withUnsafeBytes { bytes -> RPCError? in
      do throws(RPCError) {
        try inflater.decompress(bytes, maxByteCount: 1 << 20, into: &output)
        return nil
      } catch {
        return error
      }
    }
    #expect(error?.code == .resourceExhausted)
    #expect(output.capacity == 1 << 20 | 1)
  }

  @Test func memoryOfLargeMessageIsGivenBackWithTheNext() throws {
    let inflater = try #require(Inflater(isGzip: true))
    var output = DecompressedBytes()
    for (count, most) in [(1_000_000, 2_000_000), (10, 256)] {
      try Self.compressed(Self.text(count), .gzip).withUnsafeBytes {
        try inflater.decompress($0, maxByteCount: 4 << 20, into: &output)
      }
      #expect(output.count == count)
      #expect(output.capacity <= most)
    }
  }

  // MARK: Bytes that are no compressed message

  @Test(arguments: algorithms) func truncatedMessageIsRefusedWhereverItEnds(algorithm: CompressionAlgorithm) {
    let compressed = Self.compressed(Self.text(100), algorithm)
    for count in 0..<compressed.count {
      #expect(
        throws: RPCError(code: .internalError, message: "compressed message cannot be decompressed: its end is missing")
      ) {
        try Self.decompressed(Array(compressed.prefix(count)), algorithm)
      }
    }
  }

  @Test(arguments: algorithms) func bytesBehindTheEndAreRefused(algorithm: CompressionAlgorithm) {
    #expect(
      throws: RPCError(
        code: .internalError, message: "compressed message cannot be decompressed: 2 bytes follow its end")
    ) {
      try Self.decompressed(Self.compressed(Self.text(100), algorithm) + [7, 8], algorithm)
    }
  }

  @Test(arguments: algorithms) func damageIsFound(algorithm: CompressionAlgorithm) {
    var compressed = Self.compressed(Self.text(1000), algorithm)
    // The check sum at the end covers every byte of the message.
    compressed[compressed.count - 6 + (algorithm == .gzip ? 0 : 3)] ^= 0x10
    let error = #expect(throws: RPCError.self) { try Self.decompressed(compressed, algorithm) }
    #expect(error?.code == .internalError)
  }

  @Test func otherFormatIsRefused() {
    #expect(
      throws: RPCError(
        code: .internalError, message: "compressed message cannot be decompressed: incorrect header check")
    ) {
      try Self.decompressed(Self.compressed([1], .deflate), .gzip)
    }
  }

  @Test func messageThatNeedsDictionaryIsRefused() {
    // RFC 1950: CMF 0x78, FLG with FDICT set and a valid check, then the dictionary's id.
    #expect(
      throws: RPCError(
        code: .internalError, message: "compressed message cannot be decompressed: it needs a dictionary")
    ) {
      try Self.decompressed([0x78, 0x20, 0, 0, 0, 1], .deflate)
    }
  }

  @Test(arguments: algorithms) func stateServesAgainAfterRefusal(algorithm: CompressionAlgorithm) throws {
    let compression = MessageCompression(algorithm: algorithm, states: CompressionStates())
    var output = DecompressedBytes()
    #expect(throws: RPCError.self) {
      try [1, 2, 3].withUnsafeBytes { try compression.decompress($0, maxByteCount: 100, into: &output) }
    }
    try Self.compressed([5, 6], algorithm).withUnsafeBytes {
      try compression.decompress($0, maxByteCount: 100, into: &output)
    }
    #expect(Array(output.bytes) == [5, 6])
  }

  // MARK: Values

  @Test func setAlwaysContainsNone() {
    let none = CompressionAlgorithm.none
    #expect(CompressionAlgorithmSet.none.contains(none))
    #expect(CompressionAlgorithmSet.gzip.contains(CompressionAlgorithm.gzip))
    #expect(!CompressionAlgorithmSet.gzip.contains(CompressionAlgorithm.deflate))
    #expect(CompressionAlgorithmSet.all.elements == [.gzip, .deflate])
    #expect("\(CompressionAlgorithmSet.all)" == "identity, gzip, deflate")
  }

  @Test func acceptListIsReadWithBlanksAndUnknownNames() {
    func algorithms(_ text: String) -> CompressionAlgorithmSet {
      Array(text.utf8).withUnsafeBytes { EncodingNames.algorithms($0) }
    }
    #expect(algorithms("identity, deflate,\tgzip") == .all)
    #expect(algorithms("zstd,gzip,,br") == .gzip)
    #expect(algorithms("") == .none)
    #expect(algorithms("GZIP") == .none)
  }
}
