import ArgumentParser
import Autoencoders

/// `speed work`
struct WorkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Take steps of a case when told to; the driver talks to this.",
    discussion: """
      Prints a line of JSON when it is ready. Then each line 'go SECONDS' on the standard input is answered with the mean \
      seconds per step over about that long, and 'end' with the most memory held.
      """)

  @Argument(help: "A case of cases.json.") var name: String
  @Option(help: "Cores to use.") var threads = 2
  @Flag(help: "The matrix products of the case alone, by the same library and split over threads in the same way.")
  var limit = false
  @Option(help: "With --limit: another file that multiplies; see 'speed blas --help'.") var library: String?
  @OptionGroup(title: "In place of the case's own") var changes: CaseChanges

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads \(threads): at least 1") }
  }

  func run() throws {
    let chosen = try changes.applied(to: Case.named(name))
    let products = chosen.products(threads: threads)
    let conversation = Conversation(operations: products?.operations)
    if limit {
      guard let products else { return try conversation.decline("its products are not listed") }
      var runner = try ProductRunner(products, threads: threads, library: MatrixLibrary(path: library))
      return try conversation.hold(&runner, warmup: 1)
    }
    let warmup = chosen.warmup ?? 1
    switch chosen.kind {
    case .training, .convolution:
      let settings = try chosen.trainingSettings(threads: threads)
      try train(chosen.model(), on: chosen, settings, conversation, warmup)
    case .estimate: try estimate(chosen.model(), on: chosen, conversation, warmup)
    case .recurrent:
      var work = RecurrentWork(chosen, threads: threads)
      try conversation.hold(&work, warmup: warmup)
    case .program: try conversation.decline("timed from outside")
    }
  }

  private func train<Model: LatentVariableModel>(
    _ model: Model, on chosen: Case, _ settings: TrainingSettings, _ conversation: Conversation, _ warmup: Int
  ) throws {
    var work = TrainingWork(model, on: try chosen.trainingExamples(), settings: settings)
    try conversation.hold(&work, warmup: warmup)
  }

  private func estimate<Model: LatentVariableModel>(
    _ model: Model, on chosen: Case, _ conversation: Conversation, _ warmup: Int
  ) throws {
    var work = EstimateWork(
      model: model, data: try chosen.testExamples(), samples: chosen.samples ?? 1,
      evaluator: Evaluator(threads: threads))
    try conversation.hold(&work, warmup: warmup)
  }
}
