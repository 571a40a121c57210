import Foundation
import Testing

@testable import SwiftGRPCProtobuf

/// Values of `bytes` fields that stay in the memory that they are decoded from.
struct LentMemoryTests {
  private typealias Value = Google_Protobuf_BytesValue

  /// Memory with an encoded message, which says when it goes.
  private final class Memory: @unchecked Sendable {
    // Sendable: written once.
    let bytes: UnsafeMutableRawBufferPointer

    init(_ message: some Message) throws {
      let encoded: [UInt8] = try message.serializedBytes()
      bytes = .allocate(byteCount: encoded.count, alignment: 1)
      bytes.copyBytes(from: encoded)
    }

    deinit { bytes.deallocate() }

    func decode<M: Message>(_ type: M.Type = M.self) throws -> M {
      let whole = UnsafeRawBufferPointer(bytes)
      return try LentMemory.$current.withValue(LentMemory(whole, owner: self)) { try M(decoding: whole) }
    }

    func contains(_ data: Data) -> Bool {
      data.withUnsafeBytes { data in
        guard let start = bytes.baseAddress, let other = data.baseAddress else { return false }
        return other >= start && other < start + bytes.count
      }
    }
  }

  private static func bytes(_ count: Int) -> Data { Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 11) }) }

  @Test func longValueIsNotCopiedAndKeepsItsMemory() throws {
    let value = Self.bytes(100_000)
    weak var owner: Memory?
    var message = Value()
    do {
      let memory = try Memory(Value.with { $0.value = value })
      owner = memory
      message = try memory.decode()
      #expect(memory.contains(message.value))
    }
    #expect(owner != nil)
    #expect(message.value == value)
    message = Value()
    #expect(owner == nil)
  }

  @Test func changingACopyLeavesTheOriginalAlone() throws {
    let value = Self.bytes(100_000)
    let memory = try Memory(Value.with { $0.value = value })
    let original: Value = try memory.decode()
    var copy = original
    copy.value[0] = 0xff
    copy.value.append(1)
    copy.value.replaceSubrange(5..<10, with: [1, 2])
    copy.value.removeFirst(10)
    #expect(original.value == value)
    #expect(copy.value.count == 100_000 + 1 - 3 - 10)
  }

  @Test func changingTheOnlyReferenceChangesNothingAroundTheValue() throws {
    let value = Self.bytes(100_000)
    let memory = try Memory(Value.with { $0.value = value })
    let before = [UInt8](memory.bytes)
    var message: Value = try memory.decode()
    message.value[5] = 0xee
    message.value.withUnsafeMutableBytes { (bytes: UnsafeMutableRawBufferPointer) in bytes[6] = 0xee }
    message.value.resetBytes(in: 10..<20)
    message.value.append(contentsOf: [1, 2, 3])
    var changed = value
    changed[5] = 0xee
    changed[6] = 0xee
    changed.resetBytes(in: 10..<20)
    #expect(message.value == changed + [1, 2, 3])
    let start = before.count - value.count
    #expect(memory.bytes.prefix(start).elementsEqual(before.prefix(start)))
  }

  @Test(arguments: [1, 100, 8191]) func shortValueIsCopied(count: Int) throws {
    let memory = try Memory(Value.with { $0.value = Self.bytes(count) })
    let message: Value = try memory.decode()
    #expect(message.value == Self.bytes(count))
    #expect(!memory.contains(message.value))
  }

  @Test func valueThatIsLessThanHalfOfTheMemoryIsCopied() throws {
    let mask = Google_Protobuf_Any.with {
      $0.typeURL = String(repeating: "x", count: 60_000)
      $0.value = Self.bytes(20_000)
    }
    let memory = try Memory(mask)
    let decoded = try memory.decode(Google_Protobuf_Any.self)
    #expect(decoded.value == mask.value)
    #expect(!memory.contains(decoded.value))
  }

  @Test func memoryThatIsNotLentIsCopiedFrom() throws {
    let memory = try Memory(Value.with { $0.value = Self.bytes(100_000) })
    let other = try Memory(Value.with { $0.value = Self.bytes(90_000) })
    let message = try LentMemory.$current.withValue(LentMemory(UnsafeRawBufferPointer(other.bytes), owner: other)) {
      try Value(decoding: UnsafeRawBufferPointer(memory.bytes))
    }
    #expect(message.value == Self.bytes(100_000))
    #expect(!memory.contains(message.value))
  }
}
