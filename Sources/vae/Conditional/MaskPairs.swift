import ArgumentParser
import Autoencoders
import DatasetCatalog
import Datasets
import Foundation

/// Photographs and their masks, as `--masks` or the name of a set of masks says it.
struct MaskPairs {
  /// Where the masks are: what is modelled.
  let masks: String
  /// What is given, as `--given` would say it.
  let given: String
  private let photographs: String

  /// Nil where there are none. Throws where flags contradict each other.
  init?(_ data: String?, _ options: DataOptions, base: DataConfiguration?) throws {
    if let masks = options.masks {
      guard let data else { throw ValidationError("--masks: say whose, as in vae train PHOTOS --masks \(masks)") }
      guard options.given == nil else { throw ValidationError("--masks are given DATA; leave --given out") }
      (self.masks, photographs) = (masks, data)
    } else {
      guard let data, options.given == nil, base?.given == nil, let entry = Catalog.entry(named: data),
        entry.holdsMasks
      else { return nil }
      (masks, photographs) = (entry.name, "\(entry.name):\(CatalogEntry.photographs)")
    }
    given = try GivenOption("pictures:\(photographs)").description
  }

  /// Throws unless each photograph has its mask. Sets that are known by name need no look.
  func check() throws {
    if Catalog.entry(named: masks) != nil { return }
    try PicturePairs.check(photographs, masks, masks: true)
  }
}

extension DataOptions {
  func applyNoise(to data: inout DataConfiguration) throws {
    if let conditionNoise {
      guard 0...100 ~= conditionNoise else {
        throw ValidationError("--condition-noise takes a deviation, 0 to 100; got \(conditionNoise)")
      }
      data.conditionNoise = conditionNoise > 0 ? conditionNoise : nil
    }
    if let conditionHoles {
      guard 0...1 ~= conditionHoles else {
        throw ValidationError("--condition-holes takes a part of a picture's sides, 0 to 1; got \(conditionHoles)")
      }
      data.conditionHoles = conditionHoles > 0 ? conditionHoles : nil
    }
    guard data.conditionNoise == nil && data.conditionHoles == nil || data.given?.hasPrefix("pictures:") == true else {
      throw ValidationError(
        "--condition-noise and --condition-holes are for given pictures (--masks, --given pictures)")
    }
  }
}

extension DataConfiguration {
  /// What given pictures suffer in training.
  var noise: ConditionNoise? {
    if conditionNoise == nil && conditionHoles == nil { return nil }
    return ConditionNoise(deviation: Float(conditionNoise ?? 0), holes: Float(conditionHoles ?? 0))
  }
}
