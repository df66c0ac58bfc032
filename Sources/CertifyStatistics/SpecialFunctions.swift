import CGSL

/// The functions taken from the GNU Scientific Library, with its failures as Swift errors.
///
/// The library's default is to abort the process on an error. The handler is switched off before the
/// first call; what remains are status codes and NaN, and both are errors here.
enum SpecialFunctions {
  /// Switches the library's error handler off; a `static let` is initialised once, whatever the thread.
  private static let handlerIsOff: Bool = {
    _ = gsl_set_error_handler_off()
    return true
  }()

  /// The regularised incomplete beta function I_x(a, b), or `nil` where the library fails.
  static func betaCDF(_ x: Double, _ a: Double, _ b: Double) -> Double? {
    guard handlerIsOff else { return nil }
    let value = gsl_cdf_beta_P(x, a, b)
    return value.isNaN ? nil : value
  }

  /// ln B(a, b).
  static func logBeta(_ a: Double, _ b: Double) throws(StatisticsError) -> Double {
    var result = gsl_sf_result()
    let status = handlerIsOff ? gsl_sf_lnbeta_e(a, b, &result) : Int32(GSL_EFAILED)
    guard status == 0, result.val.isFinite else {
      throw .noResult(function: "ln B(\(a), \(b))", reason: "status \(status), value \(result.val)")
    }
    return result.val
  }

  /// Φ(x).
  static func normalCDF(_ x: Double) throws(StatisticsError) -> Double {
    let value = handlerIsOff ? gsl_cdf_ugaussian_P(x) : .nan
    guard !value.isNaN else { throw .noResult(function: "Φ(\(x))", reason: "not a number") }
    return value
  }

  /// Φ⁻¹(p) for 0 < p < 1.
  static func normalQuantile(_ p: Double) throws(StatisticsError) -> Double {
    let value = handlerIsOff ? gsl_cdf_ugaussian_Pinv(p) : .nan
    guard value.isFinite else { throw .noResult(function: "Φ⁻¹(\(p))", reason: "value \(value)") }
    return value
  }
}
