import Autoencoders
import Digests
import Files
import Foundation
import Tensors

/// Codes examples without loss at the cost of their negative evidence lower bound: bits-back coding with asymmetric numeral
/// systems (Townsend, Bird and Barber 2019; the argument is Hinton and van Camp's, 1993).
///
/// For each example x: latents z are *popped* from the stack under q(z|x), which takes -log2 q(z|x) bits off it; then x is
/// pushed under p(x|z), and z under the prior. In all the stack grows by log2 q(z|x) - log2 p(x, z), whose mean is the
/// negative bound. The decoder does the same backwards and so gets even the popped bits back, which are those of the
/// examples before. Only the first example finds an empty stack: its latents are drawn from `initialBits`, which stay in
/// the file and are part of its size.
///
/// One chain, one example at a time: coder and decoder then run every product in the same shape, and the initial bits are
/// paid once. Chains side by side would make better use of the processor, and pay them once each.
public struct BitsBackCoder<Model: BitsBackModel> {
  private let model: Model

  /// A coder by a trained model.
  public init(_ model: Model) { self.model = model }

  /// Values one number of an example can take.
  public var levels: Int { Model.Output.levels }

  /// A batch's numbers as values from 0 to `levels` - 1, or the first number that is none of them.
  public func values(of batch: Tensor) -> (values: [UInt8], wrong: Float?) {
    let greatest = Float(levels - 1)
    let scaled = batch.scalars.map { $0 * greatest }
    let wrong = scaled.firstIndex { !(abs($0 - $0.rounded()) < 1e-3 && $0 > -0.5 && $0 < greatest + 0.5) }
    return (wrong == nil ? scaled.map { UInt8($0.rounded()) } : [], wrong.map { batch.scalars[$0] })
  }

  /// Codes all `values`, example after example. Traps if they are not a whole number of examples, or too large.
  ///
  /// The last example is coded first, so that they are decoded in order. `progress` is told examples done.
  public func encode(
    _ values: [UInt8], exampleShape: [Int], initialBits: RandomStream, progress: (Int) -> Void = { _ in }
  ) -> (coded: CompressedExamples, initialBytes: Int) {
    let size = model.inputSize
    require(
      exampleShape.reduce(1, *) == size && values.count % size == 0 && values.allSatisfy { $0 < levels },
      "BitsBackCoder: \(values.count) values of shape \(exampleShape) for a model of \(size) numbers below \(levels)")
    var stack = ANSStack(initialBits: initialBits)
    let count = values.count / size
    for example in (0..<count).reversed() {
      push(values[example * size..<(example + 1) * size], on: &stack)
      progress(count - example)
    }
    let coded = CompressedExamples(
      levels: levels, exampleShape: exampleShape, count: count, weightsDigest: model.weightsDigest,
      computationDigest: model.computationDigest, dataDigest: Array(Digest.sha256(of: values).bytes.prefix(16)),
      head: stack.head, words: stack.words)
    return (coded, 4 * stack.initialWords)
  }

  /// Gives `body` the values of each example in order. Throws `FileError` that names `path` if they were not coded by this
  /// model on such a machine, or if what comes out is not what was coded; and what `body` throws.
  public func decode(
    _ coded: CompressedExamples, path: String, progress: (Int) -> Void = { _ in }, _ body: ([UInt8]) throws -> Void
  ) throws {
    func fail(_ problem: String) -> FileError { FileError(path: path, problem: problem) }
    let size = coded.exampleShape.reduce(1, *)
    guard coded.weightsDigest == model.weightsDigest && coded.levels == levels && size == model.inputSize else {
      throw fail("was compressed with another model; give the run, and the --checkpoint, that it was made with")
    }
    guard coded.computationDigest == model.computationDigest else {
      throw fail(
        "the model computes other numbers here than where this was compressed, if only in the last bit; "
          + "decompress it on such a processor, with the same version of this program")
    }
    var stack = ANSStack(head: coded.head, words: coded.words)
    var hash = IncrementalDigest(.sha256)
    for example in 0..<coded.count {
      let values = pop(from: &stack)
      guard !stack.isOverdrawn else { throw fail("ends inside example \(example + 1) of \(coded.count)") }
      hash.update(values)
      try body(values)
      progress(example + 1)
    }
    guard Array(hash.finalize().bytes.prefix(16)) == coded.dataDigest else {
      throw fail("decodes to other data than were compressed; nothing of it can be relied on")
    }
  }

  private func push(_ values: ArraySlice<UInt8>, on stack: inout ANSStack) {
    let bins = model.posteriors(of: values).map { stack.pop(of: LatentBins.count, by: $0) }
    for (value, variable) in zip(values, model.variables(given: bins)).reversed() {
      stack.push(Int(value), of: levels, by: variable)
    }
    for bin in bins.reversed() { stack.push(bin, of: LatentBins.count, by: LatentBins.Prior()) }
  }

  /// The steps of `push`, each undone, last to first.
  private func pop(from stack: inout ANSStack) -> [UInt8] {
    let bins = (0..<model.latentSize).map { _ in stack.pop(of: LatentBins.count, by: LatentBins.Prior()) }
    let values = model.variables(given: bins).map { UInt8(stack.pop(of: levels, by: $0)) }
    for (bin, posterior) in zip(bins, model.posteriors(of: values[...])).reversed() {
      stack.push(bin, of: LatentBins.count, by: posterior)
    }
    return values
  }

  /// The evidence lower bound of all `values` together, in nats: one draw of z each, divergence at that draw. What
  /// ``encode(_:exampleShape:initialBits:progress:)`` comes near to.
  public func bound(of values: [UInt8], stream: RandomStream) -> Double {
    let (size, greatest) = (model.inputSize, Float(levels - 1))
    return stride(from: 0, to: values.count, by: 128 * size).reduce(0) { sum, first in
      let block = values[first..<min(first + 128 * size, values.count)]
      let rows = block.count / size
      let x = Tensor(block.map { Float($0) / greatest }, shape: [rows, size]).asConstant
      let noise = stream[first].normal([1, rows, model.noiseSize])
      return sum + Double(model.evidence(of: x, noise: noise, divergence: .sampled).logWeight.sum())
    }
  }
}
