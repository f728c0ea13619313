import CKernels
import COneDNN
import Synchronization

/// A convolution or a derivative of it as oneDNN has compiled it for certain sizes. Several threads may run it at once.
final class ConvolutionKernel: @unchecked Sendable {
  struct Key: Hashable {
    let sizes: ConvolutionSizes
    let images: Int
    let direction: UInt32
  }

  private let compiled: UnsafeMutablePointer<onednn_convolution>  // not written to once it is made

  private init(_ key: Key) {
    var sizes = key.sizes.compiled(for: key.images)
    compiled = .allocate(capacity: 1)
    let isDone = onednn_convolution_make(compiled, Self.engine, &sizes, onednn_direction(key.direction))
    require(
      isDone,
      "convolution: oneDNN refused \(key.images) images \(key.sizes.image) of \(key.sizes.channels) channels, "
        + "\(key.sizes.filters) filters, \(key.sizes.window)")
  }

  deinit {
    onednn_convolution_destroy(compiled)
    compiled.deallocate()
  }

  nonisolated(unsafe) private static let engine: dnnl_engine_t = {
    var engine: dnnl_engine_t?
    require(onednn_engine_make(&engine), "convolution: oneDNN has no engine for this processor")
    return engine!
  }()

  /// To compile takes a thousand times as long as to look up. A run uses a few dozen; who goes through thousands of
  /// sizes gets a fresh start now and then, so that they don't pile up.
  private static let cache = Mutex<[Key: ConvolutionKernel]>([:])
  private static let most = 1024

  static func kernel(_ sizes: ConvolutionSizes, images: Int, _ direction: onednn_direction) -> ConvolutionKernel {
    let key = Key(sizes: sizes, images: images, direction: direction.rawValue)
    if let found = cache.withLock({ $0[key] }) { return found }
    let made = ConvolutionKernel(key)  // unlocked: two threads may make one, and the first is kept
    return cache.withLock { kernels in
      if let other = kernels[key] { return other }
      if kernels.count >= most { kernels.removeAll() }
      kernels[key] = made
      return made
    }
  }

  /// Memory for the weights in oneDNN's blocks; nil where it takes them as they are.
  func makeBlocks() -> Tensor? {
    let count = onednn_block_floats(compiled)
    return count == 0 ? nil : Tensor(shape: [count]) { _ in }
  }

  /// weights to blocks, or, where the weights are what is computed, blocks to weights.
  func reorder(weights: UnsafePointer<Float>, blocks: Tensor) {
    require(onednn_convolution_reorder(compiled, weights, blocks.pointer), "convolution: oneDNN failed to reorder")
  }

  /// Writes what the direction says from the rest, in memory of this call's own.
  func run(
    images: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    outputs: UnsafePointer<Float>
  ) {
    let scratch = Tensor(shape: [onednn_scratch_floats(compiled)]) { _ in }
    withExtendedLifetime(scratch) {
      let memory = UnsafeMutablePointer(mutating: scratch.pointer)
      require(onednn_convolution_run(compiled, images, weights, bias, outputs, memory), "convolution: oneDNN failed")
    }
  }
}
