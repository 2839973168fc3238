/// Follows the range of positions that one output position reads, along one axis, back to the inputs of a graph.
struct ReachWalk {
    /// What a step reads of one input for a range of its results: the same range, or what a window says.
    struct Read {
        let value: Int
        let window: AxisWindow?
    }

    /// Where a value lies in the image.
    struct Place {
        /// Positions for one pixel.
        let scale: Ratio
        /// The extents of the value and of the image.
        let extent: Int
        let image: Int

        /// Pixels that lie beyond every image, however many of them are added up.
        private static let farthest = 1 << 40

        /// The image pixels without which the value would not have these positions: a tile that begins behind the first of them, or
        /// ends in front of the last, has its own border there.
        func pixels(of range: ClosedRange<Int>) -> ClosedRange<Int> {
            let low = floorDivide(range.lowerBound * scale.denominator, scale.numerator)
            return (low...max(low, image + floorDivide((range.upperBound - extent) * scale.denominator, scale.numerator)))
                .clamped(to: -Place.farthest...Place.farthest)
        }
    }

    /// One step of a plan: its results, where they lie, and what it reads for them.
    struct Step {
        let results: [Int]
        let place: Place
        let reads: [Read]
    }

    /// What one output position depends on, in pixels of the image.
    struct Sight {
        /// The pixels that are read.
        let seen: ClosedRange<Int>
        /// These, and the pixels without which some value on the way would end too early.
        let needed: ClosedRange<Int>
    }

    /// A step whose results and reads lie in arrays of all steps: a walk passes millions of them.
    private struct Passage {
        let place: Place
        let results: Range<Int>
        let reads: Range<Int>
    }

    /// By position in the plan; `nil` for steps whose results do not follow the axis.
    private let passages: [Passage?]
    private let results: [Int]
    private let reads: [Read]
    private let inputs: [(value: Int, place: Place)]
    /// The range of each value that this walk has reached, and the walk that did.
    private var ranges: [ClosedRange<Int>]
    private var walks: [Int]
    private var walk = 0

    /// - Parameter steps: by position in the plan; `nil` for those whose results do not follow the axis.
    init(values: Int, steps: [Step?], inputs: [(value: Int, place: Place)]) {
        var results: [Int] = [], reads: [Read] = []
        passages = steps.map { step in
            guard let step else { return nil }
            let firstResult = results.count, firstRead = reads.count
            results += step.results
            reads += step.reads
            return Passage(place: step.place, results: firstResult..<results.count, reads: firstRead..<reads.count)
        }
        self.results = results
        self.reads = reads
        self.inputs = inputs
        ranges = [ClosedRange<Int>](repeating: 0...0, count: values)
        walks = [Int](repeating: 0, count: values)
    }

    /// What one walk costs: the inputs and outputs of some steps, given as positions in the plan.
    func links(of steps: [Int]) -> Int {
        steps.reduce(inputs.count) { $0 + (passages[$1].map { $0.results.count + $0.reads.count } ?? 0) }
    }

    /// What one position of a value depends on; `nil` if it reads no input.
    ///
    /// - Parameter steps: those on which the value depends, as positions in the plan, last first.
    mutating func read(by position: Int, of value: Int, through steps: [Int]) -> Sight? {
        walk += 1
        join(position...position, to: value)
        var seen: ClosedRange<Int>?, needed: ClosedRange<Int>?
        for step in steps {
            guard let passage = passages[step], let range = union(of: passage.results) else { continue }
            needed = ReachWalk.union(needed, passage.place.pixels(of: range))
            for read in passage.reads { join(reads[read].window?.read(range) ?? range, to: reads[read].value) }
        }
        for input in inputs where walks[input.value] == walk {
            seen = ReachWalk.union(seen, input.place.pixels(of: ranges[input.value]))
        }
        return seen.map { Sight(seen: $0, needed: ReachWalk.union(needed, $0)) }
    }

    /// Beyond every extent; clamped to it, positions can be multiplied by any scale.
    private static let farthest = 1 << 31

    private mutating func join(_ range: ClosedRange<Int>, to value: Int) {
        let range = range.clamped(to: -ReachWalk.farthest...ReachWalk.farthest)
        ranges[value] = walks[value] == walk ? ReachWalk.union(ranges[value], range) : range
        walks[value] = walk
    }

    private func union(of results: Range<Int>) -> ClosedRange<Int>? {
        var result: ClosedRange<Int>?
        for index in results where walks[self.results[index]] == walk { result = ReachWalk.union(result, ranges[self.results[index]]) }
        return result
    }

    private static func union(_ first: ClosedRange<Int>?, _ second: ClosedRange<Int>) -> ClosedRange<Int> {
        guard let first else { return second }
        return min(first.lowerBound, second.lowerBound)...max(first.upperBound, second.upperBound)
    }
}
