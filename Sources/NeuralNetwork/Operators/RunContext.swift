/// What an operator may use of the machine.
struct RunContext: Sendable {
    /// Threads that share the work.
    let threads: Int
    /// Vector instructions of the kernels.
    let instructions: InstructionSet
    /// Who multiplies matrices.
    let products: RunOptions.Products
    /// How steps on channel blocks convolve; `nil` where there are none.
    var convolutions: RunOptions.Convolutions?
    /// Memory that the threads of an operator share, kept from operator to operator.
    var scratch = SpareMemory()
}

extension RunContext {
    /// A run as the options say, on this processor.
    init(_ options: RunOptions, scratch: SpareMemory) {
        self.init(
            threads: max(1, options.threads), instructions: min(options.instructions ?? .best, .best), products: options.products,
            convolutions: options.blockedConvolutions, scratch: scratch)
    }
}
