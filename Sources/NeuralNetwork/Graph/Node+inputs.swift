extension Node {
    /// The signature of an input that must be there.
    func required(_ inputs: [Signature?], _ index: Int) throws(NetworkError) -> Signature {
        guard index < inputs.count, let input = inputs[index] else { throw error(.graph, "input \(index) is missing") }
        return input
    }

    /// A float32 input that must be there.
    func floatSignature(_ inputs: [Signature?], _ index: Int = 0) throws(NetworkError) -> Signature {
        let input = try required(inputs, index)
        guard input.elementType == .float32 else {
            throw error(
                .unsupported, "input \(index) has elements of type \(input.elementType.rawValue); the core computes this in float32")
        }
        return input
    }

    /// The integers that an input holds; they must be known before the run. Beyond 2^31 they are cut, as ends of slices may be anything.
    func knownIntegers(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) -> [Int]? {
        try checkCount(inputs, index, meaning)
        return try known(inputs, index, meaning)?.map { max(-TensorReader.largestExtent, min(TensorReader.largestExtent, $0)) }
    }

    /// The integers that an input holds, which must be known before the run and no larger than extents may be.
    func knownExtents(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) -> [Int]? {
        try checkCount(inputs, index, meaning)
        guard let values = try known(inputs, index, meaning) else { return nil }
        let range = -TensorReader.largestExtent...TensorReader.largestExtent
        guard let beyond = values.first(where: { !range.contains($0) }) else { return values }
        throw error(.limit, "\(meaning) hold \(beyond); expected numbers up to \(TensorReader.largestExtent)")
    }

    /// Refuses lists that are too long by their extents, before their numbers are read.
    private func checkCount(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) {
        guard index < inputs.count, let count = inputs[index]?.shape.first, count > 4096 else { return }
        throw error(.attribute, "\(meaning) are \(count) numbers; expected one for an axis or an output, at most 4096")
    }

    private func known(_ inputs: [Signature?], _ index: Int, _ meaning: String) throws(NetworkError) -> [Int]? {
        guard index < inputs.count, let input = inputs[index] else { return nil }
        guard let value = input.value else {
            throw error(.unknownBeforeRun, "\(meaning) depend on values that only a run has")
        }
        guard let integers = value.integers else {
            throw error(.shape, "\(meaning) have the type \(input.elementType.rawValue); expected integers")
        }
        return integers
    }

    /// An axis counted from the front; negative ones count from the end.
    func axis(_ axis: Int, rank: Int) throws(NetworkError) -> Int {
        guard axis >= -rank, axis < rank else { throw error(.shape, "axis \(axis) of a tensor with \(rank) axes") }
        return axis < 0 ? axis + rank : axis
    }

    /// Axes counted from the front, each once.
    func axes(_ axes: [Int], rank: Int) throws(NetworkError) -> [Int] {
        var result: [Int] = []
        for entry in axes { result.append(try axis(entry, rank: rank)) }
        guard Set(result).count == result.count else { throw error(.shape, "axes \(axes) name one axis twice") }
        return result
    }
}
