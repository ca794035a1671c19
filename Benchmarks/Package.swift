// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that who only builds the program does not build a benchmark harness. Its Sources/ are links to the
// program's targets: what is measured is what is shipped, `package` access included.
let package = Package(
  name: "plumbline-benchmarks",
  dependencies: [
    // Repeats, percentiles, memory and thresholds; without its malloc counter, which needs jemalloc.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
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
    .target(name: "CProfiles", cSettings: [.unsafeFlags(["-std=c23"])]),
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
    .target(
      name: "Profiles",
      dependencies: ["Facts", "YAML", "CProfiles", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Reports", dependencies: ["Facts"]),
    .target(name: "Judge", dependencies: ["Facts", "Profiles", "Reports"]),
    .executableTarget(
      name: "Audit",
      dependencies: [
        "Facts", "Host", "Collectors", "Profiles", "Reports", "Judge",
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/Audit",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)

let links = ["CLinux", "CProfiles"]
for target in package.targets where target.type != .system && !links.contains(target.name) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
