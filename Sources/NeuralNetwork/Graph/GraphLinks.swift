/// Which step of a draft gives a value, and how many read it.
struct GraphLinks {
    private let steps: [CompiledGraph.Step]
    /// Numbers and lists of numbers; larger ones would be held longer than they are needed.
    private let constants: [Int: Tensor]
    /// By value.
    private let producer: [Int?]
    private let readers: [Int]

    init(_ draft: GraphDraft) {
        steps = draft.steps
        constants = draft.constants.filter { $0.value.shape.count <= 1 }
        var producer = [Int?](repeating: nil, count: draft.valueCount), readers = [Int](repeating: 0, count: draft.valueCount)
        for (index, step) in draft.steps.enumerated() {
            for case let value? in step.outputs { producer[value] = index }
            for case let value? in step.inputs { readers[value] += 1 }
        }
        // What the caller reads has to stay.
        for value in draft.outputs { readers[value] += draft.steps.count + 1 }
        self.producer = producer
        self.readers = readers
    }

    /// The step that gives a value which is read so many times, if it has that type of operator and gives nothing else.
    func step(of value: Int?, _ type: String, reads: Int = 1) -> (place: Int, step: CompiledGraph.Step)? {
        guard let value, let place = producer[value], readers[value] == reads else { return nil }
        let step = steps[place]
        guard step.node.operatorType == type, step.node.domain.isEmpty, step.outputs.compactMap(\.self).count == 1 else { return nil }
        return (place, step)
    }

    /// How many steps read a value, the caller counted as more than all.
    func reads(_ value: Int) -> Int { readers[value] }

    /// The number that a value always is, without axes.
    func number(_ value: Int?) -> Float? {
        guard let value, let constant = constants[value], constant.shape.isEmpty else { return nil }
        return constant.floats?.first
    }

    /// How many numbers a value always is, which lie along one axis.
    func count(_ value: Int?) -> Int? {
        guard let value, let constant = constants[value], constant.shape.count == 1, constant.elementType == .float32 else { return nil }
        return constant.count
    }

    /// The numbers that a value always is, which lie along one axis.
    func numbers(_ value: Int?) -> [Float]? { count(value) == nil ? nil : value.flatMap { constants[$0]?.floats } }

    /// The whole numbers that a value always is.
    func integers(_ value: Int?) -> [Int]? { value.flatMap { constants[$0]?.integers } }

    /// Whether a value holds a number for each channel, made of means over the whole image by functions and convolutions.
    func comesFromMeans(_ value: Int) -> Bool {
        var value = value
        for _ in 0..<8 {
            guard let place = producer[value], let first = steps[place].inputs.first ?? nil else { return false }
            switch steps[place].operation {
            case is Reduction: return steps[place].node.operatorType == "GlobalAveragePool"
            case is Activation, is UnaryFunction, is Convolution: value = first
            default: return false
            }
        }
        return false
    }

    /// Both operands of a step; `nil` if one is left out.
    func operands(_ step: CompiledGraph.Step) -> (Int, Int)? {
        guard step.inputs.count == 2, let left = step.inputs[0], let right = step.inputs[1] else { return nil }
        return (left, right)
    }

    /// The operand that is no number, and the number, in any order.
    func scaled(_ step: CompiledGraph.Step) -> (value: Int, factor: Float)? {
        guard let (left, right) = operands(step) else { return nil }
        if let factor = number(right) { return (left, factor) }
        return number(left).map { (right, $0) }
    }
}
