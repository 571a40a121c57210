import CFuzzer
import Foundation
import FuzzTargets

// fuzz TARGET [libFuzzer's options and corpora]

// Set before libFuzzer starts, and never again.
nonisolated(unsafe) var run: (UnsafeRawBufferPointer) -> Void = { _ in }

let name = CommandLine.arguments.dropFirst().first ?? ""
if let target = FuzzTarget(rawValue: name) {
  run = target.run
} else if let target = RuntimeFuzzTarget(rawValue: name) {
  run = target.run
} else {
  let names = FuzzTarget.allCases.map(\.rawValue) + RuntimeFuzzTarget.allCases.map(\.rawValue)
  print("usage: fuzz \(names.joined(separator: "|")) [options] [corpora]")
  exit(2)
}

var argumentCount = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
exit(
  LLVMFuzzerRunDriver(&argumentCount, &arguments) { bytes, count in
    run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
  })
