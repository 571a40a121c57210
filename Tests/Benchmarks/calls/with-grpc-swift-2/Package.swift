// swift-tools-version: 6.2
import PackageDescription

// grpc-swift-2, a package of its own because it takes many minutes to build and may not be reachable: the benchmarks run
// without it then. Its plugins of protoc are built here too.
let package = Package(
  name: "BenchmarksOfGRPCSwift2",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.0"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.0"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf.git", from: "2.4.0"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
  ],
  targets: [program("server"), program("client")]
)

func program(_ role: String) -> Target {
  .executableTarget(
    name: "echo-\(role)",
    dependencies: [
      .product(name: "GRPCCore", package: "grpc-swift-2"),
      .product(name: "GRPCNIOTransportHTTP2", package: "grpc-swift-nio-transport"),
      .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
      .product(name: "SwiftProtobuf", package: "swift-protobuf"),
    ],
    path: role,
    swiftSettings: [.define("GRPC_SWIFT_2")]
  )
}
