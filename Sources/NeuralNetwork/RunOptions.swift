/// How a run uses the machine. The number of threads never changes a result.
public struct RunOptions: Sendable, Equatable {
    /// Who multiplies matrices.
    public enum Products: String, Sendable, CaseIterable {
        /// Our kernels: one chain of multiply-adds for each result, so that tiles equal the whole image bit for bit.
        case kernels
        /// OpenBLAS, single-threaded: results differ in the last bits with the size of the image and the processor.
        case openBLAS
    }

    /// How convolutions with 3 x 3 kernels and without strides are computed.
    public enum Convolutions: String, Sendable, CaseIterable {
        /// Winograd's F(4x4, 3x3): within 1e-5 of the largest result of a layer. The last bits of a result depend on nearly all that
        /// its tile of four by four sees: tiles of an image need about a third more context.
        case winograd4
        /// Winograd's F(2x2, 3x3): within 1e-5 too, 1.4 times the time, and no more context than what values depend on.
        case winograd2
        /// Products are added up one by one: the rounding of the definition, 2.3 times the time, and the context is what values depend on.
        case direct

        /// The edge of Winograd's tiles; `nil` without.
        var edge: Int? {
            switch self {
            case .winograd4: 4
            case .winograd2: 2
            case .direct: nil
            }
        }
    }

    /// The number of threads that share the work, at least 1.
    public var threads: Int
    /// The vector instructions of our kernels; `nil` for the best of this processor, and never more than these.
    public var instructions: InstructionSet?
    /// Who multiplies matrices, convolutions included.
    public var products: Products
    /// How convolutions are computed.
    public var convolutions: Convolutions

    /// Makes options.
    public init(
        threads: Int = 1, instructions: InstructionSet? = nil, products: Products = .kernels, convolutions: Convolutions = .winograd4
    ) {
        self.threads = threads
        self.instructions = instructions
        self.products = products
        self.convolutions = convolutions
    }

    /// The convolutions on channel blocks; `nil` where all steps work on plain tensors.
    var blockedConvolutions: Convolutions? { products == .kernels ? convolutions : nil }
}
