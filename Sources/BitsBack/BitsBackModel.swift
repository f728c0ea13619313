import Autoencoders
import Digests
import Foundation
import Networks
import Tensors

/// A model that data can be coded with: Gaussian latents, and a likelihood of discrete data.
public protocol BitsBackModel: GaussianAutoencoder where Output: DiscreteLikelihood {}

extension MLPAutoencoder: BitsBackModel where Head.Output: DiscreteLikelihood {}
extension ConvolutionalAutoencoder: BitsBackModel where Pixels.Output: DiscreteLikelihood {}

extension BitsBackModel {
  /// The number for each of an example's values, [1, D].
  func tensor(of values: ArraySlice<UInt8>) -> Tensor {
    let greatest = Float(Output.levels - 1)
    return Tensor(values.map { Float($0) / greatest }, shape: [1, values.count]).asConstant
  }

  /// q(z|x) of one example, unit by unit.
  func posteriors(of values: ArraySlice<UInt8>) -> [LatentBins.Posterior] {
    let (mean, deviation) = posterior(encode(tensor(of: values)))
    return zip(mean.scalars, deviation.scalars).map { LatentBins.Posterior(mean: $0, deviation: $1) }
  }

  /// p(x|z) of one example, number by number, for the bins its latents lie in.
  func variables(given bins: [Int]) -> [Output.Variable] {
    decode(Tensor(bins.map { LatentBins.middle(of: $0) }, shape: [1, 1, bins.count])).variables()
  }

  /// Half of the SHA-256 of all weights and states, under their names: which model it is.
  var weightsDigest: [UInt8] {
    var hash = IncrementalDigest(.sha256)
    let named = Array(zip(parameterNames, parameters)) + states.map { ($0.name, $0.value) }
    for (name, tensor) in named {
      hash.update("\(name) \(tensor.shape)".utf8)
      hash.update(UnsafeRawBufferPointer(start: tensor.pointer, count: 4 * tensor.count))
    }
    return Array(hash.finalize().bytes.prefix(16))
  }

  /// Half of the SHA-256 of all frequencies that fixed examples lead to, to the last bit.
  ///
  /// Coder and decoder must compute the same numbers. Products and functions differ in the last bit between kinds of
  /// processors and versions of libraries; then this differs too, and decoding need not be tried.
  var computationDigest: [UInt8] {
    var hash = IncrementalDigest(.sha256)
    let stream = RandomStream(seed: 0)["bits-back probe"]
    for probe in 0..<4 {
      let values = stream[probe].uniform([inputSize]).scalars.map { UInt8(min($0, 0.999) * Float(Output.levels)) }
      var bins: [Int] = []
      var frequencies: [UInt64] = []
      for (unit, posterior) in posteriors(of: values[...]).enumerated() {
        let slot = stream[probe].bits(at: unit) % ANSStack.total
        var stack = ANSStack(head: ANSStack.total << 3 | slot, words: [0])
        bins.append(stack.pop(of: LatentBins.count, by: posterior))
        frequencies += (1..<8).map { posterior.frequency(below: LatentBins.count / 8 * $0, of: LatentBins.count) }
      }
      frequencies += bins.map { UInt64($0) }
      for (value, variable) in zip(values, variables(given: bins)) {
        frequencies.append(variable.frequency(below: max(1, Int(value)), of: Output.levels))
      }
      frequencies.withUnsafeBytes { hash.update($0) }
    }
    return Array(hash.finalize().bytes.prefix(16))
  }
}
