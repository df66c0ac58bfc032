import CertifyExperiments
import Foundation
import Testing
import _CertifyTestSupport

/// Every experiment, whole: its assertions hold, and nothing on its page is missing.
@Suite struct ExperimentTests {
  static let names = Experiments.all.map { $0.name }

  static func run(_ name: String, _ scale: ExperimentSetting.Scale, jobs: Int = 2) throws -> ExperimentPage {
    try Experiments.named(name).init().run(
      ExperimentSetting(
        scale: scale, jobs: jobs, dataDirectory: scale == .full ? Fixtures.externalModels : nil))
  }

  private func check(_ page: ExperimentPage, _ name: String) {
    for quantity in page.failures { Issue.record("\(name): \(quantity)") }
    #expect(page.claimCount > 0)
    #expect(!page.figures.isEmpty && !page.paragraphs.isEmpty && !page.sources.isEmpty)
    #expect(!page.title.isEmpty && page.question.hasSuffix("?") && !page.setting.isEmpty)
    #expect(
      Set(page.quantities.map(\.name)).count == page.quantities.count, "names of quantities tell them apart")
    #expect(page.quantities.allSatisfy { $0.claim.map { !$0.reason.isEmpty } ?? true })
    #expect(Set(page.figures.map(\.name)).count == page.figures.count)
    for figure in page.figures {
      #expect(figure.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" })
      #expect(figure.alternative.count > 40 && figure.alternative.hasSuffix("."))
      #expect(figure.caption.hasSuffix("."))
    }
  }

  @Test(arguments: names) func holdsAtTheSmallSetting(name: String) throws {
    check(try Self.run(name, .small), name)
  }

  @Test(.enabled(if: isLong, "CERTIFY_LONG_TESTS is not set"), arguments: names)
  func holdsAtTheFullSetting(name: String) throws {
    do {
      check(try Self.run(name, .full), name)
    } catch ExperimentError.missingData where Fixtures.externalModels == nil {
      // Others' data are not part of the project.
    }
  }

  @Test(.enabled(if: isLong, "CERTIFY_LONG_TESTS is not set"), arguments: names)
  func dependsOnTheSettingAlone(name: String) throws {
    #expect(try Self.run(name, .small, jobs: 1) == Self.run(name, .small, jobs: 3))
  }

  private static let isLong = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil

  @Test func namesAreFound() throws {
    #expect(Set(Self.names).count == Self.names.count)
    #expect(try Experiments.named("holder") == HolderExperiment.self)
    #expect(throws: ExperimentError.unknown(name: "hodler")) { try Experiments.named("hodler") }
    let message = "\(ExperimentError.unknown(name: "hodler"))"
    #expect(
      message.contains("did you mean `holder`?") && Self.names.allSatisfy { message.contains("`\($0)`") })
  }
}
