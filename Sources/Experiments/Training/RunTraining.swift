import Autoencoders
import Datasets
import Foundation

extension TrainingSession {
  /// Makes a new run in a folder and trains it; what was made is taken back if training fails before the first checkpoint.
  ///
  /// - Parameters:
  ///   - features: for a model of another's latents, the run to take these from, and how many epochs to train one where
  ///     there is none.
  ///   - session: makes a session at a run, with those who watch it.
  public static func train(
    _ plan: RunPlan, in folder: String, features: (run: String?, epochs: Int) = (nil, 50),
    session: (Run, RunData) -> TrainingSession
  ) throws -> (run: Run, end: SessionEnd) {
    var configuration = plan.configuration
    // What is said of features is what was copied.
    if let source = features.run, var staged = configuration.model.base as? any StagedSpecification {
      staged.features = try Run(opening: source).configuration.model
      configuration.model = AnyModelSpecification(staged)
    }
    let run = try Run(creating: folder, configuration)
    do {
      if let lower = try run.makeFeatures(copying: features.run, epochs: features.epochs) {
        do {
          let end = try session(lower, plan.data).start()
          if end == .interrupted { return (run, end) }
        } catch {
          lower.discardIfUnsaved()
          throw error
        }
      }
      return (run, try session(run, plan.data).start())
    } catch {
      run.discardIfUnsaved()
      throw error
    }
  }

  /// Goes on with a run, and with the features that its model is of where these were cut off.
  public static func resume(
    _ run: Run, _ data: RunData, session: (Run, RunData) -> TrainingSession
  ) throws -> SessionEnd {
    // A model of features begins when they are learned.
    let hasBegun = (try? run.checkpointPath(.last)) != nil
    guard run.configuration.model.base is any StagedSpecification, !hasBegun else {
      return try session(run, data).resume()
    }
    let end = try session(Run(opening: run.featuresPath), data).resume()
    return end == .interrupted ? end : try session(run, data).start()
  }
}

extension Run {
  /// The run of features inside this one, to be trained; nil where the model is of none, or they are a copy of another run's.
  fileprivate func makeFeatures(copying source: String?, epochs: Int) throws -> Run? {
    guard let staged = configuration.model.base as? any StagedSpecification else { return nil }
    if let source {
      let other = try Run(opening: source)
      _ = try other.checkpointPath(.best)
      guard other.configuration.examples.size == configuration.examples.size else {
        throw SettingError(
          "features",
          "\(source): that model takes examples of \(other.configuration.examples.size) numbers, these have "
            + "\(configuration.examples.size)")
      }
      try FileManager.default.copyItem(atPath: other.path, toPath: featuresPath)
      return nil
    }
    var data = configuration.data
    (data.labels, data.labelsFile, data.labelledShare) = (nil, nil, nil)
    var training = TrainingSettings()
    training.epochs = epochs
    training.batchSize = 100
    training.optimizer.rate = 0.001
    training.schedule.shape = .cosine(floor: 0)
    (training.seed, training.threads) = (configuration.training.seed, configuration.training.threads)
    return try Run(
      creating: featuresPath,
      RunConfiguration(data: data, examples: configuration.examples, model: staged.features.base, training: training))
  }
}
