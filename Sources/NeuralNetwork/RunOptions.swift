/// How a run uses the machine. The number of threads never changes a result.
public struct RunOptions: Sendable, Equatable {
    /// Who multiplies matrices.
    public enum Products: String, Sendable, CaseIterable {
        /// Our kernels: one chain of multiply-adds for each result, so that tiles equal the whole image bit for bit.
        case kernels
        /// OpenBLAS, single-threaded: results differ in the last bits with the size of the image and the processor.
        case openBLAS
    }

    /// The number of threads that share the work, at least 1.
    public var threads: Int
    /// The vector instructions of our kernels; `nil` for the best of this processor, and never more than these.
    public var instructions: InstructionSet?
    /// Who multiplies matrices, convolutions included.
    public var products: Products

    /// Makes options.
    public init(threads: Int = 1, instructions: InstructionSet? = nil, products: Products = .kernels) {
        self.threads = threads
        self.instructions = instructions
        self.products = products
    }
}
