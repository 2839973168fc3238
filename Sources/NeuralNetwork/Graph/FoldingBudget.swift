internal import Synchronization

/// How much may be computed while a network is loaded or planned: a file of a few hundred bytes could ask for hours of it.
///
/// What is beyond the budget, or a step of tensors that are large by themselves, is left to the run, which has its limits of time and memory. The budget grows with the weights that a file
/// really holds, so that weights that are stored in another form than they are used in become constants however many there are.
final class FoldingBudget: Sendable {
    /// The budget of the loading or planning that goes on; `nil` outside of both.
    @TaskLocal static var current: FoldingBudget?

    /// The most bytes that a step reads and makes together.
    private static let largestStep = 1 << 29

    private let left = Mutex((bytes: 16 << 20, work: 1 << 27, spent: 0))

    /// The work of all steps that were taken.
    var spentWork: Int { left.withLock { $0.spent } }

    /// Adds what weights of a file's own bytes may be turned into.
    func grow(weights bytes: Int) {
        left.withLock { left in
            left.bytes += 4 * bytes
            left.work += 8 * bytes
        }
    }

    /// Takes a step out of the budget: false, and nothing is taken, if it does not fit. `outputs` are empty where they follow from the run.
    func takes(_ node: Node, inputs: [Signature?], outputs: [TensorType]) -> Bool {
        let read = inputs.compactMap { $0?.type }
        let bytes = FoldingBudget.sum(outputs, \.byteCount), touched = FoldingBudget.sum(read + outputs, \.byteCount)
        guard touched <= FoldingBudget.largestStep else { return false }
        let work: Int
        if FoldingBudget.linear.contains(node.operatorType) {
            work = touched
        } else {
            // More than any product, transform or recurrence takes for each result.
            let (product, overflow) = FoldingBudget.sum(read, \.count).multipliedReportingOverflow(
                by: max(64, FoldingBudget.sum(outputs, \.count)))
            work = overflow ? .max : product
        }
        return left.withLock { left in
            guard bytes <= left.bytes, work <= left.work else { return false }
            left.bytes -= bytes
            left.work -= work
            left.spent += work
            return true
        }
    }

    private static func sum(_ types: [TensorType], _ size: (TensorType) -> Int) -> Int {
        types.reduce(0) { sum, type in
            let (next, overflow) = sum.addingReportingOverflow(size(type))
            return overflow ? .max >> 1 : min(next, .max >> 1)
        }
    }

    /// Runs a closure that loads or plans a network.
    static func loading<Result>(
        _ budget: FoldingBudget = FoldingBudget(), _ body: () throws(NetworkError) -> Result
    ) throws(NetworkError) -> Result {
        try $current.withValue(budget) { () -> Swift.Result<Result, NetworkError> in
            do throws(NetworkError) { return .success(try body()) } catch { return .failure(error) }
        }.get()
    }

    /// The operators that touch each byte of their inputs and results a few times.
    private static let linear: Set<String> = Set(
        """
        Add BatchNormalization Cast CastLike Clip Compress Concat Constant ConstantOfShape DepthToSpace DequantizeLinear Div Dropout Elu \
        Exp Expand EyeLike Flatten Gather GatherElements GatherND Identity If IsInf IsNaN LeakyRelu Loop Max Mean Min Mul NonZero Not \
        OneHot PRelu Pad Pow QuantizeLinear Range Relu Reshape Scan Scatter ScatterElements ScatterND Shape Sigmoid Size Slice \
        SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Trilu Unsqueeze Where
        """.split(separator: " ").map(String.init) + UnaryFunction.names + Comparison.names + IntegerArithmetic.names + Reduction.names)
}

extension Node {
    /// Leaves a computation to the run where it is too much for loading or planning a network.
    func leaveToRun(work: Int, of what: String) throws(NetworkError) {
        guard FoldingBudget.current != nil, work > 1 << 20 else { return }
        throw error(.unknownBeforeRun, "\(what) takes \(work) steps, which only a run takes")
    }
}
