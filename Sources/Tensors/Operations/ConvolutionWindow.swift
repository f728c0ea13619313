/// A size on an image, in pixels.
public struct Extent: Codable, Sendable, Hashable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// From top to bottom.
  public var height: Int
  /// From left to right.
  public var width: Int

  /// The given sizes.
  public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  /// The same both ways.
  public init(_ side: Int) { self.init(height: side, width: side) }

  /// The same both ways.
  public init(integerLiteral side: Int) { self.init(side) }

  /// Height times width.
  public var area: Int { height * width }

  /// As in `4x3`, height first.
  public var description: String { "\(height)x\(width)" }
}

/// How a convolution's kernel goes over an image: its size, its steps, and the border of zeros around the image.
public struct ConvolutionWindow: Codable, Sendable, Hashable, CustomStringConvertible {
  /// The kernel's size.
  public var kernel: Extent
  /// Pixels from one place of the kernel to the next.
  public var stride: Extent
  /// Rows of zeros above and below the image, columns of zeros left and right.
  public var padding: Extent

  /// Traps on a kernel or stride without pixels, and on padding below zero.
  public init(kernel: Extent, stride: Extent = 1, padding: Extent = 0) {
    require(
      min(kernel.height, kernel.width, stride.height, stride.width) > 0 && min(padding.height, padding.width) >= 0,
      "ConvolutionWindow: kernel \(kernel), stride \(stride), padding \(padding); expected kernel and stride of at "
        + "least 1, padding of at least 0")
    (self.kernel, self.stride, self.padding) = (kernel, stride, padding)
  }

  /// A kernel of odd size at every pixel, with the padding that keeps an image's size. Traps on an even size.
  public static func same(_ kernel: Extent) -> ConvolutionWindow {
    require(
      kernel.height % 2 == 1 && kernel.width % 2 == 1,
      "ConvolutionWindow.same: kernel \(kernel); expected odd sizes, which have a pixel in the middle")
    return ConvolutionWindow(kernel: kernel, padding: Extent(height: kernel.height / 2, width: kernel.width / 2))
  }

  /// The size of what a convolution makes of an image: (size + 2 padding - kernel) / stride + 1, rounded down, as in
  /// PyTorch. Zero or less where the kernel is larger than the padded image.
  public func outputSize(of image: Extent) -> Extent {
    func size(_ image: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
      let room = image + 2 * padding - kernel
      return room < 0 ? 0 : room / stride + 1
    }
    return Extent(
      height: size(image.height, kernel.height, stride.height, padding.height),
      width: size(image.width, kernel.width, stride.width, padding.width))
  }

  /// The size of what a transposed convolution makes of an image: (size - 1) stride - 2 padding + kernel + extra.
  ///
  /// A stride above 1 makes one output of several sizes of image, and this is the smallest of these; `extra` rows and
  /// columns (PyTorch's output padding), fewer than the stride, lead to the others.
  public func transposedSize(of image: Extent, extra: Extent = 0) -> Extent {
    Extent(
      height: (image.height - 1) * stride.height - 2 * padding.height + kernel.height + extra.height,
      width: (image.width - 1) * stride.width - 2 * padding.width + kernel.width + extra.width)
  }

  /// As in `4x4 kernel, stride 2x2, padding 1x1`.
  public var description: String { "\(kernel) kernel, stride \(stride), padding \(padding)" }

  /// Whether it sees each pixel by itself, so that a convolution is a matrix product.
  var isPixelwise: Bool { kernel == 1 && stride == 1 && padding == 0 }
}
