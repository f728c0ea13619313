import Datasets

extension CatalogEntry {
  /// SVHN: the published files, or else a sample in their layout. Class 10 is the digit 0.
  func houseNumbers(_ folder: String, limit: Int?) throws -> DatasetSplits {
    func part(_ path: String) throws -> Dataset {
      var data = try DataFile(path: path).read(variable: "X", limit: limit)
      guard data.exampleShape == exampleShape, let labels = data.labels else {
        throw wrongShape(data.exampleShape, file: path)
      }
      data.labels = labels.map { $0 == 10 ? 0 : $0 }
      return data
    }
    let train = try found([files[0]] + partial, in: folder).first ?? file(0, in: folder)
    return DatasetSplits(train: try part(train), test: try found([files[1]], in: folder).first.map(part))
  }

  /// Faces in the middle of the pictures of a tar, a person being a folder where there are folders.
  func faces(_ path: String, limit: Int?, _ context: ReadingContext) throws -> Dataset {
    var options = PictureOptions(channels: exampleShape[2])
    options.crop = (64, 64, .init(height: exampleShape[0], width: exampleShape[1]))
    let data = try PictureSet(path: path, options: options, context: context).read(limit: limit)
    guard data.exampleShape == exampleShape else { throw wrongShape(data.exampleShape, file: path) }
    return data
  }

  /// dSprites with its factors. All of it is three gigabytes: they go through the cache, and only what is looked at is in
  /// memory.
  func sprites(_ folder: String, limit: Int?, _ context: ReadingContext) throws -> Dataset {
    let path = try file(0, in: folder)
    var data: Dataset
    if limit == nil {
      data = try StreamedArray(path: path, variable: "imgs", exampleShape: exampleShape, context: context).read()
    } else {
      let images = try NPZReader.read(path: path, variable: "imgs", limit: limit)
      data = try checked(images, shape: exampleShape, file: path).dataset(name: name)
    }
    let causes = try NPZReader.read(path: path, variable: "latents_values", limit: limit)
    guard causes.shape == [data.count, 6], case .floats(let values) = causes.values else {
      throw wrongShape(causes.shape, file: path)
    }
    data.factors = Dataset.Factors(
      names: factors, values: values, identity: ["color", "shape"], periods: ["orientation": 2 * .pi])
    return data
  }
}
