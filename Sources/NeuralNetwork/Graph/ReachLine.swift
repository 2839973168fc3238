/// All planned steps along one axis of the image, ready to be followed from any output.
struct ReachLine {
    /// What the steps read.
    var walk: ReachWalk
    /// For each step the least number of image pixels at which all its values have whole positions; `nil` if there is no such number.
    private let strides: [Int?]

    init(of analysis: ReachAnalysis, along axis: Int) {
        let graph = analysis.graph, positions = analysis.plan.steps.indices
        let inputs = graph.inputs.compactMap { value in analysis.place(of: value, along: axis).map { (value: value, place: $0) } }
        walk = ReachWalk(values: graph.valueCount, steps: positions.map { analysis.transition(at: $0, along: axis) }, inputs: inputs)
        strides = positions.map { analysis.stride(at: $0, along: axis) }
    }

    /// The least number of image pixels at which every value on the way through some steps has a whole position.
    func stride(of steps: [Int]) -> Int? {
        var stride = 1
        for position in steps {
            guard let own = strides[position], let common = ReachAnalysis.commonMultiple(stride, own) else { return nil }
            stride = common
        }
        return stride
    }
}

extension ReachAnalysis {
    /// Where a value lies along an axis of the image; `nil` if it does not follow it.
    func place(of value: Int, along axis: Int) -> ReachWalk.Place? {
        guard let mark = marks[value]?.joined().first(where: { $0.imageAxis == axis }) else { return nil }
        return ReachWalk.Place(scale: mark.scale, extent: mark.extent, image: imageShape[axis])
    }

    /// What a planned step reads along an axis of the image.
    func reads(of step: CompiledGraph.Step, at position: Int, along axis: Int) -> [ReachWalk.Read] {
        let result = step.outputs.compactMap(\.self).first
        guard let target = result.flatMap({ marks[$0] })?.firstIndex(where: { $0.contains { $0.imageAxis == axis } }) else { return [] }
        if let windows = reshapedReads[position], let value = step.inputs.first ?? nil {
            return [ReachWalk.Read(value: value, window: windows[axis])]
        }
        var reads: [ReachWalk.Read] = []
        for (index, value) in step.inputs.enumerated() {
            guard let value, let own = marks[value] else { continue }
            for (inputAxis, view) in views[position][index].enumerated() where own[inputAxis].contains(where: { $0.imageAxis == axis }) {
                switch view {
                case .same(target): reads.append(ReachWalk.Read(value: value, window: nil))
                case .window(target, let window): reads.append(ReachWalk.Read(value: value, window: window))
                default: continue
                }
            }
        }
        return reads
    }

    /// A planned step along an axis of the image; `nil` if its results do not follow it.
    fileprivate func transition(at position: Int, along axis: Int) -> ReachWalk.Step? {
        let step = graph.steps[plan.steps[position]], results = step.outputs.compactMap(\.self)
        guard let place = results.first.flatMap({ place(of: $0, along: axis) }) else { return nil }
        return ReachWalk.Step(results: results, place: place, reads: reads(of: step, at: position, along: axis))
    }

    fileprivate func stride(at position: Int, along axis: Int) -> Int? {
        var stride = 1
        let step = graph.steps[plan.steps[position]]
        for case let value? in step.inputs + step.outputs {
            for mark in (marks[value] ?? []).joined() where mark.imageAxis == axis {
                guard let common = ReachAnalysis.commonMultiple(stride, mark.scale.denominator) else { return nil }
                stride = common
            }
        }
        // Positions in a group of `grid` must keep their places too.
        guard let result = step.outputs.first ?? nil, let own = marks[result] else { return stride }
        for case .window(let target, let window) in views[position].joined() where window.grid > 1 {
            guard let mark = own[target].first(where: { $0.imageAxis == axis }) else { continue }
            let grid = window.grid / greatestCommonDivisor(window.grid, mark.scale.numerator)
            guard let common = ReachAnalysis.commonMultiple(stride, mark.scale.denominator * grid) else { return nil }
            stride = common
        }
        return stride
    }

    static func commonMultiple(_ first: Int, _ second: Int) -> Int? {
        if first % second == 0 { return first }
        let (product, overflow) = (first / greatestCommonDivisor(first, second)).multipliedReportingOverflow(by: second)
        return overflow ? nil : product
    }
}
