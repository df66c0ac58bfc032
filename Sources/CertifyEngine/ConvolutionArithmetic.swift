/// How convolutions are computed.
public enum ConvolutionArithmetic: String, Sendable, Codable {
  /// As sums of products: the rounding errors obey the a-priori bounds that deterministic certificates use.
  case direct
  /// By Winograd's minimal filtering F(4×4, 3×3) where the machine has a kernel for it: up to a quarter of the
  /// multiplications, and errors of some 10⁻⁶ of the largest result in place of 10⁻⁷ (Lavin, Gray 2016,
  /// arXiv 1509.09308).
  case winograd
}
