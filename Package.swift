// swift-tools-version: 6.2
import PackageDescription

// The rooms, and which way the arrows point (ARCHITECTURE.md tells why). Libraries of the system are in brackets.
//
//   CKernels <- Tensors [oneDNN] <- Networks <- Autoencoders <- BitsBack <- vae
//                                   Networks <- LatentAnalysis           <- vae
//   Files <- Pictures [zlib, png, jpeg] <- Datasets [zlib, archive] <- SyntheticData <- DatasetCatalog <- vae
//                                Tensors <- Datasets
//   Files <- Networks
//   Digests [crypto] <- BitsBack, Datasets, DatasetCatalog
//
// A target names every module that its files import; scripts/check-imports compares.
let package = Package(
  name: "swift-vae",
  products: [
    .library(name: "Autoencoders", targets: ["Autoencoders"]),
    .library(name: "BitsBack", targets: ["BitsBack"]),
    .library(name: "LatentAnalysis", targets: ["LatentAnalysis"]),
    .library(name: "Networks", targets: ["Networks"]),
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Experiments", targets: ["Experiments"]),
    .library(name: "Pictures", targets: ["Pictures"]),
    .library(name: "SyntheticData", targets: ["SyntheticData"]),
    .library(name: "DatasetCatalog", targets: ["DatasetCatalog"]),
    .library(name: "Files", targets: ["Files"]),
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
    .target(name: "Networks", dependencies: ["Tensors", "Files"]),
    // Distributions, evidence, bounds, models, training, evaluation.
    .target(name: "Autoencoders", dependencies: ["Networks", "Tensors", "Files"]),
    // What codes say: functions of latents and known causes, of any model or of none.
    .target(name: "LatentAnalysis", dependencies: ["Networks", "Tensors"]),
    // Lossless coding of data by a model.
    .target(name: "BitsBack", dependencies: ["Autoencoders", "Networks", "Tensors", "Files", "Digests"]),
    // Pictures, charts and animations, and their files.
    .target(name: "Pictures", dependencies: ["Files", "CZlib", "CPNG", "CJPEG"]),
    // Files on disk to batches.
    .target(
      name: "Datasets",
      dependencies: ["Pictures", "Tensors", "Files", "Digests", "CZlib", "CArchive"]),
    // Data sets that are drawn by the program.
    .target(name: "SyntheticData", dependencies: ["Datasets", "Pictures", "Tensors", "Files"]),
    // Known data sets: where they are, fetching and checking them.
    .target(
      name: "DatasetCatalog",
      dependencies: ["SyntheticData", "Datasets", "Pictures", "Tensors", "Files", "Digests"]),
    // Runs: folders, data, training, reports, pictures. The only module that knows models and data.
    .target(
      name: "Experiments",
      dependencies: [
        "Autoencoders", "BitsBack", "LatentAnalysis", "DatasetCatalog", "SyntheticData", "Datasets", "Pictures",
        "Networks", "Tensors", "Files",
      ]),
    // The command line: flags and printing.
    .executableTarget(
      name: "vae",
      dependencies: [
        "Experiments", "Autoencoders", "BitsBack", "LatentAnalysis", "DatasetCatalog", "SyntheticData", "Datasets",
        "Pictures", "Networks", "Tensors", "Files",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // What several test targets need: gradient checks, reference values, files made by hand, small data.
    .target(
      name: "TestSupport",
      dependencies: ["Autoencoders", "DatasetCatalog", "Datasets", "Pictures", "Tensors", "Files", "CJPEG"],
      path: "Tests/TestSupport", exclude: ["Resources"]),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"]),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures", "Tensors", "Files", "TestSupport"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"]),
    .testTarget(name: "NetworksTests", dependencies: ["Networks", "Tensors", "Files", "TestSupport"]),
    .testTarget(
      name: "AutoencodersTests",
      dependencies: [
        "Autoencoders", "LatentAnalysis", "DatasetCatalog", "SyntheticData", "Datasets", "Networks", "Tensors", "Files",
        "TestSupport",
      ]),
    .testTarget(name: "LatentAnalysisTests", dependencies: ["LatentAnalysis", "Tensors"]),
    .testTarget(
      name: "BitsBackTests",
      dependencies: ["BitsBack", "Autoencoders", "Datasets", "Networks", "Tensors", "Files", "Digests", "TestSupport"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["Datasets", "SyntheticData", "Pictures", "Tensors", "Files", "TestSupport"]),
    .testTarget(
      name: "SyntheticDataTests",
      dependencies: ["SyntheticData", "Datasets", "Pictures", "Tensors", "Files", "TestSupport"]),
    .testTarget(
      name: "DatasetCatalogTests", dependencies: ["DatasetCatalog", "Datasets", "Pictures", "Files", "TestSupport"]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "vae", "Experiments", "Autoencoders", "DatasetCatalog", "Datasets", "Pictures", "Networks", "Tensors", "Files",
        "TestSupport",
      ]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Experiments", "Autoencoders", "LatentAnalysis", "DatasetCatalog", "SyntheticData", "Datasets", "Pictures",
        "Networks", "Tensors", "Files", "TestSupport",
      ], exclude: ["Resources"]),
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
