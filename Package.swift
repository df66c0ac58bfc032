// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "certify",
  products: [
    .executable(name: "certify", targets: ["certify"]),
    .library(
      name: "CertifyModules",
      targets: [
        "CertifyAttacks", "CertifyData", "CertifyEngine", "CertifyModel", "CertifySmoothing", "CertifyThreat",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .systemLibrary(name: "CDNNL", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CertifyKernels"),
    .target(name: "CertifyThreat"),
    .target(name: "CertifyStatistics", dependencies: ["CGSL", "BigInt"]),
    .target(
      name: "CertifyModel", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Protobuf/onnx.proto"]),
    .target(name: "CertifyEngine", dependencies: ["CertifyModel", "CDNNL"]),
    .target(name: "CertifyData", dependencies: ["CZlib"]),
    .target(
      name: "CertifySmoothing", dependencies: ["CertifyEngine", "CertifyKernels", "CertifyStatistics"]),
    .target(name: "CertifyAttacks", dependencies: ["CertifyEngine", "CertifySmoothing", "CertifyThreat"]),
    .target(
      name: "CertifyCertificates",
      dependencies: [
        "CertifyEngine", "CertifyKernels", "CertifyModel", "CertifySmoothing", "CertifyStatistics",
        "CertifyThreat",
      ]),
    .target(name: "CertifyResults", dependencies: ["CertifyThreat"]),
    .target(
      name: "CertifyStore",
      dependencies: [
        "CertifyResults", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .target(
      name: "CertifyEvaluation",
      dependencies: [
        "CertifyAttacks", "CertifyCertificates", "CertifyData", "CertifyEngine", "CertifyModel",
        "CertifyResults", "CertifySmoothing", "CertifyStatistics", "CertifyThreat",
      ]),
    .target(
      name: "CertifyTraining",
      dependencies: [
        "CertifyAttacks", "CertifyData", "CertifyEngine", "CertifyModel", "CertifySmoothing", "CertifyThreat",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "CertifyGate", dependencies: ["CertifyResults", "CertifyStatistics", "CertifyThreat", "Yams"]),
    .target(
      name: "CertifyReport", dependencies: ["CZlib", "CertifyGate", "CertifyResults", "CertifyThreat"]),
    .target(
      name: "CertifyExperiments",
      dependencies: [
        "CertifyAttacks", "CertifyCertificates", "CertifyData", "CertifyEngine", "CertifyEvaluation",
        "CertifyGate", "CertifyModel", "CertifyReport", "CertifyResults", "CertifySmoothing",
        "CertifyStatistics", "CertifyStore", "CertifyThreat", "CertifyTraining",
      ]),
    .executableTarget(
      name: "certify",
      dependencies: [
        "CertifyAttacks", "CertifyCertificates", "CertifyData", "CertifyEngine", "CertifyEvaluation",
        "CertifyExperiments", "CertifyGate", "CertifyModel", "CertifyReport", "CertifyResults",
        "CertifySmoothing", "CertifyStatistics", "CertifyStore", "CertifyThreat", "CertifyTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "_CertifyTestSupport", dependencies: ["CertifyEngine", "CertifyModel"],
      path: "Tests/_CertifyTestSupport"),
    .target(name: "_CertifyAllocations", path: "Tests/_CertifyAllocations"),
    .executableTarget(
      name: "_CertifyModelWorker", dependencies: ["CertifyEngine", "CertifyModel"],
      path: "Tests/_CertifyModelWorker"),
    .testTarget(name: "CertifyThreatTests", dependencies: ["CertifyThreat"]),
    .testTarget(name: "CertifyStatisticsTests", dependencies: ["CertifyStatistics"]),
    .testTarget(
      name: "CertifyModelTests", dependencies: ["CertifyData", "CertifyModel", "_CertifyTestSupport"]),
    .testTarget(
      name: "CertifyEngineTests",
      dependencies: [
        "CertifyData", "CertifyEngine", "CertifyModel", "_CertifyAllocations", "_CertifyTestSupport",
      ]),
    .testTarget(name: "CertifyDataTests", dependencies: ["CertifyData"]),
    .testTarget(
      name: "CertifySmoothingTests",
      dependencies: ["CertifyKernels", "CertifySmoothing", "CertifyStatistics", "_CertifyTestSupport"]),
    .testTarget(
      name: "CertifyAttacksTests",
      dependencies: ["CertifyAttacks", "CertifySmoothing", "CertifyThreat", "_CertifyTestSupport"]),
    .testTarget(
      name: "CertifyCertificatesTests",
      dependencies: [
        "CertifyCertificates", "CertifyKernels", "CertifyStatistics", "CertifyThreat", "_CertifyTestSupport",
      ]),
    .testTarget(name: "CertifyGateTests", dependencies: ["CertifyGate", "CertifyResults"]),
    .testTarget(
      name: "CertifyReportTests", dependencies: ["CZlib", "CertifyGate", "CertifyReport", "CertifyResults"]),
    .testTarget(
      name: "CertifyEvaluationTests",
      dependencies: [
        "CertifyAttacks", "CertifyCertificates", "CertifyData", "CertifyEngine", "CertifyEvaluation",
        "CertifyGate", "CertifyModel", "CertifyResults", "CertifySmoothing", "CertifyThreat",
        "_CertifyTestSupport",
      ]),
    .testTarget(
      name: "CertifyTrainingTests",
      dependencies: [
        "CertifyData", "CertifyEngine", "CertifyModel", "CertifyThreat", "CertifyTraining",
        "_CertifyTestSupport",
      ]),
    .testTarget(
      name: "CertifyExperimentsTests",
      dependencies: [
        "CertifyAttacks", "CertifyEngine", "CertifyExperiments", "CertifyReport", "CertifyResults",
        "CertifyThreat", "CertifyTraining", "_CertifyTestSupport",
      ]),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "CertifyData", "CertifyResults", "CertifyStore", "CertifyThreat", "_CertifyTestSupport", "certify",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
