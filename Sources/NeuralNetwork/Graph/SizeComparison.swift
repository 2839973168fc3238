/// Finds the steps of a network that compute with the size of the image: whose values follow from what is known before a run, and is
/// something else for an image of another size.
///
/// Such a step sees the axes whose extents matter as a whole, however near the pixels are that it reads. Images are compared that are
/// larger or smaller by whole strides (and periods, `SizePeriod`), as tiles of one image are; what is not the same for other sizes only is
/// found where windows are compared with their image (`ReachGeometry`).
struct SizeComparison {
    private let graph: CompiledGraph
    private let ports: [Port]
    /// The steps whose extents may still be looked at, and the work that may still be done for values.
    private var left = (steps: 200_000, work: 1 << 28)

    /// An image of another extent.
    private enum Extent {
        /// Larger by so many strides.
        case larger(Int)
        /// A part of the extent, at least two strides: of an extent of 1 an axis may vanish, as by `Squeeze`.
        case part(Int)

        /// By how many pixels it is larger.
        func growth(of extent: Int, stride: Int) -> Int {
            switch self {
            case .larger(let strides): strides * stride
            case .part(let count): -(max(0, extent - max(2 * stride, extent / count)) / stride * stride)
            }
        }
    }

    /// Periods of small numbers, and whatever is another way from some number on: that lies between very small and very large images.
    private static let extents: [Extent] = [
        .larger(1), .part(.max), .larger(100_003), .larger(2), .part(2), .larger(3), .part(8), .larger(12_347), .part(32), .larger(7),
    ]

    /// Notes the steps in the analysis of a network with these inputs.
    static func note(in analysis: inout ReachAnalysis, ports: [Port]) {
        // Where nothing follows from extents alone all sizes are the same.
        guard !analysis.plan.values.isEmpty, analysis.hasImage else { return }
        var comparison = SizeComparison(graph: analysis.graph, ports: ports)
        comparison.note(in: &analysis)
    }

    private init(graph: CompiledGraph, ports: [Port]) {
        self.graph = graph
        self.ports = ports
    }

    private mutating func note(in analysis: inout ReachAnalysis) {
        let axes = Array(analysis.imageShape.indices), own = analysis.decisions { analysis.signature($0) }
        let strides = axes.map { axis in
            analysis.wholeStride(along: axis).flatMap { ReachAnalysis.commonMultiple($0, analysis.periods[axis]) }
        }
        for extent in SizeComparison.extents {
            for grown in axes.map({ [$0] }) + (axes.count > 1 ? [axes] : []) {
                var larger = axes.map { _ in 0 }
                for axis in grown {
                    larger[axis] = strides[axis].map { extent.growth(of: analysis.imageShape[axis], stride: $0) } ?? 0
                }
                guard larger.contains(where: { $0 != 0 }), let types = analysis.inputTypes(larger, ports), let known = forecast(types)
                else { continue }
                let positions = analysis.positions(taking: own, unlike: analysis.decisions { known.signature($0) }).filter { position in
                    grown.allSatisfy { analysis.wholeAxes[position][$0] == nil }
                }
                analysis.note(ReachGeometry.valueDependence, at: positions, along: grown)
            }
        }
    }

    /// What is known for other inputs; `nil` if the network does not take them, or if that would take too long.
    private mutating func forecast(_ types: [String: TensorType]) -> TypeInference? {
        guard left.steps > 0, left.work > 0 else { return nil }
        let (graph, ports) = (graph, ports), folding = FoldingBudget()
        defer {
            left.steps -= graph.steps.count
            left.work -= folding.spentWork
        }
        return try? FoldingBudget.loading(folding) { () throws(NetworkError) in
            try TypeInference(graph, ports: ports, types: types, limits: graph.limits.withoutMemory)
        }
    }
}

extension ReachAnalysis {
    /// The least number of pixels of which every value has a whole number of positions; `nil` if there is none of moderate size.
    func wholeStride(along axis: Int) -> Int? {
        var stride = 1
        for mark in marks.values.joined().joined() where mark.imageAxis == axis {
            guard let common = ReachAnalysis.commonMultiple(stride, mark.scale.denominator), common <= 1 << 20 else { return nil }
            stride = common
        }
        return stride
    }

    /// The types of the inputs for an image that is larger by so many pixels along each axis; `nil` if there is none.
    func inputTypes(_ pixels: [Int], _ ports: [Port]) -> [String: TensorType]? {
        var types: [String: TensorType] = [:]
        for (port, value) in zip(ports, graph.inputs) {
            guard let type = plan.types[value] else { return nil }
            var shape = type.shape
            for (axis, own) in (marks[value] ?? []).enumerated() {
                guard let mark = own.first else { continue }
                shape[axis] += pixels[mark.imageAxis] * mark.scale.numerator / mark.scale.denominator
                guard shape[axis] > 0 else { return nil }
            }
            types[port.name] = TensorType(shape: shape, elementType: type.elementType)
        }
        return types
    }
}

extension NetworkLimits {
    /// The same for what never runs: tensors may have 16 TiB.
    var withoutMemory: NetworkLimits {
        var limits = self
        (limits.maxTensorBytes, limits.maxWorkingSetBytes) = (1 << 44, .max)
        return limits
    }
}
