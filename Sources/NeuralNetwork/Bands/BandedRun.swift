internal import CKernels

/// A run of a network on an image that comes a few rows at a time, top to bottom: memory grows with the width, not with the height.
///
/// Of each value only the rows are held that later rows still depend on, and nothing is computed twice. Results are those of a run
/// on the whole image, bit for bit: convolutions add up the same products in the same order, Winograd's tiles lie at the same places.
/// A row is a place along tensor axis 2 with all that lies there.
public final class BandedRun {
    /// Rows of an output that are finished.
    public struct Part: Sendable {
        /// The output's name.
        public let output: String
        /// Which rows of the output they are.
        public let rows: Range<Int>
        /// All rows of the output.
        public let height: Int
        /// The values, (1, channels, rows, …).
        public let tensor: Tensor
    }

    /// The rows of the image.
    public let height: Int
    /// The rows that come at once; fewer at the image's end.
    public let rows: Int
    /// Bytes of activations that the run holds at most. As in `Network.workingSetBytes`, weights and scratch memory are not counted.
    public let workingSetBytes: Int

    private var bands: BandPass
    private let names: [(value: Int, name: String)]

    fileprivate init(_ graph: BandGraph, names: [(value: Int, name: String)], rows: Int, context: RunContext) throws(NetworkError) {
        height = graph.values[graph.input]?.height ?? 0
        self.rows = rows
        self.names = names
        var rehearsal = BandPass(graph, context, BandMemory())
        var next = 0
        while next < height {
            next = min(height, next + rows)
            _ = try rehearsal.advance(to: next, nil)
        }
        workingSetBytes = (rehearsal.memory.floats + rehearsal.memory.besidePeak) * MemoryLayout<Float>.stride
        bands = BandPass(graph, context, BandMemory(rehearsed: rehearsal.memory))
    }

    /// Takes the next rows of the image, (1, channels, `rows`, …), and gives back what is finished.
    public func advance(_ tensor: Tensor) throws(NetworkError) -> [Part] {
        let first = bands.inputRows
        guard tensor.elementType == .float32, tensor.shape.count >= 4, first < height, tensor.shape[2] == min(rows, height - first) else {
            throw NetworkError(
                .input, "rows of the shape \(tensor.shape) came behind row \(first) of \(height); expected \(rows), or what is left")
        }
        let finished = try bands.advance(to: first + tensor.shape[2], tensor)
        return names.compactMap { value, name in
            finished[value].map { Part(output: name, rows: $0.rows, height: bands.height(value), tensor: $0.tensor) }
        }
    }
}

extension Network {
    /// Prepares a run in bands of rows; `nil` where the network is not one for it: it has several inputs, sees more of an image
    /// than the rows near by, or computes with its extents.
    ///
    /// - Parameters:
    ///   - inputShape: the image's whole extents, (1, channels, rows, …).
    ///   - rows: the rows that come at once.
    ///   - stride: a number of rows whose multiples the network takes more or less of.
    /// - Throws: of kind `limit` where the rows are too wide for the memory that the network was made for.
    public func banded(
        inputShape: [Int], rows: Int, stride: Int, options: RunOptions = .init()
    ) throws(NetworkError) -> BandedRun? {
        guard inputShape.count >= 4, inputShape[0] == 1, inputs.count == 1, rows > 0, stride > 0, options.products == .kernels else {
            return nil
        }
        do throws(NetworkError) {
            // The plans need not be for the whole height, which may be beyond what a network can take at once.
            let moderate = min(inputShape[2], max(8 * stride, 256 / stride * stride) + inputShape[2] % stride)
            let plans = try [moderate, moderate + stride].map { (rows) throws(NetworkError) in
                var shape = inputShape
                shape[2] = rows
                return try plan(for: types(of: [inputs[0].name: shape]), options)
            }
            guard let bands = try BandGraph(graph, plans[0], taller: plans[1], shape: inputShape) else { return nil }
            if !plans[0].values.isEmpty {
                // What is known beforehand must be the same for all rows together.
                var shape = inputShape
                shape[2] = moderate
                let own = try geometry(inputShapes: [inputs[0].name: shape], options: options)
                let whole = try geometry(inputShapes: [inputs[0].name: inputShape], options: options, runs: false)
                guard whole.difference(from: own) == nil else { return nil }
            }
            return try BandedRun(
                bands, names: Array(zip(graph.outputs, outputs.map(\.name))), rows: rows,
                context: RunContext(options, scratch: self.plans.scratch))
        } catch {
            guard error.kind != .limit else { throw error }
            // Whatever else keeps the rehearsal from its end keeps the network from running so.
            return nil
        }
    }
}
