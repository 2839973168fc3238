import Foundation
import NeuralNetwork

/// Makes the library of matrix products take the kernels of this processor, and the heap give large arrays back.
enum KernelChoice {
    /// The size in bytes from which glibc takes memory from the system for one array alone.
    private static let threshold = (variable: "MALLOC_MMAP_THRESHOLD_", value: "131072")

    /// Starts this program again with the environment that OpenBLAS must find when it is loaded, unless it is there already.
    ///
    /// OpenBLAS reads the variable before `main`, so that setting it later has no effect.
    ///
    /// - Parameter returnsLargeMemory: whether large arrays go back to the system at once. By default the bound for it rises with the
    ///   first one that is freed, and the holes that later ones leave in the heap grow with the image.
    static func settle(returnsLargeMemory: Bool = false) throws(RunnerFailure) {
        let core = OpenBLASCore.wanted.map { (variable: OpenBLASCore.variable, value: $0) }
        let missing = [core, returnsLargeMemory ? threshold : nil].compactMap(\.self).filter { getenv($0.variable) == nil }
        guard !missing.isEmpty else { return }
        for (variable, value) in missing { setenv(variable, value, 1) }
        // `execv` wants a list of C strings that ends with a null pointer; the process is replaced, so nothing is freed.
        var arguments = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        execv("/proc/self/exe", arguments)
        let text = missing.map { "\($0.variable)=\($0.value)" }.joined(separator: " ")
        throw RunnerFailure("the runner could not be started again with \(text)")
    }
}
