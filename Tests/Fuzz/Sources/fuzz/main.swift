import CFuzzer
import Foundation
import FuzzTargets

// fuzz TARGET [libFuzzer's options and corpora]

nonisolated(unsafe) var target = FuzzTarget.binary  // set before libFuzzer starts, and never again

guard CommandLine.arguments.count > 1, let named = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
  print("usage: fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [options] [corpora]")
  exit(2)
}
target = named

var argumentCount = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { bytes, count in
    target.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
  })
