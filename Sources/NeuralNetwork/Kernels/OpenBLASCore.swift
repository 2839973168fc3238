internal import COpenBLAS

/// What the loaded OpenBLAS does on this processor.
///
/// OpenBLAS chooses its kernels when it is loaded. Older versions do not know newer processors and take kernels for SSE3 there,
/// a third as fast; the environment variable `OPENBLAS_CORETYPE`, set before the process starts, makes the choice.
public enum OpenBLASCore {
    /// The environment variable to set for a process that computes.
    public static let variable = "OPENBLAS_CORETYPE"

    /// The value that the variable must have on this processor; `nil` where OpenBLAS's own choice cannot be bettered.
    public static var wanted: String? {
        switch InstructionSet.best {
        case .avx512: "SkylakeX"
        case .avx2: "Haswell"
        case .baseline: nil
        }
    }

    /// The kernels that OpenBLAS chose when it was loaded, such as `SkylakeX`.
    public static var chosen: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }
}
