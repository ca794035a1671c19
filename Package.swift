// swift-tools-version: 6.2
import PackageDescription

// The targets, leaves first. Who may import whom is checked by `swift build
// --explicit-target-dependency-import-check error`, which CI runs.
let package = Package(
  name: "plumbline",
  products: [
    .executable(name: "plumbline", targets: ["plumbline"]),
    .executable(name: "plumbline-relay", targets: ["plumbline-relay"]),
    .executable(name: "plumbline-fleet", targets: ["plumbline-fleet"]),
  ],
  dependencies: [
    // Arguments, --help and shell completions: Apple's own parser, the one Swift users know.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // FilePath: paths as bytes, so that a name which is not UTF-8 survives.
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    // SHA-256 and HMAC for digests and the application-specific host id; no home-made crypto.
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // X.509: names, keys and extensions of certificates are not to be parsed by hand.
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    // What swift-certificates reads DER with: its initializers are declared there.
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
    // Logging of what runs for months: the interface that every Swift library logs through.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // The relay's settings from flags, environment and a file, in one order of precedence; its JSON reader brings full Foundation.
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
    // The relay's start, its signals and its orderly end.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    // The relay's HTTP server; without its optional parts, which bring full Foundation.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    // The relay's HTTPS client, with connection pool, timeouts and client certificates.
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    // The fleet's store in one file: SQLite with migrations, a pool of readers and statements that are prepared once.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // Header names and statuses, which hummingbird's interface is declared in.
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    // What a request consists of, for the handler that watches over how long one takes.
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    // Certificates and keys for that client.
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    // The event loops under both, one thread of them.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    // C: headers and inline wrappers only, no logic.
    .target(name: "CLinux"),
    .target(name: "CRelay"),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .systemLibrary(name: "CCap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),
    .systemLibrary(name: "CAppArmor", pkgConfig: "libapparmor", providers: [.apt(["libapparmor-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CProfiles", cSettings: [.unsafeFlags(["-std=c23"])]),

    .target(name: "Facts"),
    .target(name: "YAML", dependencies: ["CYAML"]),
    // Container runtimes' files. Our own reader: TOMLKit brings toml++, C++ with exceptions, for the little TOML there is to read.
    .target(name: "TOML", dependencies: ["YAML"]),
    .target(
      name: "Host",
      dependencies: [
        "Facts", "CLinux", "CCap", "CSeccomp", "CAppArmor", "CZlib",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // What the auditor gives up before it looks.
    .target(name: "Confinement", dependencies: ["Facts", "CLinux", "CCap", "CSeccomp", "CAppArmor"]),
    .target(
      name: "Collectors",
      dependencies: [
        "Facts", "Host", "TOML", "YAML",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    .target(
      name: "Profiles",
      dependencies: ["Facts", "YAML", "CProfiles", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Reports", dependencies: ["Facts"]),
    // Reports that can be believed away from their node.
    .target(
      name: "Signing",
      dependencies: [
        "Facts", "Reports",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    .target(name: "Judge", dependencies: ["Facts", "Profiles", "Reports"]),
    // Log lines as JSON, of the two programs that run for months.
    .target(name: "JSONLog", dependencies: [.product(name: "Logging", package: "swift-log")]),
    // Audits again and again: when, into which spool, and upon what change.
    .target(
      name: "Agent",
      dependencies: [
        "Facts", "Reports", "CLinux",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // What the relay says and decides, without a network.
    .target(name: "Relay", dependencies: ["Facts", "Reports", "Agent", "CLinux"]),
    // Many nodes' reports: what is kept of them, and what they answer. No network, no disk.
    .target(
      name: "Fleet",
      dependencies: [
        "Facts", "Reports", "Signing", "YAML", "CLinux", "CZlib",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "FleetSQLite", dependencies: ["Fleet", "Reports", .product(name: "GRDB", package: "GRDB.swift")]),
    // The same store for fleets that outgrow one machine: ClickHouse by its HTTP interface.
    .target(
      name: "FleetClickHouse",
      dependencies: [
        "Fleet", "Reports",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    // What the fleet answers, as pages for people. No network, no disk.
    .target(name: "FleetPages", dependencies: ["Facts", "Fleet", "Reports"]),
    // Takes reports and answers by HTTPS.
    .target(
      name: "FleetServer",
      dependencies: [
        "Facts", "Fleet", "FleetPages", "Reports",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    // Believable fleets from a seed, for the demonstration and for measuring.
    .target(
      name: "FleetDemo",
      dependencies: [
        "Facts", "Fleet", "Profiles", "Reports", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .executableTarget(
      name: "plumbline",
      dependencies: [
        "Facts", "Host", "Collectors", "Confinement", "Profiles", "Reports", "Judge", "Signing", "Agent",
        "JSONLog", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    // The network's side of the agent: reads the spool, serves and sends it, and cannot read the host. A program of its own, so
    // that the one which looks has no socket library in it.
    .executableTarget(
      name: "plumbline-relay",
      dependencies: [
        "Facts", "Reports", "Confinement", "Agent", "JSONLog", "Relay", "CLinux", "CRelay",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),

    // The fleet's program: takes reports from many nodes and answers for all of them.
    .executableTarget(
      name: "plumbline-fleet",
      dependencies: [
        "CLinux", "Facts", "Fleet", "FleetClickHouse", "FleetDemo", "FleetPages", "FleetServer",
        "FleetSQLite",
        // Collectors: what subjects there are, which profiles are type-checked against. Nothing here collects.
        "Collectors", "JSONLog", "Judge", "Profiles", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),

    .target(
      name: "TestSupport",
      dependencies: [
        "Facts", "Host", "Profiles", "Reports", .product(name: "SystemPackage", package: "swift-system"),
      ], path: "Tests/Support"),
    .testTarget(
      name: "HostTests",
      dependencies: [
        "Facts", "Host", "TestSupport", .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(name: "ConfinementTests", dependencies: ["Confinement", "Facts", "Profiles"]),
    .testTarget(name: "YAMLTests", dependencies: ["YAML"]),
    .testTarget(name: "TOMLTests", dependencies: ["TOML", "YAML"]),
    .testTarget(name: "FactsTests", dependencies: ["Facts"]),
    .testTarget(
      name: "CollectorsTests",
      dependencies: [
        "Facts", "Host", "YAML", "Collectors", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(name: "ProfilesTests", dependencies: ["Facts", "Profiles", "Collectors", "TestSupport"]),
    .testTarget(name: "JudgeTests", dependencies: ["Facts", "Profiles", "Reports", "Judge", "TestSupport"]),
    .testTarget(name: "ReportsTests", dependencies: ["Facts", "Reports", "TestSupport"]),
    .testTarget(
      name: "RecordedHostTests",
      dependencies: [
        "Facts", "Host", "Collectors", "Profiles", "Reports", "Judge", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(
      name: "SigningTests",
      dependencies: [
        "Facts", "Reports", "Signing", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "Facts", "Host", "TOML", "YAML", "Collectors", "Reports", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ], exclude: ["Corpus"]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Facts", "Host", "Collectors", "Profiles", "Reports", "TestSupport", "plumbline",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(
      name: "FleetTests",
      dependencies: [
        "Facts", "Fleet", "FleetSQLite", "Reports", "Signing", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(
      name: "FleetClickHouseTests",
      dependencies: ["Facts", "Fleet", "FleetClickHouse", "FleetSQLite", "Reports", "TestSupport"]),
    .testTarget(
      name: "FleetPagesTests",
      dependencies: ["Facts", "Fleet", "FleetPages", "FleetSQLite", "Reports", "TestSupport"]),
    .testTarget(
      name: "FleetServerTests",
      dependencies: [
        "Facts", "Fleet", "FleetClickHouse", "FleetServer", "FleetSQLite", "Reports", "TestSupport",
        "plumbline",
        "plumbline-fleet",
        "plumbline-relay", .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "FleetDemoTests",
      dependencies: [
        "Collectors", "Facts", "Fleet", "FleetDemo", "FleetSQLite", "Judge", "Profiles", "Reports",
        "TestSupport", "plumbline-fleet",
      ]),
    .testTarget(
      name: "AgentTests",
      dependencies: [
        "Agent", "Facts", "Relay", "Reports", "TestSupport", "plumbline", "plumbline-relay",
        .product(name: "SystemPackage", package: "swift-system"),
      ], exclude: ["collector.py"]),
  ],
  swiftLanguageModes: [.v6]
)

// One loop, no exceptions: every Swift target is built by the same rules.
for target in package.targets
where target.type != .system && !["CLinux", "CProfiles", "CRelay"].contains(target.name) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
