import CertifyCertificates
import CertifyEngine
import CertifyThreat
import Testing
import _CertifyTestSupport

/// Branch and bound over the radius: proof and witness meet on small nets.
@Suite struct CompleteSearchTests {
  private func threat(_ norm: Norm, _ seed: UInt64, steps: Int? = nil) -> ThreatModel {
    let bounds = seed % 2 == 0 || steps != nil ? InputSpace.Bounds(lower: 0, upper: 1) : nil
    return ThreatModel(norm: norm, space: InputSpace(bounds: bounds, gridSteps: steps))
  }

  /// Of two or three inputs boxes are split, in balls of every norm, with and without bounds: the ends meet, nothing
  /// inside the radius is a witness, and CROWN proved less.
  @Test(arguments: [SmallNet.Kind.rectifier, .leaky, .residual, .tanh])
  func boxesAreSplit(kind: SmallNet.Kind) throws {
    var random = SplitMix(seed: 3)
    var (met, open, longer) = (0, 0, 0)
    for seed in 0..<UInt64(5) {
      let subject = try BoundSoundnessTests.Subject(
        kind, seed: seed, inputs: seed == 3 ? 3 : 2, classes: 2 + Int(seed % 3))
      for norm in Norm.allCases {
        let threat = threat(norm, seed)
        let probe = AttackableProbe(subject.attackable, threat)
        let found = try CompleteSearch(subject.model, timeout: 4).certificate(
          input: subject.input, label: subject.label, threat: threat, probe: probe)
        let crown = try subject.model.certificate(
          .linear, input: subject.input, label: subject.label, norm: norm, bounds: threat.space.bounds)
        #expect(found.radius >= crown.radius && found.radius <= probe.nearest)
        if found.radius > crown.radius * 1.01 { longer += 1 }
        if found.radius >= probe.nearest * (1 - CompleteSearch.tolerance) {
          met += 1
        } else if found.radius < probe.nearest * 0.98, probe.nearest < .infinity {
          open += 1
        }
        guard found.radius > 0 else { continue }
        var set = try FeasibleSet(
          norm: norm, bounds: threat.space.bounds, center: subject.input, radius: found.radius * (1 - 1e-7))
        let broken = try subject.attackable.isBroken(in: &set, random: &random)
        #expect(!broken, "\(kind) net \(seed), \(norm), radius \(found.radius)")
      }
    }
    print("complete \(kind): \(met) met, \(open) open, \(longer) longer")
    #expect(met >= 6 && open <= 1, "\(met) met, \(open) open")
    #expect(longer >= 6, "\(longer)")
  }

  /// Of sixteen inputs kinks are split.
  @Test(arguments: Norm.allCases)
  func kinksAreSplit(norm: Norm) throws {
    var random = SplitMix(seed: 5)
    var (met, longer) = (0, 0)
    for seed in 0..<UInt64(3) {
      let subject = try BoundSoundnessTests.Subject(.averaged, seed: seed, inputs: 16, classes: 3)
      let threat = threat(norm, seed)
      let probe = AttackableProbe(subject.attackable, threat)
      // What the search does not need: a witness from elsewhere.
      var set = try FeasibleSet(norm: norm, bounds: threat.space.bounds, center: subject.input, radius: 1)
      _ = try probe.ask((0..<40).map { _ in set.randomPoint(using: &random).map(Double.init) })
      let found = try CompleteSearch(subject.model, timeout: 3).certificate(
        input: subject.input, label: subject.label, threat: threat, probe: probe)
      let crown = try subject.model.certificate(
        .optimized, input: subject.input, label: subject.label, norm: norm, bounds: threat.space.bounds)
      #expect(found.radius >= crown.radius && found.radius <= probe.nearest)
      if found.radius > crown.radius * 1.01 { longer += 1 }
      if found.radius >= probe.nearest * (1 - CompleteSearch.tolerance) { met += 1 }
      guard found.radius > 0 else { continue }
      try set.setRadius(found.radius * (1 - 1e-7))
      let broken = try subject.attackable.isBroken(in: &set, random: &random)
      #expect(!broken, "net \(seed), \(norm), radius \(found.radius)")
    }
    print("complete, kinks, \(norm): \(met) met, \(longer) longer")
    #expect(longer >= 2, "\(longer) longer, \(met) met")
  }

  /// On a grid the ends meet exactly: no input lies between its distances.
  @Test(arguments: Norm.allCases)
  func gridsAreExact(norm: Norm) throws {
    var (met, checked) = (0, 0)
    for seed in 0..<UInt64(5) {
      let threat = threat(norm, seed, steps: 32)
      let plain = try BoundSoundnessTests.Subject(.rectifier, seed: seed, inputs: 2, classes: 3)
      let input = threat.space.rounded(plain.input)
      guard try !plain.attackable.isBroken(by: [input]) else { continue }
      let subject = Attackable(classifier: plain.attackable.classifier, input: input, label: plain.label)
      let probe = AttackableProbe(subject, threat)
      let found = try CompleteSearch(plain.model, timeout: 4).certificate(
        input: input, label: plain.label, threat: threat, probe: probe)
      // The whole grid, with the distances of all that breaks it.
      var nearest = Double.infinity
      for i in 0...32 {
        for j in 0...32 {
          let point = [Float(i) / 32, Float(j) / 32]
          if try subject.isBroken(by: [point]) {
            nearest = min(nearest, try threat.radius(of: point, from: input))
          }
        }
      }
      let certified = try #require(GridDistances(threat)).certified(found.radius)
      #expect(certified <= nearest, "net \(seed), \(norm): \(certified), \(nearest)")
      guard nearest < .infinity else { continue }
      checked += 1
      if certified >= nearest * (1 - 1e-12) { met += 1 }
    }
    #expect(checked >= 3 && met == checked, "\(met) of \(checked)")
  }
}
