internal import CKernels
internal import Synchronization

/// Constant weights of a convolution, and the forms in which kernels read them: each is made when it is first needed and kept.
final class ConvolutionWeights: Sendable {
    /// (output channels, channels / group, kernel…).
    let shape: [Int]
    let groups: Int
    let values: [Float]
    /// One value for each output channel.
    let bias: [Float]
    private let panels = Mutex<[PackedWeights]?>(nil)
    private let blocks = LazyWeights()

    init(shape: [Int], groups: Int, values: [Float], bias: [Float]) {
        self.shape = shape
        self.groups = groups
        self.values = values
        self.bias = bias
    }

    /// Output channels of a group.
    var results: Int { shape[0] / groups }
    /// Input channels of a group.
    var channels: Int { shape[1] }
    /// Kernel positions.
    var taps: Int { shape[2...].reduce(1, *) }
    /// Kernel positions along z; 1 in the plane.
    var depth: Int { shape.count > 4 ? shape[2] : 1 }

    /// For the kernels on plain tensors, one entry for each group.
    var packed: [PackedWeights] {
        panels.withLock { panels in
            if let panels { return panels }
            let columns = values.count / shape[0], results = results
            let made = values.withUnsafeBufferPointer { buffer -> [PackedWeights] in
                guard let base = buffer.baseAddress else { return [] }
                return (0..<groups).map { group in
                    PackedWeights(base + group * results * columns, rows: results, columns: columns, rowStride: columns, columnStride: 1)
                }
            }
            panels = made
            return made
        }
    }

    /// For a kernel on channel blocks, one entry for each group (for all groups where each channel is one).
    func blocked(_ kernel: BlockedKernel, threads: Int) throws(NetworkError) -> [AlignedFloats] {
        try blocks.form(kernel) { () throws(NetworkError) in
            if kernel == .depthwise { return [try depthwise()] }
            return try (0..<groups).map { (group) throws(NetworkError) in try blocked(kernel, group: group, threads: threads) }
        }
    }

    private func blocked(_ kernel: BlockedKernel, group: Int, threads: Int) throws(NetworkError) -> AlignedFloats {
        let results = Int64(results), channels = Int64(channels), taps = Int64(taps), depth = Int64(depth)
        let start = group * self.results * self.channels * self.taps
        return try AlignedFloats(count: floats(for: kernel) / groups) { (target) throws(NetworkError) in
            try values.withBase { (source) throws(NetworkError) in
                guard kernel == .winograd else {
                    ck_pack_blocked_weights(
                        source + start, results, channels, taps, channels * taps, taps, 1, kernel == .direct ? Int32(CK_LANES) : 1, target)
                    return
                }
                let panel = Int(CK_BLOCKED_PANEL)
                try Parallel.run(threads: threads, blocks: (self.results + panel - 1) / panel) { index, _ in
                    ck_winograd_weights(source + start, results, channels, depth, Int64(index), Int64(index + 1), target)
                }
            }
        }
    }

    /// (block, tap, 16).
    private func depthwise() throws(NetworkError) -> AlignedFloats {
        let taps = taps, lanes = Int(CK_LANES)
        return try AlignedFloats(count: floats(for: .depthwise)) { (target) throws(NetworkError) in
            target.update(repeating: 0, count: floats(for: .depthwise))
            for channel in 0..<shape[0] {
                for tap in 0..<taps {
                    target[(channel / lanes * taps + tap) * lanes + channel % lanes] = values[channel * taps + tap]
                }
            }
        }
    }

    /// The bias, filled up to whole blocks.
    var paddedBias: [Float] {
        let lanes = Int(CK_LANES)
        return bias + [Float](repeating: 0, count: (bias.count + lanes - 1) / lanes * lanes - bias.count)
    }

    /// Floats of the form for a kernel; `nil` for the kernels on plain tensors.
    func floats(for kernel: BlockedKernel?) -> Int {
        let lanes = Int(CK_LANES), taps = kernel == .winograd ? 36 * depth : taps
        switch kernel {
        case nil: return values.count
        case .depthwise: return (shape[0] + lanes - 1) / lanes * lanes * taps
        default: return groups * Int(ck_blocked_weight_floats(Int64(results), Int64(channels), Int64(taps)))
        }
    }
}
