public import NeuralNetwork

/// What a package's own test says: does the network, run here, give the outputs that the package ships?
public struct PackageCheck: Sendable {
    /// An output against its test tensor.
    public struct OutputReport: Sendable {
        /// The output's name.
        public let output: String
        /// The extents that came out.
        public let shape: [Int]
        /// The extents of the test tensor.
        public let expectedShape: [Int]
        /// The differences; `nil` if the extents differ.
        public let comparison: TensorComparison?
        /// What the package tolerates.
        public let tolerance: ReproducibilityTolerance

        /// Whether the output is within the tolerance.
        public var passed: Bool { comparison.map { $0.mismatchedPerMillion <= tolerance.mismatchedPerMillion } ?? false }
    }

    /// How far an output sees, against what the package declares.
    public struct ReachReport: Sendable {
        /// The output's name.
        public let output: String
        /// One entry for each space axis of the first input that the output has too.
        public let axes: [AxisReport]
        /// The operators that see the whole image; empty if tiles give what the whole image gives.
        public let wholeImageOperators: [String]

        /// Whether tiles can give exactly what the whole image gives, along whichever axes they are cut.
        public var isLocal: Bool { wholeImageOperators.isEmpty }

        /// Whether tiles can give that along some axes alone.
        public var isPartial: Bool { axes.contains(where: \.reach.isWhole) && !axes.allSatisfy(\.reach.isWhole) }
    }

    /// The reach along one axis, in input pixels.
    public struct AxisReport: Sendable {
        /// The axis' name.
        public let axis: String
        /// The declared halo in input pixels.
        public let declaredHalo: Int
        /// What the graph says: the receptive field.
        public let reach: Reach.AxisReach
        /// What a run reads around a tile.
        public let context: TileContext

        /// The halo that tiles need which begin and end at multiples of the stride, in input pixels: what their values depend on beyond
        /// them, in whole strides, so that the halo begins and ends so too. The rim that an output leaves out is context already.
        public var neededHalo: Int {
            guard reach.missing > 0 else {
                return (max(0, reach.haloBefore, reach.haloAfter) + reach.stride - 1) / reach.stride * reach.stride
            }
            return max(reach.haloBefore, reach.haloAfter - reach.missing - (reach.stride - 1))
        }

        /// Whether the declared halo is enough: for tiles at multiples of the stride, or for any tile.
        public var isHaloSufficient: Bool {
            declaredHalo >= neededHalo || reach.missing <= 0 && declaredHalo >= max(reach.before, reach.after)
        }
    }

    /// One entry for each output that has a test tensor.
    public let outputs: [OutputReport]
    /// One entry for each output; empty where the reach cannot be said.
    public let reaches: [ReachReport]
    /// How the network can be tiled; `nil` where the reach cannot be said.
    public let tilingClass: TilingClass?
    /// The extents of the space axes along which the network takes one extent only; empty where all are free.
    public let window: [Int]
    /// What is wrong besides differences, such as missing test tensors or extents against the description.
    public let faults: [String]
    /// What a user should know, such as a halo that is too small.
    public let warnings: [String]

    /// The operators by which some output sees the whole image, each once.
    public var wholeImageOperators: [String] {
        var seen: Set<String> = []
        return reaches.flatMap(\.wholeImageOperators).filter { seen.insert($0).inserted }
    }

    /// The extents of a tile for which windows read about twice what they write.
    public var sensibleTile: [Int] { reaches.map { $0.axes.map(\.context) }.sensibleTile }

    /// Whether everything that can be tested is as the package says.
    public var passed: Bool { faults.isEmpty && !outputs.isEmpty && outputs.allSatisfy(\.passed) }
}

extension PackageCheck {
    /// Runs the package's test: preprocessing, network, postprocessing on the test inputs as a whole, then compares.
    ///
    /// - Parameter loaded: called with the network when its weights are read.
    public init(
        _ package: ModelPackage, options: RunOptions = .init(), limits: NetworkLimits = .init(), loaded: (Network) -> Void = { _ in }
    ) throws(PackageError) {
        var shapes: [String: [Int]] = [:], missing: [String] = []
        // A network that the test inputs do not fit is refused before its weights are read; extents against the description are told first.
        let network = try package.network(limits: limits) { (model) throws(PackageError) in
            (shapes, missing) = try PackageCheck.testShapes(of: package)
            guard package.inputs.allSatisfy({ shapes[$0.id] == nil || package.shapeFaults(of: $0, in: shapes).isEmpty }) else { return }
            try package.judge(model, on: shapes)
        }
        loaded(network)
        guard missing.isEmpty else {
            self.init(faults: missing.map { "\($0) has no test tensor, so nothing can be compared" }, warnings: package.notes)
            return
        }
        var faults = package.inputs.filter { shapes[$0.id] != nil }.flatMap { package.shapeFaults(of: $0, in: shapes) }
        guard faults.isEmpty else {
            self.init(faults: faults.map { "test input: \($0)" }, warnings: package.notes)
            return
        }
        // What the test takes, and whether labels can be made of what comes out, is known before the tensors are read and anything is
        // computed.
        try PackageCheck.checkMemory(of: package, network, shapes)
        let resultShapes = PackageCheck.resultShapes(of: package, network, shapes)
        try package.checkLabelSteps(onOutputsOf: resultShapes)
        let unlike = try PackageCheck.unlikeOutputs(of: package, resultShapes)
        guard unlike.isEmpty else {
            let note = "the network was not run: its results have other extents than the test tensors"
            self.init(outputs: unlike, faults: [], warnings: package.notes + [note])
            return
        }
        var inputs: [String: AxisTensor] = [:]
        for input in package.inputs { inputs[input.id] = try package.testTensor(of: input) }
        let used = package.used(inputs, by: network)
        let (prepared, notes) = try package.prepare(used, for: network)
        let raw = try package.run(network, on: prepared, options: options)
        let results = try package.postprocess(raw, references: inputs)
        for output in package.outputs {
            for tensor in [raw[output.id], results[output.id]].compactMap(\.self) { try output.checkExactness(of: tensor) }
        }
        shapes.merge(results.mapValues(\.shape)) { _, new in new }
        faults = package.outputs.flatMap { package.shapeFaults(of: $0, in: shapes) }

        var reports: [OutputReport] = []
        var warnings = package.notes + [package.opsetWarning(of: network), package.orderNote(of: network)].compactMap(\.self) + notes
        warnings += package.castNotes(of: network) + package.inputTypeWarnings(of: network) + package.halfPrecisionWarnings(of: network)
        for output in package.outputs {
            guard let own = raw[output.id]?.tensor, output.isRounded(RealValues(own.storage), from: own.elementType) else { continue }
            warnings += [output.narrowingNote(of: own.elementType)].compactMap(\.self)
        }
        for input in package.inputs { warnings += [try package.testTensorTypeWarning(of: input)].compactMap(\.self) }
        for input in package.ports(of: network).map(\.input) where input.isOptional {
            warnings.append(
                "the input \(input.id) is declared optional, but the network has no value of its own for it: a run needs an image for it; "
                    + "give the network's input an initializer, or declare `optional: false`")
        }
        for output in package.outputs {
            guard let result = results[output.id] else { continue }
            warnings += result.dataWarnings(output)
            let tolerance = package.tolerance(of: output.id)
            guard let expectedShape = try package.testTensorShape(of: output) else {
                faults.append("\(output.id) has no test tensor, so it cannot be compared")
                continue
            }
            guard expectedShape == result.shape, let expected = try package.testTensor(of: output) else {
                reports.append(
                    OutputReport(
                        output: output.id, shape: result.shape, expectedShape: expectedShape, comparison: nil, tolerance: tolerance))
                continue
            }
            warnings += [try package.testTensorTypeWarning(of: output)].compactMap(\.self)
            let comparison = TensorComparison(result, with: expected, tolerance: tolerance)
            reports.append(
                OutputReport(
                    output: output.id, shape: result.shape, expectedShape: expected.shape, comparison: comparison, tolerance: tolerance))
        }
        let declared = package.declaredShapeFaults(of: network, inputs: inputs.mapValues(\.shape))
        faults += declared.faults
        let samples = package.sampleTensorRemarks()
        let fixed = PackageCheck.fixedExtents(of: package, network)
        let (reaches, obstacle) = PackageCheck.reaches(of: package, network, prepared, isFixed: !fixed.isEmpty)
        let tilingClass = PackageCheck.tilingClass(reaches, fixed)
        warnings += declared.warnings + samples.warnings + [obstacle].compactMap(\.self) + reaches.flatMap { $0.warnings(tilingClass) }
        warnings += [BatchMixers(package, network, shapes: package.shapes(prepared.mapValues(\.shape), byPortOf: network)).warning]
            .compactMap(\.self)
        if package.inputs.count(where: { !$0.isOptional }) > 1 {
            warnings.append(
                "the model has several inputs: `concours model run` takes --input NAME=FILE for each, submissions to challenges are models of "
                    + "one image")
        }
        for output in package.outputs {
            guard let reach = reaches.first(where: { $0.output == output.id }), !reach.hasImageExtents(growth: output.labelGrowth) else {
                continue
            }
            warnings.append(reach.extentWarning(output))
        }
        self.init(
            outputs: reports, reaches: reaches, tilingClass: tilingClass, window: package.inputs[0].axes.compactMap { fixed[$0.id] },
            faults: faults + samples.faults, warnings: warnings)
    }

    private init(outputs: [OutputReport] = [], faults: [String], warnings: [String]) {
        self.outputs = outputs
        reaches = []
        tilingClass = nil
        window = []
        self.faults = faults
        self.warnings = warnings
    }

    private static func tilingClass(_ reaches: [ReachReport], _ fixed: [String: Int]) -> TilingClass? {
        guard !reaches.isEmpty else { return nil }
        let isNarrow = reaches.flatMap(\.axes).contains { axis in fixed[axis.axis].map { $0 < axis.context.leastWindow } ?? false }
        return TilingClass(seesAll: reaches.contains { !$0.isLocal }, hasWindow: !fixed.isEmpty, isNarrow: isNarrow)
    }

    /// The space axes along which the network takes one extent only, with it.
    private static func fixedExtents(of package: ModelPackage, _ network: Network) -> [String: Int] {
        guard let (input, port) = package.ports(of: network).first else { return [:] }
        var extents: [String: Int] = [:]
        for (index, axis) in input.axes.enumerated() where axis.kind == .space {
            if port.shape.indices.contains(index), case .fixed(let size) = port.shape[index] { extents[axis.id] = size }
            if case .fixed(let size) = axis.size { extents[axis.id] = size }
        }
        return extents
    }

    private static func testShapes(of package: ModelPackage) throws(PackageError) -> (shapes: [String: [Int]], missing: [String]) {
        var shapes: [String: [Int]] = [:]
        var missing: [String] = []
        for input in package.inputs {
            if let shape = try package.testTensorShape(of: input) {
                shapes[input.id] = shape
            } else if !input.isOptional {
                missing.append(input.id)
            }
        }
        return (shapes, missing)
    }

    /// Refuses test inputs for which the network needs more memory than it may take.
    private static func checkMemory(of package: ModelPackage, _ network: Network, _ shapes: [String: [Int]]) throws(PackageError) {
        let ports = package.shapes(shapes, byPortOf: network)
        do throws(NetworkError) { _ = try network.workingSetBytes(inputShapes: ports) } catch {
            // Everything else is said where the network runs.
            if error.kind == .limit { throw package.fault(error) }
        }
    }

    /// The extents of what the network makes of the test inputs, by output; empty where they follow from values, which a run has.
    private static func resultShapes(of package: ModelPackage, _ network: Network, _ shapes: [String: [Int]]) -> [String: [Int]] {
        guard let results = try? network.outputShapes(inputShapes: package.shapes(shapes, byPortOf: network)) else { return [:] }
        let named = zip(package.outputs, network.outputs).compactMap { output, port in results[port.name].map { (output.id, $0) } }
        return [String: [Int]](named) { first, _ in first }
    }

    /// The outputs whose extents on the test inputs are not those of their test tensors.
    private static func unlikeOutputs(of package: ModelPackage, _ results: [String: [Int]]) throws(PackageError) -> [OutputReport] {
        var reports: [OutputReport] = []
        for output in package.outputs where output.labelStep == nil {
            guard let shape = results[output.id], let expected = try package.testTensorShape(of: output), shape != expected else {
                continue
            }
            reports.append(
                OutputReport(
                    output: output.id, shape: shape, expectedShape: expected, comparison: nil, tolerance: package.tolerance(of: output.id)))
        }
        return reports
    }

    private static func reaches(
        of package: ModelPackage, _ network: Network, _ prepared: [String: AxisTensor], isFixed: Bool
    ) -> (reports: [ReachReport], obstacle: String?) {
        guard let imageAxes = package.imageAxes(of: network) else {
            return (
                [],
                "the inputs have different axes: how far the network sees is not said, and Concours runs each image in one window"
            )
        }
        var shapes: [String: [Int]] = [:]
        for (input, port) in package.ports(of: network) { shapes[port.name] = prepared[input.id]?.shape }
        let reaches: [String: Reach], run: [String: Reach]
        do {
            // The receptive field: what others must see around a tile, however they compute.
            reaches = try network.reach(inputShapes: shapes, imageAxes: imageAxes.places, options: RunOptions(convolutions: .direct))
            // Windows of one extent only go through the direct kernels, which need no more than that.
            run = try isFixed ? reaches : network.reach(inputShapes: shapes, imageAxes: imageAxes.places)
        } catch {
            let refusal = error.kind == .unknownBeforeRun ? ", and it does not run on images of any size (`concours model run`)" : ""
            return ([], "how far the network sees cannot be said\(refusal): \(error)")
        }
        let dependence =
            reaches.values.lazy.compactMap(\.unsteadyStep).min()
            ?? sizeDependence(of: package, network, shapes, imageAxes, reaches.values.map(\.axes))
        var reports: [ReachReport] = []
        for (output, port) in zip(package.outputs, network.outputs) {
            guard let reach = reaches[port.name], let own = run[port.name] else { continue }
            // Along axes that could be cut if others are not, the truth is then that they cannot.
            let axes = axisReports(reach, own, imageAxes.ids, output, whole: reach.wholeImageOperators.isEmpty ? nil : dependence)
            reports.append(
                ReachReport(output: output.id, axes: axes, wholeImageOperators: reach.wholeImageOperators + [dependence].compactMap(\.self))
            )
        }
        return (reports, nil)
    }

    /// The step that lies otherwise in an image that is larger along the axes that can be cut, with the reason; `nil` if none does, or if
    /// the network takes no other image.
    private static func sizeDependence(
        of package: ModelPackage, _ network: Network, _ shapes: [String: [Int]], _ imageAxes: ImageAxes, _ reaches: [[Reach.AxisReach]]
    ) -> String? {
        var larger = shapes
        let free = imageAxes.ids.indices.filter { axis in reaches.allSatisfy { $0.indices.contains(axis) && !$0[axis].isWhole } }
        for (input, port) in package.ports(of: network) {
            for (index, place) in (imageAxes.places[port.name] ?? []).enumerated() {
                guard free.contains(index) else { continue }
                if port.shape.indices.contains(place), case .fixed = port.shape[place] { continue }
                guard case .stepped(_, let step) = input.axes[place].size, step > 0 else { continue }
                let growth = reaches.reduce(step) { leastCommonMultiple($0, $1[index].stride) }
                larger[port.name]?[place] += growth
            }
        }
        let options = RunOptions(convolutions: .direct)
        guard larger != shapes,
            let own = try? network.geometry(inputShapes: shapes, imageAxes: imageAxes.places, options: options),
            let other = try? network.geometry(inputShapes: larger, imageAxes: imageAxes.places, options: options)
        else { return nil }
        return own.difference(from: other, along: free)?.description
    }

    private static func axisReports(
        _ reach: Reach, _ run: Reach, _ ids: [String], _ output: TensorDescription, whole: String?
    ) -> [AxisReport] {
        zip(ids, zip(reach.axes, run.axes)).compactMap { id, axisReaches in
            let (reach, run) = axisReaches
            guard let own = output.axes.first(where: { $0.id == id }), own.kind == .space else { return nil }
            return AxisReport(
                axis: id, declaredHalo: reach.pixels(covering: own.halo), reach: reach.seeingAll(whole), context: TileContext(run))
        }
    }
}

extension PackageCheck.ReachReport {
    /// Whether labels of the output have the image's extents.
    ///
    /// - Parameter growth: labels for one element along (z,) y and x, where the output is made into labels.
    func hasImageExtents(growth: [Int]?) -> Bool {
        let finer = [String: Int](zip(SpaceAxes.names(last: growth?.count ?? 0), growth ?? [])) { first, _ in first }
        return axes.allSatisfy { axis in
            axis.reach.missing == 0 && axis.reach.scale.numerator * (finer[axis.axis] ?? 1) == axis.reach.scale.denominator
        }
    }

    /// What it means that an output has other extents than the image.
    fileprivate func extentWarning(_ output: TensorDescription) -> String {
        guard let step = output.labelStepID, let growth = output.labelGrowth else {
            return "\(output.id) has other extents than the image: challenges compare labels of the image's extents, which of the "
                + "postprocessors only `stardist`, by its `grid`, makes of an output of fewer places"
        }
        let places = axes.map { "\($0.reach.scale) along \($0.axis)" }.joined(separator: ", ")
        return "\(output.id) has other extents than the image, whose labels challenges compare: `\(step)` makes \(growth) labels of each "
            + "place, and the network makes for each pixel \(places) places"
    }

    /// What those who tile should know, by the class of the network.
    fileprivate func warnings(_ tilingClass: TilingClass?) -> [String] {
        if isPartial, tilingClass == .global {
            let whole = axes.filter(\.reach.isWhole).map(\.axis).joined(separator: ", ")
            let others = axes.filter { !$0.reach.isWhole }.map(\.axis).joined(separator: ", ")
            return [
                "\(output) sees the whole image along \(whole) (\(wholeImageOperators.joined(separator: ", "))): in tiles by the declared halo "
                    + "its values change. Concours leaves \(whole) whole and cuts along \(others), where memory allows"
            ]
        }
        guard isLocal else {
            return [
                "\(output) sees the whole image (\(wholeImageOperators.joined(separator: ", "))): in tiles by the declared halo its values change. "
                    + (tilingClass == .global
                        ? "Concours runs the image whole or, where memory is short, sums up statistics of the whole image where it can"
                        : "The network takes windows of one extent only, so larger images are cut by the declared halo")
            ]
        }
        let ways =
            tilingClass == .windowed ? "so does Concours, as the network takes no larger window" : "Concours gives tiles all they see"
        var warnings: [(axes: [String], words: String)] = []
        for axis in axes where !axis.isHaloSufficient {
            let reach = axis.reach
            let stride =
                reach.stride == 1 ? "" : " (tiles at multiples of the stride, \(reach.stride), need \(axis.neededHalo))"
            let words =
                "\(output) declares a halo of \(axis.declaredHalo) input pixels, the network sees \(reach.before) before and "
                + "\(reach.after) after\(stride)"
            if let same = warnings.firstIndex(where: { $0.words == words }) {
                warnings[same].axes.append(axis.axis)
            } else {
                warnings.append(([axis.axis], words))
            }
        }
        return warnings.map { axes, words in
            "\(words) along \(axes.joined(separator: ", ")): others who tile by the declared halo get other values at tile borders; \(ways)"
        }
    }
}

extension ModelPackage {
    /// Extents by the network's names of its inputs, from those by the package's.
    fileprivate func shapes(_ shapes: [String: [Int]], byPortOf network: Network) -> [String: [Int]] {
        [String: [Int]](ports(of: network).compactMap { input, port in shapes[input.id].map { (port.name, $0) } }) { first, _ in first }
    }
}
