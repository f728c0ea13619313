// swift-tools-version: 6.0
import PackageDescription

/// Libraries of swift-vae, by name.
func libraries(_ names: String...) -> [Target.Dependency] { names.map { .product(name: $0, package: "swift-vae") } }

// Programs that use the library as any package would.
let package = Package(
  name: "Examples",
  dependencies: [.package(name: "swift-vae", path: "..")],
  targets: [
    // The variational autoencoder of Kingma and Welling, model and training in user code.
    .executableTarget(
      name: "digits-vae",
      dependencies: libraries("Autoencoders", "Networks", "Tensors", "DatasetCatalog", "Datasets", "Pictures"),
      path: "Sources/DigitsVAE"),
    // An app that trains on its own arrays, opens a run of the command, serves codes and draws a picture.
    .executableTarget(
      name: "app",
      dependencies: libraries(
        "Experiments", "Autoencoders", "Networks", "Tensors", "DatasetCatalog", "Datasets", "Pictures"),
      path: "Sources/App"),
    // What docs/tutorial shows: `tutorial PAGE FOLDER`, a file a page.
    .executableTarget(
      name: "tutorial",
      dependencies: libraries(
        "Experiments", "Autoencoders", "Networks", "Tensors", "DatasetCatalog", "Datasets", "Pictures"),
      path: "Sources/Tutorial"),
  ],
  swiftLanguageModes: [.v6]
)
