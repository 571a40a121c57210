import Foundation
import GoldenCode
import SwiftGRPCProtobuf
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Damaged messages must neither crash nor hang the decoder, and what it accepts must survive a round trip.
///
/// `FUZZ_CASES` sets how many (3,000 for each type when it is not set), `FUZZ_SEED` which. Run it with
/// `swift test --sanitize=address --filter DecoderFuzzTests` as well.
struct DecoderFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let cases = environment["FUZZ_CASES"].flatMap { Int($0) } ?? 3000
  private static let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  @Test func damagedProto2MessagesAreRefusedOrSurviveARoundTrip() throws {
    try fuzz(Samples.proto2, extensions: EveryKind_Proto2_EveryKindProto2_Extensions)
  }

  @Test func damagedProto3MessagesAreRefusedOrSurviveARoundTrip() throws {
    try fuzz(Samples.proto3, extensions: [])
  }

  @Test func damagedEditionsMessagesAreRefusedOrSurviveARoundTrip() throws {
    try fuzz(Samples.editions, extensions: EveryKind_Editions_EveryKindEditions_Extensions)
  }

  @Test func damagedDescriptorsAreRefusedOrSurviveARoundTrip() throws {
    try fuzz(Samples.descriptor, extensions: [])
  }

  private func fuzz<M: Message>(_ sample: M, extensions: SimpleExtensionMap) throws {
    var random = RandomMutations(seed: Self.seed)
    let sound: [UInt8] = try sample.serializedBytes()
    var accepted = 0
    for _ in 0..<Self.cases {
      let damaged = random.damage(sound)
      guard let message = GuardedBytes(damaged).decode(M.self, extensions: extensions) else { continue }
      accepted += 1
      let encoded: [UInt8] = try message.serializedBytes(partial: true)
      let again = try M(serializedBytes: encoded, extensions: extensions, partial: true)
      // Not `==`: a NaN is not equal to itself. Map entries may change places, so that only the size is fixed.
      let encodedAgain: [UInt8] = try again.serializedBytes(partial: true)
      try #require(encoded.count == encodedAgain.count, "\(damaged)")
    }
    #expect(accepted > 0)
    #expect(accepted < Self.cases)
  }
}

/// Bytes whose end is the end of accessible memory, so that reading behind them is a fault.
private struct GuardedBytes: ~Copyable {
  private let memory: UnsafeMutableRawPointer
  private let mapped: Int
  private let bytes: UnsafeRawBufferPointer

  init(_ content: [UInt8]) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    mapped = (content.count + page - 1) / page * page + page
    guard let memory = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0), memory != MAP_FAILED
    else { preconditionFailure("no memory for the test") }
    self.memory = memory
    mprotect(memory + mapped - page, page, PROT_NONE)
    let start = memory + mapped - page - content.count
    content.withUnsafeBytes { start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count) }
    bytes = UnsafeRawBufferPointer(start: start, count: content.count)
  }

  deinit { munmap(memory, mapped) }

  borrowing func decode<M: Message>(_ type: M.Type, extensions: SimpleExtensionMap) -> M? {
    try? M(decoding: bytes, extensions: extensions, partial: true)
  }
}
