// swift-tools-version: 6.2
import PackageDescription

// A package of its own: what users have today is measured beside it, which this project must not depend on, and the
// messages are generated when it is built: `make bench`. grpc-swift-2 is in calls/with-grpc-swift-2.
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
    // The echo service, and what calls it.
    echo("server"),
    echo("client"),
  ]
)

func echo(_ role: String) -> Target {
  .executableTarget(
    name: "echo-\(role)",
    dependencies: [
      .product(name: "SwiftGRPC", package: "swift-grpc"),
      .product(name: "SwiftGRPCProtobuf", package: "swift-grpc"),
    ],
    path: "calls/ours/\(role)",
    swiftSettings: swiftSettings
  )
}
