// swift-tools-version: 6.2
import PackageDescription

// The rooms, and which way the arrows point (ARCHITECTURE.md tells why):
//
//   COneDNN, CKernels <- Tensors <- Networks <- Autoencoders <- vae
//                        Files <- Networks, Datasets        (whole files or none)
//                      Tensors <- Datasets                <- vae
let package = Package(
  name: "swift-vae",
  products: [
    .library(name: "Autoencoders", targets: ["Autoencoders"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .executable(name: "vae", targets: ["vae"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.0.0"..<"5.0.0"),
  ],
  targets: [
    // Libraries of the system: a header, a module map, the package that brings them.
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

    // Files that are whole or not there.
    .target(name: "Files"),
    // Every numeric loop that is not a matrix product.
    .target(name: "CKernels"),
    // Shaped float values and the derivative of every operation on them.
    .target(name: "Tensors", dependencies: ["COneDNN", "CKernels"]),
    // Layers, and what trains and stores them.
    .target(name: "Networks", dependencies: ["Tensors", "CKernels", "Files"]),
    // Distributions, evidence, bounds, models, training, evaluation.
    .target(
      name: "Autoencoders",
      dependencies: ["Networks", "Tensors", "CKernels", "Files", .product(name: "Crypto", package: "swift-crypto")]),
    // Files on disk to batches, and pictures out.
    .target(
      name: "Datasets",
      dependencies: [
        "Tensors", "CKernels", "Files", "CZlib", "CPNG", "CJPEG", "CArchive",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    // Runs: folders, data, training, reports, pictures. The only module that knows models and data.
    .target(
      name: "Experiments", dependencies: ["Autoencoders", "Datasets", "Networks", "Tensors", "Files"]),
    // The command line: flags and printing.
    .executableTarget(
      name: "vae",
      dependencies: [
        "Experiments", "Autoencoders", "Datasets", "Networks", "Tensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Gradient checks and reference values, shared by the tests.
    .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport", exclude: ["Resources"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "TestSupport"]),
    .testTarget(
      name: "AutoencodersTests",
      dependencies: [
        "Autoencoders", "Datasets", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "CJPEG", "TestSupport"]),
    .testTarget(
      name: "ExperimentsTests", dependencies: ["Experiments", "TestSupport"], exclude: ["Resources"]),
    .testTarget(name: "CommandTests", dependencies: ["vae", "Experiments", "Datasets", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// A `let` where a parameter was meant drops out of the gradient with no more than a warning, so warnings are errors.
for target in package.targets where target.type != .system {
  if target.name == "CKernels" {
    target.cSettings = [.treatAllWarnings(as: .error)]
  } else {
    target.swiftSettings = [.treatAllWarnings(as: .error)]
  }
}
