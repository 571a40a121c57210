import Testing

@testable import SwiftGRPCHTTP2

/// The memory of long messages, and what is kept of it.
struct LargeBlockTests {
  @Test(arguments: [1, 8192, 12_288, 12_289, 65536, 69_632, 69_633, 1 << 20, 4 << 20, 5 << 20, 20 << 20])
  func blockHasAtLeastTheBytesThatWereAskedFor(byteCount: Int) {
    let block = LargeBlock(byteCount: byteCount)
    #expect(block.bytes.count >= byteCount)
    #expect(block.bytes.count <= max(12_288, 2 * byteCount))
    block.bytes[0] = 1
    block.bytes[byteCount - 1] = 2
  }

  @Test func keptBlocksAreTakenAgainTheLastOneFirst() {
    let free = FreeBlocks()
    let blocks = (0..<3).map { _ in UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 16) }
    for block in blocks { #expect(free.keep(block, 0)) }
    #expect(free.take(1) == nil)
    #expect((0..<4).map { _ in free.take(0) } == blocks.reversed() + [nil])
    blocks.forEach { $0.deallocate() }
  }

  @Test func noMoreIsKeptThanTheLimit() {
    let free = FreeBlocks()
    let sizeClass = FreeBlocks.sizeClass(of: 4 << 20) ?? 0
    let blocks = (0..<5).map { _ in UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 16) }
    let kept = blocks.filter { free.keep($0, sizeClass) }
    #expect(kept.count == FreeBlocks.maxBytes / FreeBlocks.byteCount(ofClass: sizeClass))
    for _ in kept { #expect(free.take(sizeClass) != nil) }
    #expect(free.keep(blocks[4], sizeClass))
    #expect(free.take(sizeClass) == blocks[4])
    blocks.forEach { $0.deallocate() }
  }

  @Test func blocksThatAreTakenOnSeveralThreadsAreNobodyElses() async {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<4 {
        group.addTask {
          (0..<2000).allSatisfy { round in
            let block = LargeBlock(byteCount: 65536)
            let mark = UInt64(number << 32 | round)
            block.bytes.storeBytes(of: mark, as: UInt64.self)
            return block.bytes.load(as: UInt64.self) == mark
          }
        }
      }
      for await isOwn in group { #expect(isOwn) }
    }
  }
}
