// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that only who fuzzes builds with libFuzzer: `make fuzz`. Its Sources/ are links to the program's
// targets and to what the tests replay: what is fuzzed is what is shipped.
let package = Package(
  name: "plumbline-fuzz",
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
  ],
  targets: [
    .target(name: "CLinux"),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp"),
    .systemLibrary(name: "CCap", pkgConfig: "libcap"),
    .systemLibrary(name: "CAppArmor", pkgConfig: "libapparmor"),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .target(name: "Facts"),
    .target(name: "YAML", dependencies: ["CYAML"]),
    .target(name: "TOML", dependencies: ["YAML"]),
    .target(
      name: "Host",
      dependencies: [
        "Facts", "CLinux", "CCap", "CSeccomp", "CAppArmor", "CZlib",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .target(
      name: "Collectors",
      dependencies: [
        "Facts", "Host", "TOML", "YAML", .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ]),
    .target(name: "Reports", dependencies: ["Facts"]),
    .target(name: "FuzzTargets", dependencies: ["Facts", "Host", "TOML", "YAML", "Collectors", "Reports"]),
    // libFuzzer brings main().
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzTargets"],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system && target.name != "CLinux" {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
