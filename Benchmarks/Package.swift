// swift-tools-version: 6.2
import PackageDescription

// Ours beside PyTorch: a package of its own, so that the library builds without it. Benchmarks/run drives it.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "swift-vae", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    // Workers that take steps when told to, the products alone, and pictures of what was measured.
    .executableTarget(
      name: "speed",
      dependencies: ["Autoencoders", "Networks", "Tensors", "DatasetCatalog", "Datasets", "Pictures"].map {
        .product(name: $0, package: "swift-vae")
      } + [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: [.treatAllWarnings(as: .error)])
  ],
  swiftLanguageModes: [.v6]
)
