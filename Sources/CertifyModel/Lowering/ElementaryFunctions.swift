import Foundation

/// exp and log, for folding; kept here so that operator files need not import Foundation.
let exponential: @Sendable (Double) -> Double = { exp($0) }
let logarithm: @Sendable (Double) -> Double = { log($0) }
let power: @Sendable (Double, Double) -> Double = { pow($0, $1) }
