import Networks
import Tensors

/// What a semi-supervised model is beside its layers.
public struct SemiSupervision: Codable, Sendable, Equatable {
  /// How many classes there are.
  public var classes: Int
  /// What they are called, by number, where they have names.
  public var names: [String]?
  /// The weight of the mean classification loss beside the bound of N examples, as a part of N (Kingma et al. 2014: 0.1).
  public var alpha: Float = 0.1
  /// The part of an epoch's examples that has a class.
  public var labelledShare: Double
  /// Whether q(y|x) alone is learned, and from labelled examples alone.
  public var isSupervised: Bool?

  /// A model of `classes` classes.
  public init(classes: Int, names: [String]? = nil, alpha: Float = 0.1, labelledShare: Double) {
    (self.classes, self.names, self.alpha, self.labelledShare) = (classes, names, alpha, labelledShare)
  }

  /// What log q(y|x) of one labelled example counts beside the bound of one example.
  public var classifierWeight: Float { alpha / Float(labelledShare) }

  /// What the classes are called, or their numbers.
  public var classNames: [String] { names ?? (0..<classes).map(String.init) }

  /// Throws unless its numbers can be.
  func validate() throws {
    try check(2...10_000 ~= classes, "classes", "2 to 10,000")
    try check(alpha >= 0 && alpha.isFinite, "alpha", "a number from 0")
    try check(labelledShare > 0 && labelledShare <= 1, "labelled_share", "above 0 and at most 1")
  }

  func summary(_ hidden: [Int], _ latent: Int) -> String {
    "-\(hidden.map(String.init).joined(separator: "-"))-\(latent), \(classes) classes, alpha \(alpha),"
      + (isSupervised == true ? " supervised," : "")
  }
}
