import ArgumentParser
import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Networks
import Tensors

/// `vae train`
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model on a known set or a file, or go on with a run.",
    discussion: """
      DATA is a name from `vae data list` or a path: IDX, .npy, .npz, MATLAB v5 .mat, .csv; or a folder, zip or tar of PNG \
      and JPEG pictures, which is read once and then kept in the cache. Flags override --config, which \
      overrides the defaults. Ctrl-C saves and ends the run with status 130; --resume goes on to the very same weights as \
      if it had never been stopped.

      Examples:
        vae train mnist --out runs/digits
        vae train mnist --binarize dynamic --hidden 200,200 --activation tanh --latent 50 --out runs/iwae
        vae train frey-faces --likelihood gaussian --hidden 200 --latent 2 --epochs 300 --out runs/frey
        vae train ~/Pictures/faces --size 64 --likelihood gaussian --latent 64 --out runs/faces
        vae train fashion-mnist --likelihood mixture --components 5 --out runs/fashion
        vae train fashion-mnist --likelihood gaussian --binarize dequantize --out runs/fashion-gaussian
        vae train ~/Pictures/faces --size 64 --model conv --likelihood mixture --latent 64 --out runs/faces-conv
        vae train mnist --model dlgm --hidden 200,200 --latents 50,50 --posterior rank-one --out runs/dlgm
        vae train mnist --hidden 300,300 --latent 40 --prior vamp --prior-components 500 --out runs/vamp
        vae train mnist --model ladder --hidden 256,128 --latents 32,16 --kl-warm-up 0.2 --out runs/ladder
        vae train cifar10 --model hierarchical --likelihood mixture --out runs/cifar
        vae train mnist --activation softplus --leapfrogs 4 --out runs/hamiltonian
        vae train dsprites --subset 50000 --objective btcvae --beta 6 --latent 10 --out runs/sprites
        vae train dsprites --subset 50000 --objective factor --gamma 35 --latent 10 --out runs/factor
        vae train mnist --given quadrants:1 --hidden 500,500 --latent 50 --out runs/quadrants
        vae train photos --masks masks --size 64 --model conv --objective stl --kl-warm-up 0.3 --out runs/masks
        vae train weizmann-horses --model conv --condition-holes 0.5 --out runs/horses
        vae train mnist --given class --out runs/digits-by-class
        vae train moving-digits --given frame --model conv --latent 8 --out runs/futures
        vae train mnist --model draw --glimpses 32 --out runs/draw
        vae train --from runs/draw --glimpses 64 --epochs 20 --out runs/draw-64
        vae train scattered-digits --model draw --read 12 --write 12 --out runs/one-or-two-digits
        vae train table.csv --likelihood gaussian --hidden 64 --latent 8 --out runs/table
        vae train holes.csv --likelihood gaussian --objective iwae --samples 20 --out runs/holes    empty cells: missing
        vae train mnist --model m2 --labels 100 --out runs/m2           the class of 100 examples is told
        vae train mnist --model m1m2 --labels 100 --out runs/m1m2
        vae train scenes:car --model dcign --out runs/cars              latents for azimuth, elevation and light
        vae train yale-b --model dcign --out runs/faces-and-lights
        vae train coil20 --model dcign --epochs 300 --out runs/turntable  two latents that go round
        vae train --resume runs/digits
        vae train mnist --config runs/digits/config.json --seed 1 --out runs/digits-1
        vae train --from runs/digits --objective dreg --samples 50 --epochs 20 --out runs/digits-iwae
      """)

  @Argument(help: "A known set's name, or the path of a file or a folder of pictures.", completion: .file()) var data:
    String?
  @Option(name: [.customShort("o"), .long], help: "The new run's folder.", completion: .directory) var out: String?
  @Option(help: "Go on with this run.", completion: .directory) var resume: String?
  @Option(help: "Take settings from this file, a run's config.json.", completion: .file()) var config: String?
  @Option(
    help: "Begin with the weights of this run, and with its settings where no flag says otherwise.",
    completion: .directory)
  var from: String?
  @Option(help: "Save a checkpoint about every so many seconds, at an epoch's end.") var saveEvery = 30.0

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Model") var modelOptions: ModelOptions
  @OptionGroup(title: "Classes") var labelOptions: LabelOptions
  @OptionGroup(title: "Factors") var factorOptions: FactorOptions
  @OptionGroup(title: "Training") var trainingOptions: TrainingOptions

  func validate() throws {
    guard (resume == nil) != (out == nil) else {
      throw ValidationError("give either --out FOLDER for a new run, or --resume RUN")
    }
    if resume != nil && (data != nil || config != nil || from != nil) {
      throw ValidationError("--resume takes everything from the run; leave DATA, --config and --from out")
    }
    if from != nil
      && (config != nil || modelOptions.changesWeights || labelOptions.isGiven || factorOptions.factors != nil)
    {
      throw ValidationError(
        "--from takes the model and the settings from the run; leave --config and the model's flags out")
    }
    if resume == nil && data == nil && config == nil && from == nil {
      throw ValidationError("say what to train on: vae train DATA")
    }
  }

  func run() throws {
    if let resume {
      if trainingOptions.isGiven || modelOptions.isGiven || labelOptions.isGiven || factorOptions.isGiven
        || dataOptions.isGivenBeyondDirectory
      {
        throw ValidationError(
          "--resume takes every setting from the run; only --data-dir and --save-every may be given")
      }
      let run = try Run(opening: resume)
      let configuration = run.configuration
      let data = try RunData(
        configuration.data, seed: configuration.training.seed, directory: dataOptions.dataDir)
      Interruption.catchSignals()
      try resumeFeatures(of: run, data)
      // A model of features begins when they are learned, which may have been cut off.
      let hasBegun = run.configuration.model.family != .m1m2 || (try? run.checkpointPath(.last)) != nil
      if hasBegun { try session(run, data).resume() } else { try session(run, data).start() }
    } else {
      let (configuration, data) = try prepare()
      // Not before: reading many pictures takes a while, and there is nothing to save yet.
      Interruption.catchSignals()
      let run = try Run(creating: out!, configuration)
      do {
        if configuration.model.family == .m1m2 { try startFeatures(of: run, data) }
        try session(run, data).start()
      } catch {
        run.discardIfUnsaved()
        throw error
      }
    }
  }

  /// Learns the features that a model is of, or takes those of another run.
  private func startFeatures(of run: Run, _ data: RunData) throws {
    let source = labelOptions.features ?? from.map { $0 + "/m1" }
    let lower = try labelOptions.makeFeatures(in: run, copying: source)
    guard source == nil else { return }
    do { try session(lower, data).start() } catch {
      lower.discardIfUnsaved()
      throw error
    }
  }

  private func resumeFeatures(of run: Run, _ data: RunData) throws {
    guard run.configuration.model.family == .m1m2, (try? run.checkpointPath(.last)) == nil else { return }
    try session(Run(opening: run.featuresPath), data).resume()
  }

  private func session(_ run: Run, _ data: RunData) -> TrainingSession {
    TrainingSession(run: run, data: data, saveEvery: saveEvery)
  }

  /// The configuration that the flags, the file and the data make together.
  private func prepare() throws -> (RunConfiguration, RunData) {
    var base: RunConfiguration?
    var startedFrom: String?
    if let from {
      let run = try Run(opening: from)
      base = run.configuration
      startedFrom = URL(fileURLWithPath: try run.checkpointPath(.best)).path
    }
    if let config {
      guard let contents = FileManager.default.contents(atPath: config) else {
        throw ValidationError("--config \(config): no such file")
      }
      base = try Run.parse(contents, path: config)
    }
    let pairs = try MaskPairs(data, dataOptions, base: base?.data)
    let source = pairs?.masks ?? data ?? base!.data.source
    let variable = dataOptions.variable ?? (data == nil ? base?.data.variable : nil)
    let directory = dataOptions.dataDir ?? base?.data.directory
    var pictures = try dataOptions.pictures.options(over: base?.data.pictures ?? PictureOptions())
    if let pairs {
      try pairs.check()
      pictures.channels = 1
    }
    let given = dataOptions.given ?? (data == nil ? base?.data.given : nil)
    let locator = DataLocator.reporting(directory)
    let motion = given == "frame" ? try locator.motion(source) : nil
    let splits = try motion?.splits ?? locator.load(source, variable: variable, pictures: pictures)
    let profile = DataProfile(splits.train)

    var model = base?.model ?? ModelConfiguration(inputSize: splits.train.exampleSize)
    let size = base?.data.exampleShape.reduce(1, *) ?? model.inputSize
    if let from, size != splits.train.exampleSize {
      throw ValidationError(
        "--from \(from): that model takes examples of \(size) numbers; those of \(source) have "
          + "\(splits.train.exampleSize)")
    }
    (model.inputSize, model.exampleShape) = (splits.train.exampleSize, splits.train.exampleShape)
    if base == nil { profile.adapt(&model, likelihood: modelOptions.likelihood) }
    try modelOptions.apply(to: &model)
    var training = base?.training ?? TrainingSettings()
    try trainingOptions.apply(to: &training)

    var data = DataConfiguration(
      source: try DataLocator.lasting(source),
      variable: variable, directory: directory.map { URL(fileURLWithPath: $0).path },
      binarization: base?.data.binarization ?? profile.defaultBinarization(model.likelihood).rawValue,
      limit: base?.data.limit, validationFraction: base?.data.validationFraction ?? 0.05,
      exampleShape: splits.train.exampleShape, isOrdered: splits.train.isOrdered,
      size: pictures.size.map { [$0.height, $0.width] }, grey: pictures.channels == 1 ? true : nil,
      missing: base?.data.missing)
    (data.given, data.classes, data.subset) = (base?.data.given, base?.data.classes, base?.data.subset)
    (data.mirror, data.conditionNoise, data.conditionHoles) =
      (base?.data.mirror, base?.data.conditionNoise, base?.data.conditionHoles)
    if let pairs { (data.given, data.binarization) = (pairs.given, Binarization.threshold.rawValue) }
    try dataOptions.apply(to: &data)
    (data.frameShape, data.steps) = (motion?.frameShape, motion?.form.steps)
    if data.given == "class" { data.classes = data.classes ?? splits.train.classCount }
    try labelOptions.apply(to: &model, &data, splits, base: base)
    try factorOptions.apply(to: &model, splits.train)
    model.exampleShape = data.exampleShape
    let read = try RunData(splits, data, seed: training.seed)
    (model.inputSize, model.conditionSize) = (read.train.targetSize, read.train.condition?.size)
    if case .pictures(let others)? = read.train.condition { model.conditionShape = others.exampleShape }
    try complete(&model, profile, data)
    let binarization = Binarization(rawValue: data.binarization) ?? .none
    // Dequantized values are never closer than their noise, so the floor can be as low as a logistic's.
    if base == nil && binarization == .dequantize && modelOptions.leastDeviation == nil { model.leastDeviation = 0.001 }
    try profile.check(model.likelihood, binarization, exampleShape: data.exampleShape)
    model.semi?.labelledShare = read.labelledShare
    let configuration = RunConfiguration(data: data, model: model, training: training, startedFrom: startedFrom)
    if let problem = model.hamiltonianProblem { throw Self.error(problem) }
    if let problem = configuration.objectiveProblem { throw ValidationError("--objective: \(problem)") }
    if let problem = configuration.algorithmProblem { throw ValidationError("--algorithm: \(problem)") }
    return (configuration, read)
  }

  /// A key of a configuration, as the flag that sets it.
  private static func error(_ problem: (key: String, expected: String)) -> ValidationError {
    let key = problem.key.split(separator: ".").last!
    let flag = key == "cvae_share" ? "hybrid" : key.replacing("_", with: "-")
    return ValidationError("--\(flag): expected \(problem.expected)")
  }

  /// What was not said of a model of pictures, by their size. Throws where there is none.
  private func complete(_ model: inout ModelConfiguration, _ profile: DataProfile, _ data: DataConfiguration) throws {
    let problems = [
      model.conditionalProblem, model.deepProblem, model.semiSupervisedProblem, model.graphicsProblem,
    ]
    if let problem = problems.lazy.compactMap({ $0 }).first {
      throw Self.error(problem)
    }
    guard model.family.isOfPictures else { return }
    let shape = Format.shape(data.exampleShape)
    let isMotion = data.given == "frame"
    guard model.imageShape != nil, isMotion || ([1, 3].contains(model.channels) && profile.isUnit) else {
      throw ValidationError(
        "--model \(model.family.rawValue) is for pictures, grey (28x28) or RGB (32x32x3), with values in [0, 1]; "
          + "\(data.source) has examples of \(shape)\(profile.isUnit ? "" : " with values outside"): give --shape, or "
          + "use --model mlp")
    }
    model.complete()
    if let problem = model.imageProblem {
      let flag = "--" + problem.key.split(separator: ".").last!
      throw ValidationError("\(flag): expected \(problem.expected); examples are \(shape)")
    }
  }
}
