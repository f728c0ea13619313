import Autoencoders
import Datasets
import Digests
import Files
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import BitsBack

struct BitsBackCoderTests {
  private typealias Binary = MLPAutoencoder<BernoulliOutput>
  private typealias Grey = MLPAutoencoder<DiscretizedLogisticOutput>

  private func values(_ coder: BitsBackCoder<some BitsBackModel>, _ data: Examples) -> [UInt8] {
    coder.values(of: data.batch(ArraySlice(0..<data.count), stream: RandomStream(seed: 9))).values
  }

  private static func grey(seed: UInt64) -> Grey {
    MLPAutoencoder(inputSize: 16, hidden: [24], latentSize: 3, activation: .tanh, stream: RandomStream(seed: seed)) {
      DiscretizedLogisticOutput(features: $0, size: 16, stream: $1)
    }
  }

  /// Bars as bytes.
  private static func bytes(_ count: Int, seed: UInt64 = 0) -> Examples {
    guard case .floats(let floats) = Bars.examples(count, seed: seed).dataset.values else {
      fatalError("bars are floats")
    }
    let bytes = floats.map { UInt8(($0 * 255).rounded()) }
    return Examples(Dataset(name: "bars", exampleShape: [4, 4], values: .bytes(bytes)))
  }

  private static func trained<Model: LatentVariableModel>(_ model: Model, on data: Examples, epochs: Int) throws
    -> Model
  {
    let settings = Bars.settings(epochs: epochs) { $0.optimizer.rate = 0.01 }
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(data)
    return trainer.model
  }

  /// Coded, written, read and decoded; how many bits beside the bound's.
  @discardableResult
  private func roundTrip<Model: BitsBackModel>(_ model: Model, _ data: Examples) throws -> (bits: Double, bound: Double)
  {
    let coder = BitsBackCoder(model)
    let values = values(coder, data)
    #expect(values.count == 16 * data.count)
    let (coded, initialBytes) = coder.encode(values, exampleShape: [4, 4], initialBits: RandomStream(seed: 2))
    #expect((initialBytes > 0) == (data.count > 0) && initialBytes < 20, "three latents of at most 30 bits")
    try withTemporaryFolder { folder in
      let path = folder + "/coded"
      try coded.write(to: path)
      let read = try CompressedExamples(contentsOf: path)
      #expect(try read == coded && Data(contentsOf: URL(fileURLWithPath: path)).count == coded.size)
      var decoded: [UInt8] = []
      try BitsBackCoder(model).decode(read, path: path) { decoded += $0 }
      #expect(decoded == values)
    }
    let bound = coder.bound(of: values, stream: RandomStream(seed: 3))
    return (8 * Double(coded.size), -bound / log(2))
  }

  @Test func binaryExamplesComeBack() throws {
    for count in [0, 1, 2, 300] { try roundTrip(Bars.model(seed: 1), Bars.examples(count)) }
  }

  @Test func greyExamplesComeBack() throws {
    for count in [1, 300] { try roundTrip(Self.grey(seed: 1), Self.bytes(count)) }
  }

  /// What no model expects: every value is still coded, and comes back.
  @Test func noiseComesBack() throws {
    let noise = RandomStream(seed: 7).uniform([800]).scalars.map { UInt8($0 * 255) }
    let data = Examples(Dataset(name: "noise", exampleShape: [4, 4], values: .bytes(noise)))
    try roundTrip(try Self.trained(Self.grey(seed: 1), on: Self.bytes(400), epochs: 10), data)
  }

  @Test func sizeIsTheBoundOfBinaryExamples() throws {
    let model = try Self.trained(Bars.model(seed: 1), on: Bars.examples(2000), epochs: 15)
    let (bits, bound) = try roundTrip(model, Bars.examples(20_000, seed: 1))
    #expect(abs(bits / bound - 1) < 0.01, "\(bits) bits, negative bound \(bound)")
    #expect(bits < 0.85 * 16 * 20_000, "the model has learned nothing")
  }

  @Test func sizeIsTheBoundOfGreyExamples() throws {
    let model = try Self.trained(Self.grey(seed: 1), on: Self.bytes(2000), epochs: 15)
    let (bits, bound) = try roundTrip(model, Self.bytes(4000, seed: 1))
    #expect(abs(bits / bound - 1) < 0.01, "\(bits) bits, negative bound \(bound)")
    #expect(bits < 0.9 * 8 * 16 * 4000, "the model has learned nothing")
  }

  @Test func sizeIsTheBoundOfConvolvedExamples() throws {
    let model = ConvolutionalAutoencoder(
      imageShape: [4, 4, 1], maps: [12], blocks: 1, latentSize: 3, activation: .silu, distribution: BernoulliPixels(),
      stream: RandomStream(seed: 1))
    let (bits, bound) = try roundTrip(
      try Self.trained(model, on: Bars.examples(2000), epochs: 8), Bars.examples(10_000, seed: 1))
    // Beside what is constant, the file's head above all, a fraction of a bit an example, of 13.
    let constant = try roundTrip(model, Bars.examples(1, seed: 1))
    let surplus = (bits - constant.bits - bound + constant.bound) / 10_000
    #expect(abs(surplus) < 0.3, "\(surplus) bits an example: \(bits) bits, negative bound \(bound)")
    #expect(bits < 0.9 * 16 * 10_000, "the model has learned nothing")
  }

  @Test func valuesThatCannotBeCodedAreNamed() {
    let binary = BitsBackCoder(Bars.model(seed: 1))
    #expect(binary.values(of: Tensor([0, 1, 0.3], shape: [1, 3])).wrong == 0.3)
    #expect(binary.values(of: Tensor([0, 1, 1], shape: [1, 3])).values == [0, 1, 1])
    let grey = BitsBackCoder(Self.grey(seed: 1))
    #expect(grey.values(of: Tensor([0, 1, 0.5], shape: [1, 3])).wrong == 0.5)
    #expect(grey.values(of: Tensor([0, -1 / 255, 1], shape: [1, 3])).wrong != nil)
    #expect(grey.values(of: Tensor([0, .nan, 1], shape: [1, 3])).wrong?.isNaN == true)
    #expect(grey.values(of: Tensor((0..<256).map { Float($0) / 255 }, shape: [1, 256])).values == Array(0...255))
  }

  // MARK: What must be refused

  private func problem<Model: BitsBackModel>(_ coded: CompressedExamples, by model: Model) -> String {
    let error = #expect(throws: FileError.self) { try BitsBackCoder(model).decode(coded, path: "some/file") { _ in } }
    #expect(error?.path == "some/file")
    return error?.problem ?? ""
  }

  @Test func anotherModelIsRefused() throws {
    let coder = BitsBackCoder(Bars.model(seed: 1))
    let (coded, _) = coder.encode(
      values(coder, Bars.examples(20)), exampleShape: [4, 4], initialBits: RandomStream(seed: 2))
    #expect(problem(coded, by: Bars.model(seed: 2)).contains("another model"))
    #expect(problem(coded, by: Bars.model(seed: 1, hidden: [13])).contains("another model"))
    #expect(problem(coded, by: Self.grey(seed: 1)).contains("another model"))
    var last = Bars.model(seed: 1)
    last.output.logits.bias.withMutablePointer { $0[15] = $0[15].nextUp }
    #expect(problem(coded, by: last).contains("another model"), "one weight in its last bit")
  }

  @Test func anotherComputationIsRefused() throws {
    // The same weights behind another activation stand for a processor that computes other numbers.
    let coder = BitsBackCoder(Bars.model(seed: 1))
    let (coded, _) = coder.encode(
      values(coder, Bars.examples(20)), exampleShape: [4, 4], initialBits: RandomStream(seed: 2))
    let other = MLPAutoencoder(
      inputSize: 16, hidden: [12], latentSize: 3, activation: .relu, stream: RandomStream(seed: 1)
    ) { BernoulliOutput(features: $0, size: 16, stream: $1) }
    #expect(other.weightsDigest == Bars.model(seed: 1).weightsDigest)
    #expect(problem(coded, by: other).contains("last bit"))
  }

  @Test func aForgedStackDoesNotDecodeToOtherData() throws {
    let model = Bars.model(seed: 1)
    let coder = BitsBackCoder(model)
    let (coded, _) = coder.encode(
      values(coder, Bars.examples(20)), exampleShape: [4, 4], initialBits: RandomStream(seed: 2))
    func forged(count: Int, head: UInt64, words: [UInt32]) -> CompressedExamples {
      CompressedExamples(
        levels: 2, exampleShape: [4, 4], count: count, weightsDigest: coded.weightsDigest,
        computationDigest: coded.computationDigest, dataDigest: coded.dataDigest, head: head, words: words)
    }
    #expect(problem(forged(count: 20, head: coded.head ^ 1, words: coded.words), by: model).contains("other data"))
    #expect(problem(forged(count: 19, head: coded.head, words: coded.words), by: model).contains("other data"))
    #expect(problem(forged(count: .max, head: coded.head, words: coded.words), by: model).contains("ends inside"))
    #expect(problem(forged(count: 20, head: coded.head, words: []), by: model).contains("ends inside"))
  }

  @Test func everyDamagedByteAndEveryMissingEndIsRefused() throws {
    let coder = BitsBackCoder(Bars.model(seed: 1))
    let (coded, _) = coder.encode(
      values(coder, Bars.examples(8)), exampleShape: [4, 4], initialBits: RandomStream(seed: 2))
    try withTemporaryFolder { folder in
      let path = folder + "/coded"
      try coded.write(to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      func isRefused(_ data: Data, _ what: String) throws {
        try data.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: FileError.self, "\(what)") { try CompressedExamples(contentsOf: path) }
        #expect(error?.path == path && error?.problem.contains("\n") == false)
      }
      for byte in whole.indices {
        for bit in [0, 7] {
          var damaged = whole
          damaged[byte] ^= 1 << bit
          try isRefused(damaged, "byte \(byte), bit \(bit)")
        }
        try isRefused(whole.prefix(byte), "cut at \(byte)")
      }
      try isRefused(whole + [0], "longer by a byte")
      // Sizes that cannot be, under a digest that fits them.
      for (offset, size) in [(16, 8), (24, 4), (28, 4), (32, 4)] {
        var forged = whole.dropLast(16)
        for byte in offset..<offset + size { forged[byte] = 0xff }
        forged += Digest.sha256(of: forged).bytes.prefix(16)
        try forged.write(to: URL(fileURLWithPath: path))
        #expect(throws: FileError.self, "offset \(offset)") {
          let read = try CompressedExamples(contentsOf: path)
          try coder.decode(read, path: path) { _ in }
        }
      }
      #expect(throws: FileError.self) { try CompressedExamples(contentsOf: folder + "/none") }
    }
  }
}
