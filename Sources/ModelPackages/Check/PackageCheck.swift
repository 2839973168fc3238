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
        warnings += package.narrowingNotes(of: raw, from: network)
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
}

extension ModelPackage {
    /// Extents by the network's names of its inputs, from those by the package's.
    fileprivate func shapes(_ shapes: [String: [Int]], byPortOf network: Network) -> [String: [Int]] {
        [String: [Int]](ports(of: network).compactMap { input, port in shapes[input.id].map { (port.name, $0) } }) { first, _ in first }
    }
}
