import ArgumentParser
import Autoencoders
import Datasets
import Experiments
import Foundation

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
        vae train --model draw --help                                    the flags that count for one model
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
  @OptionGroup(title: "Model mlp, conv") var latentOptions: LatentOptions
  @OptionGroup(title: "Model dlgm, ladder, bottom-up") var layerOptions: LayerOptions
  @OptionGroup(title: "Model conv, dcign, hierarchical") var pictureOptions: PictureModelOptions
  @OptionGroup(title: "Model draw") var drawingOptions: DrawingOptions
  @OptionGroup(title: "Model dcign") var factorOptions: FactorOptions
  @OptionGroup(title: "Model m2, m1m2") var labelOptions: LabelOptions
  @OptionGroup(title: "Training") var trainingOptions: TrainingOptions

  var modelGroups: [any ModelFlagGroup] {
    [modelOptions, latentOptions, layerOptions, pictureOptions, drawingOptions, factorOptions, labelOptions]
  }

  func validate() throws {
    guard (resume == nil) != (out == nil) else {
      throw ValidationError("give either --out FOLDER for a new run, or --resume RUN")
    }
    if resume != nil && (data != nil || config != nil || from != nil) {
      throw ValidationError("--resume takes everything from the run; leave DATA, --config and --from out")
    }
    if from != nil && (config != nil || modelOptions.model != nil) {
      throw ValidationError(
        "--from takes the model and the settings from the run; leave --config and the model's flags out")
    }
    if resume == nil && data == nil && config == nil && from == nil {
      throw ValidationError("say what to train on: vae train DATA")
    }
  }

  func run() throws {
    let end: SessionEnd
    let run: Run
    if let resume {
      run = try Run(opening: resume)
      try refuseSettings(for: run)
      let data = try run.data(directory: dataOptions.dataDir, reporter: Terminal.reporter)
      Interruption.catchSignals()
      end = try TrainingSession.resume(run, data, session: session)
    } else {
      let plan = try plan()
      // Not before: reading many pictures takes a while, and there is nothing to save yet.
      Interruption.catchSignals()
      let features = labelOptions.features ?? from.map { $0 + "/m1" }
      (run, end) = try TrainingSession.train(
        plan, in: out!, features: (features, labelOptions.featureEpochs ?? 50), session: session)
    }
    try TrainingDisplay.conclude(run, end)
  }

  private func plan() throws -> RunPlan {
    let base: RunPlan.Base
    if let from {
      base = .weights(try Run(opening: from))
    } else if let config {
      guard let contents = FileManager.default.contents(atPath: config) else {
        throw ValidationError("--config \(config): no such file")
      }
      base = .settings(try RunConfiguration(json: contents, path: config))
    } else {
      base = .defaults
    }
    return try RunPlan(
      data, masks: dataOptions.masks, variable: dataOptions.variable, directory: dataOptions.dataDir, base: base,
      overrides: self, reporter: Terminal.reporter)
  }

  /// Throws if a flag would change a setting of a run that goes on.
  private func refuseSettings(for run: Run) throws {
    let old = run.configuration
    var new = old
    var (model, pictures) = (old.model.base, old.data.pictures)
    for flag in modelGroups.flatMap(\.flags) where flag.isGiven() { throw refusal(flag.name) }
    try apply(to: &pictures)
    try apply(to: &new.data, for: type(of: model), shape: old.examples.shape)
    try apply(to: &model, DataProfile(shape: old.examples.shape))
    try trainingOptions.apply(to: &new.training)
    let isChanged =
      new != old || pictures != old.data.pictures || model.isDifferent(from: old.model.base)
      || modelOptions.model != nil || dataOptions.isAboutExamples
    if isChanged { throw refusal(nil) }
  }

  private func refusal(_ flag: String?) -> ValidationError {
    ValidationError(
      "--resume takes every setting from the run; only --data-dir and --save-every may be given"
        + (flag.map { ", not \($0)" } ?? ""))
  }

  private func session(_ run: Run, _ data: RunData) -> TrainingSession {
    let display = TrainingDisplay()
    return TrainingSession(
      run: run, data: data, saveEvery: saveEvery, reporter: Terminal.reporter, observe: { display.show($0) },
      shouldStop: { Interruption.isRequested })
  }
}

extension TrainCommand: RunOverrides {
  var model: String? { modelOptions.model }
  var likelihood: LikelihoodSpecification.Name? { modelOptions.likelihood }
  var shape: [Int]? { dataOptions.shape?.sizes }
  var given: String? { dataOptions.given }
  var setsLeastDeviation: Bool { modelOptions.leastDeviation != nil }

  func apply(to pictures: inout PictureOptions) throws { pictures = try dataOptions.pictures.options(over: pictures) }

  func apply(to data: inout DataConfiguration, for model: any ModelSpecification.Type, shape: [Int]) throws {
    for flag in modelGroups.flatMap(\.flags) { try flag.check(model) }
    try dataOptions.apply(to: &data, shape: shape)
    labelOptions.apply(to: &data, for: model)
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    for flag in modelGroups.flatMap(\.flags) { try flag.check(type(of: model)) }
    for group in modelGroups { try group.apply(to: &model, profile) }
  }

  func apply(to training: inout TrainingSettings) throws {
    try trainingOptions.apply(to: &training)
    training.threads = trainingOptions.threads ?? TrainingOptions.threads(for: training)
  }
}
