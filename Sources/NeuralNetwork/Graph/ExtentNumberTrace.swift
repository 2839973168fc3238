/// The numbers that follow from the extents of an image, such as how many pixels it has, and with which a network computes: tiles would
/// compute with others.
///
/// A plan knows small values only, so that of a number that is spread to the image's extents the number is followed.
struct ExtentNumberTrace {
    /// By value that does not follow the image, the bits of the numbers in it or behind it, each once.
    private var numbers: [Int: Set<UInt64>] = [:]
    /// The values that are as large as the image without following it.
    private var spread: Set<Int> = []
    private let analysis: ReachAnalysis

    /// Longer lists are no numbers that are computed with.
    private static let mostNumbers = 4096

    init(_ analysis: ReachAnalysis) {
        self.analysis = analysis
        for step in analysis.graph.steps { pass(step) }
    }

    /// The numbers with which a step changes what follows the image.
    func numbers(of step: CompiledGraph.Step) -> Set<UInt64> {
        var result: Set<UInt64> = []
        for value in ExtentNumberTrace.operands(of: step) {
            guard let own = numbers[value], analysis.plan.types[value]?.elementType.isReal ?? false || step.core is Arithmetic else {
                continue
            }
            result.formUnion(own)
        }
        return result
    }

    /// What a step computes with, without the extents, places and scales that say what it reads.
    private static func operands(of step: CompiledGraph.Step) -> [Int] {
        if step.core is ConstantValue { return [] }
        let hasShape = step.core is Reshaping || step.core is Repetition || step.core is Resizing || step.core is Slicing
        return (hasShape ? Array(step.inputs.prefix(1)) : step.inputs).compactMap(\.self)
    }

    private mutating func pass(_ step: CompiledGraph.Step) {
        let operands = ExtentNumberTrace.operands(of: step)
        guard !operands.contains(where: { analysis.marks[$0] != nil }) || step.core is ShapeOf || step.core is SizeOf else { return }
        if step.core is Reduction, let value = step.firstResult, let large = operands.first(where: spread.contains) {
            // A sum of ones is how many they are.
            numbers[value] = [UInt64(analysis.plan.types[large]?.count ?? 0)]
            return
        }
        let repeats = step.core is ConstantValue || step.core is Repetition || step.core is Resizing
        let isSpread = repeats || operands.contains(where: spread.contains)
        for case let value? in step.outputs {
            if isSpread { spread.insert(value) }
            if !isSpread, let known = analysis.plan.values[value] {
                guard known.count <= ExtentNumberTrace.mostNumbers else { continue }
                numbers[value] = Set(known.doubles.map(\.bitPattern))
            } else {
                let own = operands.reduce(into: Set<UInt64>()) { $0.formUnion(numbers[$1] ?? []) }
                if !own.isEmpty { numbers[value] = own }
            }
        }
    }
}
