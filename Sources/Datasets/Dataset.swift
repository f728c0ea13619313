import Foundation
import Tensors

/// Examples of one shape, held as they were stored: bytes stay bytes until they become a batch.
public struct Dataset: Sendable {
  /// The numbers of all examples, one example after the other, each row-major (height, width, channels).
  public enum Values: Sendable {
    /// 8-bit grey or colour, 0 to 255; a batch scales them to [0, 1].
    case bytes([UInt8])
    /// The same in a file, read as examples are asked for.
    case mapped(MappedBytes)
    /// Real values, used as they are.
    case floats([Float])

    /// How many numbers there are.
    public var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .mapped(let values): values.count
      case .floats(let values): values.count
      }
    }
  }

  /// Known causes of each example (class, slant, azimuth ...), for sets that come with them.
  public struct Factors: Sendable {
    /// One name per factor.
    public var names: [String]
    /// [count, names.count], row-major.
    public var values: [Float]
    /// Those that say what is shown (a class, an object, a person) rather than how it is shown (pose, light).
    public var identity: [String]
    /// After how much those that come round again do: 360 of an angle in degrees that goes full circle.
    public var periods: [String: Float]

    /// Factors by name; `values` is [count, names.count].
    public init(names: [String], values: [Float], identity: [String] = [], periods: [String: Float] = [:]) {
      self.names = names
      self.values = values
      self.identity = identity
      self.periods = periods
    }
  }

  /// The name shown to people: a catalog name or the file's.
  public var name: String
  /// The shape of one example: [height, width], [height, width, channels] or [features].
  public var exampleShape: [Int]
  /// All numbers; `values.count` is a multiple of the size of one example.
  public var values: Values
  /// One class per example, where the set has them.
  public var labels: [Int]?
  /// What the classes are called, by number, where they have names.
  public var labelNames: [String]?
  /// Known causes, where the set has them.
  public var factors: Factors?
  /// What belongs to the examples, one of each for one of these: at most one set, such as the frames of trajectories.
  public var companions: [Dataset] = []
  /// Neighbours are alike (frames of a film), so a random split would leak.
  public var isOrdered: Bool

  /// Traps if `values` does not hold a whole number of examples, or labels or factors disagree with their count.
  public init(
    name: String, exampleShape: [Int], values: Values, labels: [Int]? = nil, factors: Factors? = nil,
    isOrdered: Bool = false, labelNames: [String]? = nil
  ) {
    let size = exampleShape.reduce(1, *)
    require(
      size > 0 && values.count % size == 0,
      "Dataset \(name): \(values.count) values are not a whole number of examples of shape \(exampleShape)")
    let count = values.count / size
    require(labels == nil || labels!.count == count, "Dataset \(name): \(count) examples, \(labels!.count) labels")
    require(
      factors == nil || factors!.values.count == count * factors!.names.count,
      "Dataset \(name): factors do not match \(count) examples")
    self.name = name
    self.exampleShape = exampleShape
    self.values = values
    self.labels = labels
    self.factors = factors
    self.isOrdered = isOrdered
    self.labelNames = labelNames
  }

  /// Numbers in one example.
  public var exampleSize: Int { exampleShape.reduce(1, *) }

  /// Number of examples.
  public var count: Int { values.count / exampleSize }
}

/// A set as published: what to train on and, where the publisher says so, what to test on.
public struct DatasetSplits: Sendable {
  /// Examples to learn from.
  public var train: Dataset
  /// The publisher's validation examples, if there are any.
  public var validation: Dataset?
  /// The publisher's test examples, if there are any.
  public var test: Dataset?

  /// A set with its published parts.
  public init(train: Dataset, validation: Dataset? = nil, test: Dataset? = nil) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// The first examples of each part.
  package func first(_ limit: Int?) -> DatasetSplits {
    DatasetSplits(train: train.prefix(limit), validation: validation?.prefix(limit), test: test?.prefix(limit))
  }

  /// All parts as `options` want pictures. Throws `DataError` where they are none.
  package func fitted(_ options: PictureOptions) throws -> DatasetSplits {
    DatasetSplits(
      train: try train.fitted(options), validation: try validation?.fitted(options), test: try test?.fitted(options))
  }
}
