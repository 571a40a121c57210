import GoldenCode
import SwiftGRPCProtobuf
import Testing

struct ConcurrencyTests {
  @Test func aMessageIsEncodedAndComparedInSeveralTasksAtOnce() async throws {
    let message = Samples.proto3
    let expected = try message.serializedBytes() as [UInt8]
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<50).allSatisfy { _ in
            (try? message.serializedBytes() as [UInt8])?.count == expected.count && message == Samples.proto3
              && message.hashValue == Samples.proto3.hashValue
          }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }
}
