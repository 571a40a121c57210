import Foundation
import SwiftGRPCProtobuf

/// The program that protobuf's conformance runner tests: requests on standard input, answers on standard output.
@main struct ConformanceTestee {
  /// Ends with exit code 0 where the input ends between two requests, with 1 and a line on standard error otherwise.
  static func main() {
    TestedType.registerAllForAny()
    let runner = RunnerPipe(input: .standardInput, output: .standardOutput)
    do {
      while let request = try runner.nextRequest() {
        try runner.send(.with { $0.result = Answer.result(for: request) })
      }
    } catch {
      FileHandle.standardError.write(Data("conformance-testee: \(error)\n".utf8))
      exit(1)
    }
  }
}
