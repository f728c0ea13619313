// swift-tools-version: 6.0
import PackageDescription

// Programs that use the library as any package would.
let package = Package(
  name: "Examples",
  dependencies: [.package(name: "swift-vae", path: "..")],
  targets: [
    // The variational autoencoder of Kingma and Welling, model and training in user code.
    .executableTarget(
      name: "digits-vae",
      dependencies: [
        .product(name: "Autoencoders", package: "swift-vae"), .product(name: "Datasets", package: "swift-vae"),
      ],
      path: "Sources/DigitsVAE"),
    // What docs/tutorial shows: `tutorial PAGE FOLDER`, a file a page.
    .executableTarget(
      name: "tutorial",
      dependencies: [
        .product(name: "Autoencoders", package: "swift-vae"), .product(name: "Datasets", package: "swift-vae"),
      ],
      path: "Sources/Tutorial"),
  ],
  swiftLanguageModes: [.v5]
)
