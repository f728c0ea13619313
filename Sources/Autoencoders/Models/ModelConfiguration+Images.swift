import Networks
import Tensors

/// Models of pictures: what they are by default for a size of picture, what can't be, and how they are made.
extension ModelConfiguration {
  /// Rows, columns and channels of an example that is a picture; nil if it is none.
  public var imageShape: Shape? {
    guard let shape = exampleShape, shape.count == 2 || shape.count == 3, shape.reduce(1, *) == inputSize else {
      return nil
    }
    return [shape[0], shape[1], channels]
  }

  /// Fills in what is not said of a model of pictures, by their size. Does nothing for others.
  public mutating func complete() {
    guard let image = imageShape, family.isOfPictures else { return }
    if family == .draw { return completeDrawing() }
    let size = Extent(height: image[0], width: image[1])
    let side = min(size.height, size.width)
    if family.isConvolutional {
      // Down to 4 to 7 pixels along the shorter side.
      let halvings = max(1, side.bitWidth - side.leadingZeroBitCount - 3)
      maps = maps ?? Array([32, 64, 128, 256, 256].prefix(halvings))
      blocks = blocks ?? [isHamiltonian ? 0 : 1]
    } else {
      // A block for all pixels, more where they are fewer and cost less, down to one or two pixels.
      let most = (1...7).last { BottomUpLevel.sizes(of: size, levels: $0) != nil } ?? 1
      let plan = [1, 2, 3, 3, 2, 1, 1]
      blocks = blocks ?? Array(plan.prefix(most))
      width = width ?? 64
    }
  }

  /// Why no model of pictures is of these sizes; nil if one is.
  public var imageProblem: (key: String, expected: String)? {
    guard family.isOfPictures else { return nil }
    guard !family.isConvolutional || isConditional || width == nil else {
      return ("model.width", "none for a \(family.rawValue) model that is given no picture; see maps")
    }
    guard let image = imageShape else {
      return ("model.example_shape", "rows, columns and perhaps channels of a picture for a \(family.rawValue) model")
    }
    if family == .draw { return drawingProblem }
    let size = Extent(height: image[0], width: image[1])
    let side = min(size.height, size.width)
    guard let blocks, blocks.allSatisfy({ 0...100 ~= $0 }) else { return ("model.blocks", "numbers from 0 to 100") }
    if family.isConvolutional {
      guard let maps, !maps.isEmpty, maps.allSatisfy({ 1...4096 ~= $0 }), side >> maps.count > 0 else {
        return ("model.maps", "channels for each halving of \(size) pixels, no more than leave a pixel")
      }
      guard blocks.count == 1 else { return ("model.blocks", "one number of residual blocks for all resolutions") }
    } else {
      guard BottomUpLevel.sizes(of: size, levels: blocks.count) != nil, blocks.first ?? 0 > 0 else {
        return (
          "model.blocks",
          "a number for each resolution of \(size) pixels, halved until one is left; at least 1 for all pixels"
        )
      }
      guard let width, 2...4096 ~= width else { return ("model.width", "2 to 4,096 channels") }
    }
    return nil
  }

  /// The model of pictures with weights drawn from `stream`. Traps unless ``complete()`` was called and the sizes can be.
  func makeImageModel<Pixels: PixelDistribution>(_ pixels: Pixels, _ stream: RandomStream) -> any LatentVariableModel {
    if let problem = imageProblem { fatalError("ModelConfiguration: \(problem.key): expected \(problem.expected)") }
    let image = imageShape!
    if family == .draw, let canvas = pixels as? any CanvasDistribution { return makeDrawing(canvas, image, stream) }
    let blocks = blocks!
    if family.isConvolutional {
      if isConditional { return makeConditionalImages(pixels, image, stream) }
      return withFactors(
        ConvolutionalAutoencoder(
          imageShape: image, maps: maps!, blocks: blocks[0], latentSize: latent, activation: activation,
          initializer: initializer, distribution: pixels, stream: stream))
    }
    return HierarchicalAutoencoder(
      imageShape: image, blocks: blocks, width: width!, narrow: max(1, width! / 2), latents: latent,
      activation: activation, distribution: pixels, stream: stream)
  }
}
