/// `TfIdfVectorizer` (opset 9) of whole numbers: how often listed runs of numbers (n-grams) appear in each row, with up to so many numbers
/// skipped between their members, as counts, as their presence, or weighted.
struct GramCounts: Operator {
    private enum Mode: String { case counts = "TF", presence = "IDF", weighted = "TFIDF" }

    private let node: Node
    private let mode: Mode
    private let lengths: ClosedRange<Int>
    private let mostSkipped, size: Int
    /// The place in the result of each run.
    private let places: [[Int64]: Int]
    private let weights: [Float]

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 1...1)
        try node.allow(
            "max_gram_length", "max_skip_count", "min_gram_length", "mode", "ngram_counts", "ngram_indexes", "pool_int64s", "weights")
        self.node = node
        guard let mode = Mode(rawValue: try node.string("mode") ?? ""), let shortest = try node.int("min_gram_length"),
            let longest = try node.int("max_gram_length"), 1 <= shortest, shortest <= longest, longest <= 64,
            let skipped = try node.int("max_skip_count"), (0...1024).contains(skipped)
        else {
            throw node.error(.attribute, "mode, the lengths of runs (1 to 64) or max_skip_count (0 to 1024) are missing or out of range")
        }
        self.mode = mode
        lengths = shortest...longest
        mostSkipped = skipped
        let starts = try node.ints("ngram_counts") ?? [], pool = try node.ints("pool_int64s") ?? []
        let indices = try node.ints("ngram_indexes") ?? []
        var places: [[Int64]: Int] = [:], number = 0
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : pool.count
            guard start >= 0, start <= end, end <= pool.count, (end - start) % (index + 1) == 0 else {
                throw node.error(.attribute, "ngram_counts \(starts) do not cut the pool of \(pool.count) into runs")
            }
            for place in stride(from: start, to: end, by: index + 1) {
                guard number < indices.count, (0...TensorReader.largestExtent).contains(indices[number]) else {
                    throw node.error(.attribute, "ngram_indexes has \(indices.count) entries from 0 on; there are more runs")
                }
                places[pool[place...place + index].map(Int64.init)] = indices[number]
                number += 1
            }
        }
        self.places = places
        size = (indices.max() ?? -1) + 1
        weights = try node.floats("weights") ?? []
        guard weights.isEmpty || weights.count == indices.count else {
            throw node.error(.attribute, "\(weights.count) weights for \(indices.count) runs")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        guard input.elementType == .int32 || input.elementType == .int64 else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue); expected int32 or int64")
        }
        guard input.rank == 1 || input.rank == 2 else {
            throw node.error(.shape, "the input has the shape \(input.shape); expected one or two axes")
        }
        try node.expect(work: input.shape + [mostSkipped + 1, lengths.count * lengths.upperBound], of: "the search for runs")
        return [Signature(Array(input.shape.dropLast()) + [size], .float32)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0), values = (input.integers ?? []).map(Int64.init), length = input.shape[input.shape.count - 1]
        var results = [Float](repeating: 0, count: outputs[0].count)
        for row in 0..<outputs[0].shape.dropLast().reduce(1, *) {
            // A single number is the same whatever is skipped.
            for distance in 1...mostSkipped + 1 {
                for size in lengths where size > 1 || distance == 1 {
                    let span = distance * (size - 1)
                    for start in 0..<max(0, length - span) {
                        let gram = (0..<size).map { values[row * length + start + $0 * distance] }
                        if let place = places[gram] { results[row * self.size + place] += 1 }
                    }
                }
            }
        }
        for index in results.indices where mode != .counts {
            let factor = weights.isEmpty ? 1 : weights[index % size]
            results[index] = mode == .presence ? (results[index] > 0 ? factor : 0) : results[index] * factor
        }
        return [Tensor(outputs[0].shape, .float32(results))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).map { _ in .whole }
    }
}
