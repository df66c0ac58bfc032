// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "certify-benchmarks",
  dependencies: [.package(name: "certify", path: "..")],
  targets: [
    .target(name: "CPeak"),
    .executableTarget(
      name: "Benchmark", dependencies: ["CPeak", .product(name: "CertifyModules", package: "certify")]),
  ],
  swiftLanguageModes: [.v6]
)
