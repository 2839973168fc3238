internal import CKernels
internal import Synchronization

/// Constant weights of a convolution, and the forms in which kernels read them: each is made when it is first needed and kept.
///
/// Weights packed for the kernels on blocks take the place of the plain ones, so that they are held once.
final class ConvolutionWeights: Sendable {
    /// (output channels, channels / group, kernel…).
    let shape: [Int]
    let groups: Int
    /// One value for each output channel.
    let bias: [Float]

    private struct Forms {
        /// In C order; `nil` when `blocked[.direct]` has taken its place.
        var plain: [Float]?
        /// For the kernels on plain tensors, one entry for each group.
        var rows: [PackedWeights]?
        /// For the kernels on channel blocks, one entry for each group (for all groups where each channel is one).
        var blocked: [BlockedKernel: [AlignedFloats]] = [:]
    }

    private let forms: Mutex<Forms>

    init(shape: [Int], groups: Int, values: [Float], bias: [Float]) {
        self.shape = shape
        self.groups = groups
        self.bias = bias
        forms = Mutex(Forms(plain: values))
    }

    /// Output channels of a group.
    var results: Int { shape[0] / groups }
    /// Input channels of a group.
    var channels: Int { shape[1] }
    /// Kernel positions.
    var taps: Int { shape[2...].reduce(1, *) }
    /// Kernel positions along z; 1 in the plane.
    var depth: Int { shape.count > 4 ? shape[2] : 1 }

    /// Transformed weights up to this many floats are kept; larger ones are transformed in each run, which costs less time than
    /// four times the memory is worth.
    private static let mostKeptFloats = 1_300_000

    /// Whether the form for a kernel on channel blocks is kept from run to run; else the packed weights are, and transformed in each.
    func keeps(_ kernel: BlockedKernel) -> Bool {
        guard case .winograd = kernel else { return true }
        return floats(for: kernel) <= Self.mostKeptFloats * groups
    }

    /// The weights in C order.
    var values: [Float] { forms.withLock { plain($0) } }

    private func plain(_ forms: Forms) -> [Float] {
        if let plain = forms.plain { return plain }
        guard let packed = forms.blocked[.direct] else { return [] }
        let perGroup = results * channels * taps
        return [Float](unsafeUninitializedCapacity: perGroup * groups) { buffer, count in
            count = perGroup * groups
            for (group, part) in packed.enumerated() {
                part.withPointer { source in
                    guard let source, let target = buffer.baseAddress else { return }
                    ck_unpack_blocked_weights(source, Int64(results), Int64(channels), Int64(taps), target + group * perGroup)
                }
            }
        }
    }

    /// For the kernels on plain tensors, one entry for each group.
    var packed: [PackedWeights] {
        forms.withLock { forms in
            if let rows = forms.rows { return rows }
            let columns = channels * taps, results = results
            let made = plain(forms).withUnsafeBufferPointer { buffer -> [PackedWeights] in
                guard let base = buffer.baseAddress else { return [] }
                return (0..<groups).map { group in
                    PackedWeights(base + group * results * columns, rows: results, columns: columns, rowStride: columns, columnStride: 1)
                }
            }
            forms.rows = made
            return made
        }
    }

    /// For a kernel on channel blocks, one entry for each group (for all groups where each channel is one).
    func blocked(_ kernel: BlockedKernel, _ context: RunContext) throws(NetworkError) -> [AlignedFloats] {
        let outcome = forms.withLock { forms -> Result<[AlignedFloats], NetworkError> in
            do throws(NetworkError) { return .success(try form(kernel, context, &forms)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    private func form(_ kernel: BlockedKernel, _ context: RunContext, _ forms: inout Forms) throws(NetworkError) -> [AlignedFloats] {
        if let known = forms.blocked[kernel] { return known }
        let made: [AlignedFloats]
        switch kernel {
        case .grouped: made = [try grouped(plain(forms))]
        case .winograd(let edge):
            made = try form(.direct, context, &forms).map { (packed) throws(NetworkError) in try transformed(packed, edge: edge, context) }
        case .direct, .directFromPlain:
            let values = plain(forms), lanes = kernel == .direct ? Int32(CK_LANES) : 1
            made = try (0..<groups).map { (group) throws(NetworkError) in try packed(values, lanes: lanes, group: group) }
        }
        forms.blocked[kernel] = made
        if kernel == .direct { forms.plain = nil }
        return made
    }

    private func packed(_ values: [Float], lanes: Int32, group: Int) throws(NetworkError) -> AlignedFloats {
        let row = channels * taps
        return try AlignedFloats(count: floats(for: .direct) / groups) { (target) throws(NetworkError) in
            try values.withBase { (source) throws(NetworkError) in
                ck_pack_blocked_weights(
                    source + group * results * row, Int64(results), Int64(channels), Int64(taps), Int64(row), Int64(taps), 1, lanes, target)
            }
        }
    }

    /// Winograd's transform of packed weights.
    private func transformed(_ packed: AlignedFloats, edge: Int, _ context: RunContext) throws(NetworkError) -> AlignedFloats {
        let panel = Int(CK_BLOCKED_PANEL), columns = channels * depth
        let step = ck_blocked_weight_floats(Int64(results), Int64(columns), 1)
        return try AlignedFloats(count: floats(for: .winograd(edge: edge)) / groups) { (target) throws(NetworkError) in
            try Parallel.run(threads: context.threads, blocks: (results + panel - 1) / panel) { index, _ in
                packed.withPointer { source in
                    guard let source else { return }
                    ck_winograd_weights(
                        source, Int64(results), Int64(channels), Int64(depth), Int32(edge), Int64(index), context.instructions.level,
                        target + index * panel * columns, step)
                }
            }
        }
    }

    /// (block, tap, channel of the group, 16).
    private func grouped(_ values: [Float]) throws(NetworkError) -> AlignedFloats {
        let taps = taps, lanes = Int(CK_LANES), group = channels
        return try AlignedFloats(count: floats(for: .grouped)) { (target) throws(NetworkError) in
            target.update(repeating: 0, count: floats(for: .grouped))
            for result in 0..<shape[0] {
                for channel in 0..<group {
                    for tap in 0..<taps {
                        target[((result / lanes * taps + tap) * group + channel) * lanes + result % lanes] =
                            values[(result * group + channel) * taps + tap]
                    }
                }
            }
        }
    }

    /// The bias, filled up to whole blocks.
    var paddedBias: [Float] {
        let lanes = Int(CK_LANES)
        return bias + [Float](repeating: 0, count: (bias.count + lanes - 1) / lanes * lanes - bias.count)
    }

    /// Bytes that a run with a kernel holds; `nil` for the kernels on plain tensors.
    func bytes(for kernel: BlockedKernel?) -> Int {
        var held = floats(for: kernel)
        if let kernel, case .winograd = kernel { held = floats(for: .direct) + (keeps(kernel) ? held : 0) }
        return held * MemoryLayout<Float>.stride
    }

    /// Floats of the form for a kernel; `nil` for the kernels on plain tensors.
    private func floats(for kernel: BlockedKernel?) -> Int {
        let lanes = Int(CK_LANES)
        switch kernel {
        case nil: return shape.reduce(1, *)
        case .grouped: return (shape[0] + lanes - 1) / lanes * lanes * taps * channels
        case .winograd(let edge):
            let points = (edge + 2) * (edge + 2)
            return groups * Int(ck_blocked_weight_floats(Int64(results), Int64(channels), Int64(points * depth)))
        case .direct, .directFromPlain: return groups * Int(ck_blocked_weight_floats(Int64(results), Int64(channels), Int64(taps)))
        }
    }
}
