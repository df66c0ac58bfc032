import Foundation

/// How the learning rate changes over a training; t in [0, 1] is the part of all steps that is done.
public enum Schedule: String, Sendable, Codable, CaseIterable {
  /// The peak throughout.
  case constant
  /// The peak, a tenth of it from t = ½ and a hundredth from t = ¾ (He et al. 2016, arXiv 1512.03385).
  case step
  /// ½(1 + cos πt) of the peak (Loshchilov & Hutter 2017, arXiv 1608.03983).
  case cosine
  /// Linear from 0 to the peak at t = 0.4 and linear back to 0 (Smith & Topin 2018, arXiv 1708.07120).
  case oneCycle = "one-cycle"

  /// The part of the peak at t.
  public func factor(at t: Double) -> Double {
    switch self {
    case .constant: 1
    case .step: t < 0.5 ? 1 : t < 0.75 ? 0.1 : 0.01
    case .cosine: 0.5 * (1 + cos(Double.pi * t))
    case .oneCycle: t < 0.4 ? t / 0.4 : (1 - t) / 0.6
    }
  }
}
