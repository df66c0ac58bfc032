import CDNNL

/// The kernel library and what it runs on.
public enum KernelLibrary {
  /// The library and its version, such as `oneDNN 2.6.3`.
  public static var version: String {
    guard let version = dnnl_version()?.pointee else { return "oneDNN" }
    return "oneDNN \(version.major).\(version.minor).\(version.patch)"
  }

  /// The instruction set that kernels are chosen for, such as `avx2`; f is one function for each.
  public static var instructionSet: String {
    let current = dnnl_get_effective_cpu_isa()
    return InstructionSet.allCases.last { $0.code == current }?.rawValue ?? "isa-\(current.rawValue)"
  }

  /// Whether kernels work on vectors of 16 numbers.
  static var hasVectorsOf16: Bool {
    let wide = dnnl_cpu_isa_avx512_core.rawValue
    return dnnl_get_effective_cpu_isa().rawValue & wide == wide
  }
}

/// Instruction sets that kernels are made for, weakest first.
private enum InstructionSet: String, CaseIterable {
  /// SSE4.1, vectors of 4 numbers.
  case sse41
  /// AVX, vectors of 8 numbers.
  case avx
  /// AVX2, vectors of 8 numbers.
  case avx2
  /// AVX-512 with F, BW, VL and DQ, vectors of 16 numbers.
  case avx512 = "avx512_core"
  /// ``avx512`` with dot products of 8-bit integers.
  case avx512VNNI = "avx512_core_vnni"
  /// ``avx512VNNI`` with dot products of bfloat16 numbers.
  case avx512BF16 = "avx512_core_bf16"

  var code: dnnl_cpu_isa_t {
    switch self {
    case .sse41: dnnl_cpu_isa_sse41
    case .avx: dnnl_cpu_isa_avx
    case .avx2: dnnl_cpu_isa_avx2
    case .avx512: dnnl_cpu_isa_avx512_core
    case .avx512VNNI: dnnl_cpu_isa_avx512_core_vnni
    case .avx512BF16: dnnl_cpu_isa_avx512_core_bf16
    }
  }
}

/// A processor and a queue of work on it, for one thread.
final class KernelContext {
  let engine: dnnl_engine_t
  let stream: dnnl_stream_t

  init() throws {
    cdnnl_use_one_thread()
    var engine: dnnl_engine_t?
    try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "an engine")
    guard let engine else { throw EngineError.kernelRefused(operation: "an engine", node: "", status: -1) }
    var stream: dnnl_stream_t?
    let status = dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue))
    guard status == dnnl_success, let stream else {
      dnnl_engine_destroy(engine)
      throw EngineError.kernelRefused(operation: "a stream", node: "", status: Int(status.rawValue))
    }
    self.engine = engine
    self.stream = stream
  }

  deinit {
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(engine)
  }

  /// Makes the calling thread run kernels by itself.
  func useOneThread() {
    cdnnl_use_one_thread()
  }
}

/// Throws unless the library reported success.
func check(_ status: dnnl_status_t, _ operation: String, node: String = "") throws {
  guard status == dnnl_success else {
    throw EngineError.kernelRefused(operation: operation, node: node, status: Int(status.rawValue))
  }
}
