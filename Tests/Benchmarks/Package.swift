// swift-tools-version: 6.2
import PackageDescription

// A package of its own: what users have today is measured beside it, which this project must not depend on, and the
// messages are generated when it is built: `make bench-messages`.
let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-grpc", path: "../.."),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
  ],
  targets: [
    // One program, compiled for each of the two libraries.
    .executableTarget(
      name: "messages-ours",
      dependencies: [.product(name: "SwiftGRPCProtobuf", package: "swift-grpc")],
      path: "Messages/Ours",
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "messages-swift-protobuf",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      path: "Messages/SwiftProtobuf",
      swiftSettings: swiftSettings + [.define("SWIFT_PROTOBUF")]
    ),
  ]
)
