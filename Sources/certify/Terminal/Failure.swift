import ArgumentParser
import CertifyAttacks
import CertifyCertificates
import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyExperiments
import CertifyGate
import CertifyModel
import CertifyReport
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyStore
import CertifyThreat
import CertifyTraining
import Foundation

/// The exit codes that scripts rely on, besides those of a verdict.
enum FailureCode: Int32 {
  case runtime = 1
  case usage = 64
  case badInput = 65
  case fileNotFound = 66
  case interrupted = 130
}

/// A failure that a command found itself: one line, and what kind it is.
struct CommandError: Error, CustomStringConvertible {
  let code: FailureCode
  let description: String

  static func usage(_ message: String) -> CommandError { CommandError(code: .usage, description: message) }
}

/// Runs the body of a command; a failure becomes one line on stderr and an exit code.
func reportingFailures(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let exit as ExitCode {
    throw exit
  } catch {
    Terminal.complain(error)
    throw ExitCode(failureCode(error).rawValue)
  }
}

/// The exit code that an error of any module stands for.
func failureCode(_ error: any Error) -> FailureCode {
  switch error {
  case let error as CommandError: return error.code
  case let error as EvaluationError:
    switch error {
    case .inputFailed(_, let underlying): return failureCode(underlying)
    case .budgetTooSmall, .undecidable: return .usage
    case .nothingToEvaluate: return .runtime
    }
  case ModelError.fileNotFound, ModelError.unreadable: return .fileNotFound
  case let error as DataError: return error.isMissingFile ? .fileNotFound : .badInput
  case is ModelError, is EngineError, is ThreatError, is ResultsFileError: return .badInput
  case let error as StoreError:
    switch error {
    case .missing, .unreadable: return .fileNotFound
    case .occupied, .otherRun, .otherShard, .differentParts, .overlap, .wholeOverPart: return .usage
    case .foreign, .newerVersion, .damaged: return .badInput
    case .inUse, .locked, .full, .unwritable, .failed: return .runtime
    }
  case let error as TrainingError:
    switch error {
    case .parameter, .incompatible: return .usage
    case .shape, .labels, .tooFewInputs, .noParameters, .checkpoint: return .badInput
    case .diverged: return .runtime
    }
  case let error as ExperimentError:
    switch error {
    case .unknown, .missingData: return .usage
    case .failed: return .runtime
    }
  case is SmoothingError, is StatisticsError, is CertificateError, is BoundError, is LinearModelError,
    is AttackError, is PolicyError,
    is RequirementError, is GateError, is ComparisonError, is UnknownReportFormat:
    return .usage
  default: return .runtime
  }
}
