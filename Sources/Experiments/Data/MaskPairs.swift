import Autoencoders
import DatasetCatalog
import Datasets
import Foundation

/// Photographs and their masks: the masks are modelled given the photographs.
public struct MaskPairs: Sendable {
  /// Where the masks are.
  public let masks: String
  /// What is given, as ``GivenPart`` says it.
  public let given: String
  private let photographs: String

  /// The masks of photographs that lie in a folder of their own, under the same names.
  public init(photographs: String, masks: String) throws {
    (self.masks, self.photographs) = (masks, photographs)
    given = try GivenPart(parsing: "pictures:\(photographs)").description
  }

  /// A known set of masks; nil where the name is none.
  public init?(named name: String) throws {
    guard let entry = Catalog.entry(named: name), entry.holdsMasks else { return nil }
    try self.init(photographs: "\(entry.name):\(CatalogEntry.photographs)", masks: entry.name)
  }

  /// Throws unless each photograph has its mask. Sets that are known by name need no look.
  func check() throws {
    if Catalog.entry(named: masks) != nil { return }
    try PicturePairs.check(photographs, masks, masks: true)
  }
}
