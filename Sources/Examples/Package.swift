// swift-tools-version: 6.2
import PackageDescription

// A package as a user writes one; only the path of the dependency would be a URL.
let package = Package(
  name: "Examples",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-grpc", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
  ],
  targets: [
    example("hello-world"),
    example("route-guide", resources: [.copy("features.json")]),
    example("etcd-client"),
  ]
)

func example(_ name: String, resources: [Resource] = []) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      .product(name: "SwiftGRPC", package: "swift-grpc"),
      .product(name: "SwiftGRPCProtobuf", package: "swift-grpc"),
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: name,
    resources: resources
  )
}
