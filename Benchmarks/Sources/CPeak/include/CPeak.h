/// The most multiplications and additions that one core does, measured.
#ifndef CERTIFY_PEAK_H
#define CERTIFY_PEAK_H

/// Runs `rounds` of fused multiply-adds on registers alone, with the widest vectors the processor has, and
/// returns the floating-point operations done (2 a fused multiply-add), or 0 without such instructions.
double certify_peak_operations(long rounds);

#endif
