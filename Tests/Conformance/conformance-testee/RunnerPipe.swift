import Foundation
import SwiftGRPCProtobuf

/// The two pipes to the runner. Each message is preceded by its size in four bytes, the lowest first.
///
/// Spec: protobuf, `conformance/conformance_test_runner.cc`.
struct RunnerPipe {
  let input: FileHandle
  let output: FileHandle

  /// The next request; `nil` where the input ends as it should.
  ///
  /// - Throws: ``Fault`` when the input ends in the middle or holds something else.
  func nextRequest() throws -> Conformance_ConformanceRequest? {
    let prefix = try input.read(upToCount: Self.prefixBytes) ?? Data()
    if prefix.isEmpty { return nil }
    guard prefix.count == Self.prefixBytes else {
      throw Fault("the input ends after \(prefix.count) of the \(Self.prefixBytes) bytes of a size")
    }
    let size = prefix.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size <= Int32.max else { throw Fault("a request of \(size) bytes is larger than a message can be") }
    // No data is read as the end of the input, so an empty request must not be asked for.
    let bytes = size == 0 ? Data() : try input.read(upToCount: size) ?? Data()
    guard bytes.count == size else {
      throw Fault("the input ends after \(bytes.count) of the \(size) bytes of a request")
    }
    do {
      return try Conformance_ConformanceRequest(serializedBytes: bytes)
    } catch {
      throw Fault("what was read is no ConformanceRequest: \(error)")
    }
  }

  func send(_ response: Conformance_ConformanceResponse) throws {
    let bytes: Data = try response.serializedBytes()
    let prefix = (0..<Self.prefixBytes).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
    try output.write(contentsOf: Data(prefix) + bytes)
  }

  private static let prefixBytes = 4

  /// What is wrong with the input.
  struct Fault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
      self.description = description
    }
  }
}
