/// Finds after how many pixels repeats what a network pads, cuts and scales by the extents of its image, where its own stride does not
/// tell: one of stride 4 that pads its image to a multiple of 32 pads a window as it pads the image if their extents differ by multiples
/// of 32.
///
/// Geometries of images that are larger and smaller by whole periods are compared. Candidates are what the numbers say with which the
/// network computes extents. What repeats after none of them has no period: tiles are then no parts of the image.
struct SizePeriod {
    private let analysis: ReachAnalysis
    private let graph: CompiledGraph
    private let ports: [Port]
    private let convolutions: RunOptions.Convolutions?
    private let own: ReachGeometry
    /// The steps that may still be looked at, and the work that may still be done for values.
    private var left = (steps: 200_000, work: 1 << 28)

    /// How many periods an image of another size is larger; very large ones too, as a network may do something else with them. No two that
    /// follow each other are the same along two axes.
    private static let multiples = [1, 2, 3, 7, -1, 1000]
    /// The largest period.
    private static let largest = 512
    /// The most periods that are tried along an axis.
    private static let mostCandidates = 64

    /// Notes the periods in the analysis of a network with these inputs.
    static func note(in analysis: inout ReachAnalysis, ports: [Port], _ convolutions: RunOptions.Convolutions?) {
        guard analysis.hasImage else { return }
        var search = SizePeriod(analysis, ports, convolutions)
        for axis in analysis.imageShape.indices {
            guard let stride = analysis.wholeStride(along: axis) else { continue }
            (analysis.periods[axis], analysis.unsteadySteps[axis]) = search.period(stride, along: axis)
        }
        guard analysis.periods.contains(where: { $0 > 1 }) else { return }
        // What follows from several extents together need not repeat where it does for each by itself.
        let together = analysis.imageShape.indices.map { axis in
            analysis.wholeStride(along: axis).flatMap { ReachAnalysis.commonMultiple($0, analysis.periods[axis]) } ?? 0
        }
        guard let difference = search.look(after: together).difference else { return }
        for axis in analysis.imageShape.indices { analysis.unsteadySteps[axis] = "\(difference)" }
    }

    private init(_ analysis: ReachAnalysis, _ ports: [Port], _ convolutions: RunOptions.Convolutions?) {
        self.analysis = analysis
        self.ports = ports
        self.convolutions = convolutions
        own = analysis.geometry()
        let graph = analysis.graph
        self.graph = CompiledGraph(
            graph, steps: graph.steps, constants: graph.constants, outputs: graph.outputs, limits: graph.limits.withoutMemory)
    }

    /// The period along an axis, 1 where the stride says it all, and the step that has none, with the reason.
    private mutating func period(_ stride: Int, along axis: Int) -> (period: Int, unsteadyStep: String?) {
        func pixels(_ count: Int) -> [Int] { analysis.imageShape.indices.map { $0 == axis ? count : 0 } }
        guard let difference = look(after: pixels(stride)).difference else { return (1, nil) }
        for candidate in candidates(stride) {
            let images = look(after: pixels(candidate))
            guard images.difference == nil, images.count > 1 else { continue }
            // What repeats for images of this kind alone, such as multiples of the period, is not told of all others.
            let others = [0, 1, 3].compactMap { geometry(growing: pixels(stride + $0 * candidate)) }
            if others.allSatisfy({ $0.difference(from: others[0], comparesValues: false) == nil }) { return (candidate, nil) }
        }
        return (1, "\(difference)")
    }

    /// Looks at images that are larger by multiples of so many pixels along each axis: the first difference, if there is one, and how many
    /// images the network takes.
    private mutating func look(after pixels: [Int]) -> (difference: ReachGeometry.Difference?, count: Int) {
        // Where nothing follows from extents alone sizes hardly differ.
        let multiples = analysis.plan.values.isEmpty ? [1] : SizePeriod.multiples
        var count = 0
        for index in multiples.indices {
            let growth = pixels.enumerated().map { multiples[(index + $0) % multiples.count] * $1 }
            // Much smaller images are other ones: a crop may leave nothing of them.
            guard zip(analysis.imageShape, growth).allSatisfy({ 2 * ($0 + $1) >= $0 }), let other = geometry(growing: growth) else {
                continue
            }
            if let difference = own.difference(from: other, comparesValues: false) { return (difference, count) }
            count += 1
        }
        return (nil, count)
    }

    /// The geometry of an image that is larger by so many pixels; `nil` if the network does not take it, or if that would take too long.
    private mutating func geometry(growing pixels: [Int]) -> ReachGeometry? {
        guard left.steps > 0, left.work > 0, let types = analysis.inputTypes(pixels, ports) else { return nil }
        let (graph, ports, convolutions) = (graph, ports, convolutions), folding = FoldingBudget()
        defer {
            left.steps -= graph.steps.count
            left.work -= folding.spentWork
        }
        let plan = try? FoldingBudget.loading(folding) { () throws(NetworkError) in
            try Plan(graph: graph, ports: ports, types: types, convolutions: convolutions)
        }
        return plan.map { ReachAnalysis(graph: graph, plan: $0, imageAxes: analysis.imageAxes).geometry() }
    }
}

// MARK: - What may be a period

extension SizePeriod {
    /// The multiples of a stride that may be a period, the smallest first.
    private func candidates(_ stride: Int) -> [Int] {
        // Of powers of two the number may be hidden, as in a mask of bits.
        var candidates = Set((1...9).map { stride << $0 })
        let numbers = extentNumbers()
        for first in numbers {
            for second in numbers where second >= first {
                guard let common = ReachAnalysis.commonMultiple(first, second), common <= SizePeriod.largest else { continue }
                if let candidate = ReachAnalysis.commonMultiple(stride, common) { candidates.insert(candidate) }
            }
        }
        let few = candidates.filter { $0 > stride && $0 <= max(SizePeriod.largest, stride) }.sorted()
        return Array(few.prefix(SizePeriod.mostCandidates))
    }

    /// The whole numbers, and those of which there are inverses, that stand in the graph where it computes with extents.
    private func extentNumbers() -> [Int] {
        var numbers: Set<Int> = []
        for step in graph.steps where step.firstResult.map({ analysis.plan.values[$0] != nil }) ?? false {
            for case let value? in step.inputs {
                guard let constant = graph.constants[value], constant.count <= 8 else { continue }
                for number in constant.doubles where number > 0 && number <= Double(SizePeriod.largest) {
                    let whole = (number < 1 ? 1 / number : number).rounded()
                    if whole > 1, whole <= Double(SizePeriod.largest) { numbers.insert(Int(whole)) }
                }
            }
        }
        return Array(numbers.sorted().prefix(16))
    }
}
