import Datasets
import Tensors

/// Where a run's data come from and which of them are used, as a person would say it.
public struct DataConfiguration: Codable, Sendable, Equatable {
  /// A known set's name, or a path.
  public var source: String
  /// Whether a program held the data, so that they cannot be read again.
  public var isInMemory: Bool?
  /// The variable inside a file that holds several.
  public var variable: String?
  /// A folder in which sets are looked for first.
  public var directory: String?
  /// What becomes of grey values.
  public var binarization = Binarization.none
  /// Only the first so many training examples.
  public var limit: Int?
  /// Of these only so many, chosen by the seed.
  public var subset: Int?
  /// The part of the training examples that is kept for validation.
  public var validationFraction = 0.05
  /// Rows and columns that pictures are brought to, where that was asked for.
  public var size: [Int]?
  /// Whether colour is turned into grey.
  public var grey: Bool?
  /// Whether half of the training pictures are shown mirrored left to right.
  public var mirror: Bool?
  /// The part of all pixels, or numbers of a table, that is taken away from training and validation examples.
  public var missing: Double?
  /// How many of the training examples keep their class, as many of each; all without, where classes are asked for.
  public var labels: Int?
  /// The part of an epoch that examples with a class make up, repeated as often as that takes; 1 leaves the others out.
  /// Classes are not asked for without.
  public var labelledShare: Double?
  /// A file of classes, one for each training example.
  public var labelsFile: String?
  /// Whether neighbouring examples are alike, so that the last ones are kept for validation, not random ones.
  public var isOrdered = false
  /// What a conditional model is given of each example, as ``GivenPart`` says it.
  public var given: String?
  /// Of trajectories given a frame: the frame's rows, columns and perhaps channels.
  public var frameShape: [Int]?
  /// Of trajectories: frames after the first.
  public var steps: Int?
  /// How many classes there are, where the class is given.
  public var classes: Int?
  /// The deviation of noise added to given pictures in training.
  public var conditionNoise: Double?
  /// The longest sides of holes in given pictures in training, as a part of theirs.
  public var conditionHoles: Double?

  /// All of a set or a file, a twentieth of it for validation.
  public init(source: String) { self.source = source }

  /// What becomes of pictures as they are read.
  package var pictures: PictureOptions {
    get { PictureOptions(size: size.map { .init(height: $0[0], width: $0[1]) }, channels: grey == true ? 1 : nil) }
    set {
      size = newValue.size.map { [$0.height, $0.width] }
      grey = newValue.channels == 1 ? true : nil
    }
  }

  /// What given pictures suffer in training.
  var noise: ConditionNoise? {
    if conditionNoise == nil && conditionHoles == nil { return nil }
    return ConditionNoise(deviation: Float(conditionNoise ?? 0), holes: Float(conditionHoles ?? 0))
  }
}
