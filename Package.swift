// swift-tools-version: 6.2
import PackageDescription

/// Settings that every Swift target of this package shares.
let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Settings of generated code.
let goldenSettings = swiftSettings + [.treatAllWarnings(as: .error)]

let package = Package(
  name: "swift-grpc",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "SwiftGRPC", targets: ["SwiftGRPC"]),
    .library(name: "SwiftGRPCHealth", targets: ["SwiftGRPCHealth"]),
    .library(name: "SwiftGRPCLifecycle", targets: ["SwiftGRPCLifecycle"]),
    .library(name: "SwiftGRPCStatus", targets: ["SwiftGRPCStatus"]),
    .library(name: "SwiftGRPCProtobuf", targets: ["SwiftGRPCProtobuf"]),
    .library(name: "SwiftGRPCProtobufFoundation", targets: ["SwiftGRPCProtobufFoundation"]),
    .executable(name: "protoc-gen-swiftgrpc", targets: ["protoc-gen-swiftgrpc"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
  ],
  targets: [
    // Foundations: messages, and the C libraries' module maps.
    .systemLibrary(
      name: "CNghttp2",
      path: "Sources/CNghttp2",
      pkgConfig: "libnghttp2",
      providers: [.apt(["libnghttp2-dev"]), .brew(["libnghttp2"])]
    ),
    .systemLibrary(
      name: "COpenSSL",
      path: "Sources/COpenSSL",
      pkgConfig: "openssl",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
    ),
    .systemLibrary(
      name: "CZlib",
      path: "Sources/CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
    ),
    .target(name: "SwiftGRPCProtobuf", path: "Sources/SwiftGRPCProtobuf", swiftSettings: swiftSettings),
    .target(
      name: "SwiftGRPCProtobufFoundation",
      dependencies: ["SwiftGRPCProtobuf"],
      path: "Sources/SwiftGRPCProtobufFoundation",
      swiftSettings: swiftSettings
    ),

    // The code generator.
    .target(
      name: "SwiftGRPCCodeGenerator",
      dependencies: ["SwiftGRPCProtobuf"],
      path: "Plugin/SwiftGRPCCodeGenerator",
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "protoc-gen-swiftgrpc",
      dependencies: ["SwiftGRPCCodeGenerator", "SwiftGRPCProtobuf"],
      path: "Plugin/protoc-gen-swiftgrpc",
      swiftSettings: swiftSettings
    ),

    // The runtime.
    .target(
      name: "SwiftGRPCHTTP2",
      dependencies: ["CNghttp2"],
      path: "Runtime/SwiftGRPCHTTP2",
      swiftSettings: swiftSettings
    ),
    .target(
      name: "SwiftGRPCTLS",
      dependencies: ["COpenSSL"],
      path: "Runtime/SwiftGRPCTLS",
      swiftSettings: swiftSettings
    ),
    .target(
      name: "SwiftGRPC",
      dependencies: [
        "SwiftGRPCProtobuf", "SwiftGRPCHTTP2", "SwiftGRPCTLS", "CZlib",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Runtime/SwiftGRPC",
      swiftSettings: swiftSettings
    ),
    .target(
      name: "SwiftGRPCLifecycle",
      dependencies: ["SwiftGRPC", .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")],
      path: "Runtime/SwiftGRPCLifecycle",
      swiftSettings: swiftSettings
    ),

    // Errors with details: generated messages that only their users have to build.
    .target(
      name: "SwiftGRPCStatus",
      dependencies: ["SwiftGRPC", "SwiftGRPCProtobuf"],
      path: "Runtime/SwiftGRPCStatus",
      exclude: ["Protos"],
      swiftSettings: swiftSettings
    ),

    // The health service.
    .target(
      name: "SwiftGRPCHealth",
      dependencies: ["SwiftGRPC", "SwiftGRPCProtobuf"],
      path: "Runtime/SwiftGRPCHealth",
      exclude: ["Protos"],
      swiftSettings: swiftSettings
    ),

    // Generated code for tests, one folder for each folder of Fixtures/proto. It has to compile without a warning,
    // also in a module whose declarations belong to the main actor unless they say otherwise.
    .target(
      name: "GoldenCode",
      dependencies: ["SwiftGRPCProtobuf"],
      path: "Fixtures/golden",
      exclude: ["modules", "service-options", "services", "visibility"],
      swiftSettings: goldenSettings + [.defaultIsolation(MainActor.self)]
    ),
    .target(
      name: "GoldenInternalCode",
      dependencies: ["SwiftGRPCProtobuf"],
      path: "Fixtures/golden/visibility",
      swiftSettings: goldenSettings
    ),
    .target(
      name: "GoldenModuleUnits",
      dependencies: ["SwiftGRPCProtobuf"],
      path: "Fixtures/golden/modules",
      exclude: [
        "fixtures/module_values.pb.swift", "fixtures/module_service.pb.swift", "fixtures/module_service.grpc.swift",
      ],
      sources: ["fixtures/module_units.pb.swift"],
      swiftSettings: goldenSettings
    ),
    .target(
      name: "GoldenModuleValues",
      dependencies: ["GoldenModuleUnits", "SwiftGRPCProtobuf"],
      path: "Fixtures/golden/modules",
      exclude: [
        "fixtures/module_units.pb.swift", "fixtures/module_service.pb.swift", "fixtures/module_service.grpc.swift",
      ],
      sources: ["fixtures/module_values.pb.swift"],
      swiftSettings: goldenSettings
    ),
    .testTarget(
      name: "SwiftGRPCProtobufTests",
      dependencies: ["SwiftGRPCProtobuf", "SwiftGRPCProtobufFoundation", "GoldenCode"],
      path: "Tests/SwiftGRPCProtobufTests",
      exclude: ["Differential"],
      swiftSettings: swiftSettings
    ),

    .target(
      name: "GoldenModuleService",
      dependencies: ["GoldenModuleValues", "GoldenModuleUnits", "SwiftGRPC", "SwiftGRPCProtobuf"],
      path: "Fixtures/golden/modules",
      exclude: ["fixtures/module_units.pb.swift", "fixtures/module_values.pb.swift"],
      sources: ["fixtures/module_service.pb.swift", "fixtures/module_service.grpc.swift"],
      swiftSettings: goldenSettings
    ),
    .target(
      name: "GoldenServices",
      dependencies: ["SwiftGRPC", "SwiftGRPCProtobuf"],
      path: "Fixtures/golden",
      exclude: [
        "comments", "custom-options", "edition-2024", "editions", "enums", "every_kind", "extensions", "imports",
        "maps", "memberwise", "modules", "names", "nesting", "no-descriptors", "oneofs", "prefixes", "proto2",
        "scalars", "visibility",
      ],
      sources: ["services", "service-options"],
      swiftSettings: goldenSettings + [.defaultIsolation(MainActor.self)]
    ),
    .testTarget(
      name: "SwiftGRPCCodeGeneratorTests",
      dependencies: ["SwiftGRPCCodeGenerator", "SwiftGRPCProtobuf", "protoc-gen-swiftgrpc"],
      path: "Tests/SwiftGRPCCodeGeneratorTests",
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "GeneratedCodeTests",
      dependencies: [
        "GoldenCode", "GoldenInternalCode", "GoldenModuleService", "GoldenModuleUnits", "GoldenModuleValues",
        "GoldenServices", "SwiftGRPC", "SwiftGRPCProtobuf",
      ],
      path: "Tests/GeneratedCodeTests",
      swiftSettings: swiftSettings
    ),

    // The programs of gRPC's interoperability cases.
    .target(
      name: "InteropService",
      dependencies: ["SwiftGRPC", "SwiftGRPCProtobuf", "SwiftGRPCStatus"],
      path: "Tests/Interop/InteropService",
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "interop-server",
      dependencies: [
        "InteropService", "SwiftGRPC", "SwiftGRPCHealth",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Interop/interop-server",
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "interop-client",
      dependencies: [
        "InteropService", "SwiftGRPC", "SwiftGRPCProtobuf", "SwiftGRPCStatus",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Interop/interop-client",
      swiftSettings: swiftSettings
    ),

    // The client of the chaos soak, `make soak`.
    .executableTarget(
      name: "soak-client",
      dependencies: [
        "InteropService", "SwiftGRPC", "SwiftGRPCProtobuf",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Soak/soak-client",
      swiftSettings: swiftSettings
    ),

    // The client of the measurements in Tests/Benchmarks/calls/idle.py.
    .executableTarget(
      name: "hold-client",
      dependencies: ["InteropService", "SwiftGRPC", "SwiftGRPCProtobuf"],
      path: "Tests/Benchmarks/calls/hold-client",
      swiftSettings: swiftSettings
    ),

    // Tests of the repository itself: layers, layout, unsafe code.
    .testTarget(name: "RepositoryRulesTests", path: "Tests/RepositoryRulesTests", swiftSettings: swiftSettings),

    // The runtime's tests.
    .executableTarget(
      name: "engine-benchmarks",
      dependencies: ["SwiftGRPCHTTP2"],
      path: "Tests/EngineBenchmarks",
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "SwiftGRPCHTTP2Tests",
      dependencies: ["SwiftGRPCHTTP2", "CNghttp2"],
      path: "Tests/SwiftGRPCHTTP2Tests",
      swiftSettings: swiftSettings
    ),
    .target(
      name: "TestSupport",
      dependencies: ["COpenSSL"],
      path: "Tests/TestSupport",
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "SwiftGRPCTLSTests",
      dependencies: ["SwiftGRPCTLS", "COpenSSL", "TestSupport"],
      path: "Tests/SwiftGRPCTLSTests",
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "SwiftGRPCLifecycleTests",
      dependencies: [
        "SwiftGRPC", "SwiftGRPCLifecycle", "SwiftGRPCProtobuf",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      path: "Tests/SwiftGRPCLifecycleTests",
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "SwiftGRPCStatusTests",
      dependencies: ["SwiftGRPCStatus", "SwiftGRPC", "SwiftGRPCProtobuf"],
      path: "Tests/SwiftGRPCStatusTests",
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "SwiftGRPCHealthTests",
      dependencies: ["SwiftGRPCHealth", "SwiftGRPC", "SwiftGRPCProtobuf"],
      path: "Tests/SwiftGRPCHealthTests",
      swiftSettings: swiftSettings
    ),
    .testTarget(
      name: "SwiftGRPCTests",
      dependencies: [
        "SwiftGRPC", "SwiftGRPCHTTP2", "SwiftGRPCTLS", "SwiftGRPCProtobuf", "COpenSSL", "TestSupport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/SwiftGRPCTests",
      swiftSettings: swiftSettings
    ),
  ]
)
