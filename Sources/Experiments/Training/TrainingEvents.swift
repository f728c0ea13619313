import Autoencoders

/// What a ``TrainingSession`` tells those who watch it.
public enum TrainingEvent: Sendable {
  /// It is about to train.
  case began(SessionDescription)
  /// A step was taken; told after each.
  case step(StepReport, of: SessionLength)
  /// An epoch was done.
  case epoch(EpochSummary)
}

/// How long a session is.
public struct SessionLength: Sendable, Equatable {
  /// Epochs of the whole run.
  public var epochs: Int
  /// Steps that were taken before this session.
  public var firstStep: Int
  /// Steps of the whole run.
  public var steps: Int
}

/// What is about to be trained on what.
public struct SessionDescription: Sendable {
  /// All settings.
  public var configuration: RunConfiguration
  /// Examples to train on, and those of them that have a class where a model of classes learns from them.
  public var trainCount: Int
  /// See ``trainCount``.
  public var labelledCount: Int?
  /// Examples to validate.
  public var validationCount: Int
  /// The part of the training examples' numbers that is missing.
  public var missingPart: Double
  /// Numbers that are learned.
  public var parameters: Int
}

/// An epoch that was done.
public struct EpochSummary: Sendable {
  /// What was trained and how it was judged.
  public var report: EpochReport
  /// Epochs of the run.
  public var epochs: Int
  /// The validation bound in bits per dimension, where it has some.
  public var validationBits: Double?
  /// The part of validation examples whose class was guessed wrong, where that was looked at.
  public var validationError: Double?
  /// Seconds until the run is done, at the pace of this session.
  public var secondsLeft: Double
}

/// How a session ended.
public enum SessionEnd: Sendable, Equatable {
  /// All epochs are done.
  case finished
  /// There was no better validation bound for as many epochs as patience allows.
  case stoppedEarly
  /// It was asked to stop; everything is saved.
  case interrupted
}
