/// The numbers behind values that are as large as the image without following it, such as a mean that was spread to its extents.
///
/// A plan knows small values only, and their extents are the window's whatever they hold: of a number that is spread the number is followed.
struct ExtentNumberTrace {
    /// By value that does not follow the image, the bits of the numbers in it or behind it, each once.
    private var numbers: [Int: Set<UInt64>] = [:]
    /// The values that are as large as the image without following it.
    private var spread: Set<Int> = []

    /// Longer lists are no numbers that are computed with.
    private static let mostNumbers = 4096

    /// - Parameter signature: what is known of a value before a run on an image of some size.
    init(_ analysis: ReachAnalysis, _ signature: (Int) -> Signature?) {
        for step in analysis.graph.steps {
            let operands = ExtentNumberTrace.operands(of: step)
            guard !operands.contains(where: { analysis.marks[$0] != nil }) || step.core is ShapeOf || step.core is SizeOf else { continue }
            pass(step, operands, signature)
        }
    }

    /// The numbers that are spread in a value; `nil` for other values.
    func spreadNumbers(_ value: Int) -> Set<UInt64>? { spread.contains(value) ? numbers[value] ?? [] : nil }

    /// What a step computes with, without what says extents and places alone.
    private static func operands(of step: CompiledGraph.Step) -> [Int] {
        step.inputs.enumerated().compactMap { place, value in step.core.role(of: place) == .value ? value : nil }
    }

    private mutating func pass(_ step: CompiledGraph.Step, _ operands: [Int], _ signature: (Int) -> Signature?) {
        if step.core is Reduction, let value = step.firstResult, let large = operands.first(where: spread.contains) {
            // A sum of ones is how many they are.
            numbers[value] = [UInt64(signature(large)?.shape.reduce(1, *) ?? 0)]
            return
        }
        let repeats = step.core is ConstantValue || step.core is Repetition || step.core is Resizing
        let isSpread = repeats || operands.contains(where: spread.contains)
        for case let value? in step.outputs {
            if isSpread { spread.insert(value) }
            if !isSpread, let known = signature(value)?.value {
                guard known.count <= ExtentNumberTrace.mostNumbers else { continue }
                numbers[value] = Set(known.doubles.map(\.bitPattern))
            } else {
                let own = operands.reduce(into: Set<UInt64>()) { $0.formUnion(numbers[$1] ?? []) }
                if !own.isEmpty { numbers[value] = own }
            }
        }
    }
}
