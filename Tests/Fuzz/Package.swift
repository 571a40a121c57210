// swift-tools-version: 6.2
import PackageDescription

/// A coverage-guided fuzzer of what parses bytes; `make fuzz` builds and runs it.
///
/// A package of its own, since everything in it has to be compiled with the fuzzer's instrumentation.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-grpc", path: "../..")],
  targets: [
    .systemLibrary(name: "CFuzzer", path: "Sources/CFuzzer"),
    .target(
      name: "FuzzTargets",
      dependencies: [
        .product(name: "SwiftGRPC", package: "swift-grpc"), .product(name: "SwiftGRPCProtobuf", package: "swift-grpc"),
      ]
    ),
    .executableTarget(
      name: "fuzz",
      dependencies: ["CFuzzer", "FuzzTargets"],
      // GNU's gold cannot read the debug information of instrumented code.
      linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]
    ),
  ]
)
