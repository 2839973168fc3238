extension Resizing: MemoryHolder {
    /// Scratch memory of all threads; that of one may be more.
    static let mostScratchBytes = 16 << 20

    /// Scratch memory for one plane, of which the axes are resized one after the other.
    ///
    /// - Parameter counts: the values of the plane after each of them.
    static func scratchBytes(_ counts: [Int]) -> Int {
        var bytes = ByteSum()
        for _ in 0..<min(2, max(0, counts.count - 1)) { bytes.add(floats: counts.dropLast().max() ?? 0) }
        return bytes.bytes
    }

    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        guard let type = inputs.first??.type, let axes = try? extents(inputs), let last = outputs.first else { return 0 }
        guard let first = axes.indices.first(where: { axes[$0].changes }) else { return 0 }
        let isExact = axes.allSatisfy(\.isExact) && last.elementType == .float32
        var shape = axes.map(\.input), counts: [Int] = []
        let changed = axes.indices.filter { axes[$0].changes }
        for axis in isExact ? changed.reversed() : changed {
            shape[axis] = axes[axis].output
            counts.append(Tensor.elementCount(of: isExact ? Array(shape[first...]) : shape) ?? .max)
        }
        if isExact {
            let one = Self.scratchBytes(counts)
            var all = ByteSum()
            all.add(one, of: Tensor.elementCount(of: Array(shape[..<first])) ?? .max)
            return max(one, min(Self.mostScratchBytes, all.bytes))
        }
        // Each step reads what the one before left; the first one what was given, the last one leaves the result.
        if type.elementType != .float32 { counts = [type.boundedCount] + counts + [last.boundedCount] }
        return zip(counts.dropLast(), [0] + counts).reduce(0) { most, pair in
            var held = ByteSum()
            held.add(floats: pair.0)
            held.add(floats: pair.1)
            return max(most, held.bytes)
        }
    }
}
