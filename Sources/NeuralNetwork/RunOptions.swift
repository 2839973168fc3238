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
    /// Whether convolutions add up their products directly, the rounding of the definition. Else those with 3 x 3 kernels are
    /// computed by Winograd's F(4x4, 3x3), two to three times as fast and within 1e-5 of the largest result of a layer.
    public var exact: Bool

    /// Makes options.
    public init(threads: Int = 1, instructions: InstructionSet? = nil, products: Products = .kernels, exact: Bool = false) {
        self.threads = threads
        self.instructions = instructions
        self.products = products
        self.exact = exact
    }

    /// Whether the fast kernels on channel blocks compute.
    var usesBlocks: Bool { !exact && products == .kernels }
}
