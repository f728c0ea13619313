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
    .library(name: "BitsBack", targets: ["BitsBack"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .executable(name: "vae", targets: ["vae"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // Libraries of the system: a header, a module map, the package that brings them.
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

    // Files that are whole or not there.
    .target(name: "Files"),
    // SHA-256 and MD5 of bytes in pieces.
    .target(name: "Digests", dependencies: ["CCrypto"]),
    // Every numeric loop that is not a matrix product.
    .target(name: "CKernels"),
    // Shaped float values and the derivative of every operation on them.
    .target(name: "Tensors", dependencies: ["COneDNN", "CKernels"]),
    // Layers, and what trains and stores them.
    .target(name: "Networks", dependencies: ["Tensors", "CKernels", "Files"]),
    // Distributions, evidence, bounds, models, training, evaluation.
    .target(
      name: "Autoencoders",
      dependencies: ["Networks", "Tensors", "CKernels", "Files"]),
    // Lossless coding of data by a model.
    .target(name: "BitsBack", dependencies: ["Autoencoders", "Networks", "Tensors", "Files", "Digests"]),
    // Files on disk to batches, and pictures out.
    .target(
      name: "Datasets",
      dependencies: ["Tensors", "CKernels", "Files", "Digests", "CZlib", "CPNG", "CJPEG", "CArchive"]),
    // The command line: one file per subcommand, no mathematics.
    .executableTarget(
      name: "vae",
      dependencies: [
        "Autoencoders", "BitsBack", "Datasets", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Gradient checks and reference values, shared by the tests.
    .target(
      name: "TestSupport", dependencies: ["Tensors", "Autoencoders", "Datasets"], path: "Tests/TestSupport",
      exclude: ["Resources"]),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "TestSupport"]),
    .testTarget(name: "AutoencodersTests", dependencies: ["Autoencoders", "Datasets", "TestSupport"]),
    .testTarget(
      name: "BitsBackTests", dependencies: ["BitsBack", "Autoencoders", "Datasets", "Digests", "TestSupport"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "CJPEG", "TestSupport"]),
    .testTarget(name: "CommandTests", dependencies: ["vae", "Datasets", "TestSupport"]),
  ],
  swiftLanguageModes: [.v5]
)

// A `let` where a parameter was meant drops out of the gradient with no more than a warning, so warnings are errors.
for target in package.targets where target.type != .system {
  if target.name == "CKernels" {
    target.cSettings = [.treatAllWarnings(as: .error)]
  } else {
    target.swiftSettings = [.treatAllWarnings(as: .error)]
  }
}
