/// Sixteen rows of coefficients that are pulled back together.
typealias Lanes = SIMD16<Double>

/// |v| in each lane.
func magnitude(_ v: Lanes) -> Lanes { v.replacing(with: -v, where: v .< 0) }

/// The larger of each two lanes; that of `a` where either is NaN. The standard library's goes lane by lane.
func larger(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .>= a) }

/// The smaller of each two lanes; that of `a` where either is NaN. The standard library's goes lane by lane.
func smaller(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }
