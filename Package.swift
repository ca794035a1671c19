// swift-tools-version: 6.2
import PackageDescription

// The targets, leaves first. Who may import whom is checked by `swift build
// --explicit-target-dependency-import-check error`, which CI runs.
let package = Package(
  name: "plumbline",
  products: [.executable(name: "plumbline", targets: ["plumbline"])],
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
  ],
  targets: [
    // C: headers and inline wrappers only, no logic.
    .target(name: "CLinux"),
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
    .executableTarget(
      name: "plumbline",
      dependencies: [
        "Facts", "Host", "Collectors", "Confinement", "Profiles", "Reports", "Judge", "Signing",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
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
        "Facts", "Host", "TOML", "YAML", "Collectors", "TestSupport",
        .product(name: "SystemPackage", package: "swift-system"),
      ], exclude: ["Corpus"]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Facts", "Host", "Collectors", "Profiles", "Reports", "TestSupport", "plumbline",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// One loop, no exceptions: every Swift target is built by the same rules.
for target in package.targets
where target.type != .system && !["CLinux", "CProfiles"].contains(target.name) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
