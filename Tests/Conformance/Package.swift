// swift-tools-version: 6.2
import PackageDescription

// A package of its own, since its messages are generated when it is built: `make conformance-testee`.
let package = Package(
  name: "Conformance",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swift-grpc", path: "../..")],
  targets: [
    .executableTarget(
      name: "conformance-testee",
      dependencies: [.product(name: "SwiftGRPCProtobuf", package: "swift-grpc")],
      path: "conformance-testee",
      swiftSettings: [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]
    )
  ]
)
