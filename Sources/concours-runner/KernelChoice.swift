import Foundation
import NeuralNetwork

/// Makes the library of matrix products take the kernels of this processor.
enum KernelChoice {
    /// Starts this program again with the environment that OpenBLAS must find when it is loaded, unless it is there already.
    ///
    /// OpenBLAS reads the variable before `main`, so that setting it later has no effect.
    static func settle() throws(RunnerFailure) {
        guard let core = OpenBLASCore.wanted, getenv(OpenBLASCore.variable) == nil else { return }
        setenv(OpenBLASCore.variable, core, 1)
        // `execv` wants a list of C strings that ends with a null pointer; the process is replaced, so nothing is freed.
        var arguments = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        execv("/proc/self/exe", arguments)
        throw RunnerFailure("the runner could not be started again with \(OpenBLASCore.variable)=\(core)")
    }
}
