/// Photographs in colour.
extension Catalog {
  static let cifar10 = CatalogEntry(
    name: "cifar10", title: "CIFAR-10 photographs of ten things", exampleShape: [32, 32, 3],
    counts: .init(train: 50_000, test: 10_000), hasLabels: true,
    terms: "research; published without a stated licence, citation asked for",
    citation: """
      A. Krizhevsky, "Learning multiple layers of features from tiny images", technical report, University of Toronto, 2009
      """,
    files: (1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"],
    sources: [.archive("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", folder: "cifar-10-batches-bin/")],
    packed: ["cifar-10-binary.tar.gz"], partial: ["test_batch_first1000.bin"], layout: .cifar,
    check: .files([
      "cifar-10-binary.tar.gz": "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      "data_batch_1.bin": "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
      "data_batch_2.bin": "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
      "data_batch_3.bin": "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
      "data_batch_4.bin": "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
      "data_batch_5.bin": "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
      "test_batch.bin": "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
      "test_batch_first1000.bin": "8314c96d7cd65618193bab23acdd5d4c4af15bf6dd00a1781d55beedf3be1ef5",
    ]))

  static let houseNumbers = CatalogEntry(
    name: "svhn", title: "SVHN, digits of house numbers", exampleShape: [32, 32, 3],
    counts: .init(train: 73_257, test: 26_032), hasLabels: true, terms: "non-commercial use only",
    citation: """
      Y. Netzer, T. Wang, A. Coates, A. Bissacco, B. Wu, A. Ng, "Reading digits in natural images with unsupervised \
      feature learning", NIPS workshop on deep learning and unsupervised feature learning, 2011
      """,
    files: ["train_32x32.mat", "test_32x32.mat"], sources: [.files("http://ufldl.stanford.edu/housenumbers/")],
    partial: ["svhn_50_32x32.mat"], layout: .houseNumbers,
    check: .files([
      "train_32x32.mat": "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
      "test_32x32.mat": "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
      "svhn_50_32x32.mat": "bf406c8a562c4214ccf9810eeb7c130363c6eddbea6e75da4c528cd6096e4a85",
    ]))

  static let faces = CatalogEntry(
    name: "lfw-faces", title: "Labeled Faces in the Wild, deep-funneled, the middle 128x128",
    exampleShape: [128, 128, 3],
    counts: .init(train: 13_233), hasLabels: false,
    terms: "research; pictures of real people gathered from the web, published without a licence",
    citation: """
      G. Huang, M. Ramesh, T. Berg, E. Learned-Miller, "Labeled faces in the wild", technical report 07-49, University of \
      Massachusetts, Amherst, 2007; G. Huang, M. Mattar, H. Lee, E. Learned-Miller, "Learning to align from scratch", \
      NIPS 2012
      """,
    files: ["lfw-deepfunneled.tgz"], sources: [.files("http://vis-www.cs.umass.edu/lfw/")],
    partial: ["lfw_deepfunneled_crop128_5749.tar.gz"], layout: .faces,
    check: .files([
      "lfw-deepfunneled.tgz": "68331da3eb755a505a502b5aacb3c201",
      "lfw_deepfunneled_crop128_5749.tar.gz": "2c0e300b6f1ff2eb567d17aaf63ba87b35f07211a3a63f63e42fdfdc152a956f",
    ]))
}
