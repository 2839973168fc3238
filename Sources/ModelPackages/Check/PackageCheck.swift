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

        /// Whether tiles can give exactly what the whole image gives.
        public var isLocal: Bool { wholeImageOperators.isEmpty }
    }

    /// The reach along one axis, in input pixels.
    public struct AxisReport: Sendable {
        /// The axis' name.
        public let axis: String
        /// The declared halo in input pixels.
        public let declaredHalo: Int
        /// What the graph says.
        public let reach: Reach.AxisReach

        /// Whether the declared halo covers the reach.
        public var isHaloSufficient: Bool { declaredHalo >= max(reach.before, reach.after) }
    }

    /// One entry for each output that has a test tensor.
    public let outputs: [OutputReport]
    /// One entry for each output; empty where the reach cannot be said.
    public let reaches: [ReachReport]
    /// How the network can be tiled: `local`; `global` if some operator sees the whole image; `windowed` if the network takes one extent
    /// only and that is too little for what it sees. `nil` where the reach cannot be said.
    public let tilingClass: String?
    /// What is wrong besides differences, such as missing test tensors or extents against the description.
    public let faults: [String]
    /// What a user should know, such as a halo that is too small.
    public let warnings: [String]

    /// Whether everything that can be tested is as the package says.
    public var passed: Bool { faults.isEmpty && !outputs.isEmpty && outputs.allSatisfy(\.passed) }
}

extension PackageCheck {
    /// Runs the package's test: preprocessing, network, postprocessing on the test inputs as a whole, then compares.
    public init(_ package: ModelPackage, options: RunOptions = .init(), limits: NetworkLimits = .init()) throws(PackageError) {
        let network = try package.network(limits: limits)
        var (shapes, missing) = try PackageCheck.testShapes(of: package)
        guard missing.isEmpty else {
            self.init(faults: missing.map { "\($0) has no test tensor, so nothing can be compared" }, warnings: package.notes)
            return
        }
        var faults = package.inputs.filter { shapes[$0.id] != nil }.flatMap { package.shapeFaults(of: $0, in: shapes) }
        guard faults.isEmpty else {
            self.init(faults: faults.map { "test input: \($0)" }, warnings: package.notes)
            return
        }
        // What the test takes is known before the tensors are read and anything is computed.
        try PackageCheck.checkMemory(of: package, network, shapes)
        var inputs: [String: AxisTensor] = [:]
        for input in package.inputs { inputs[input.id] = try package.testTensor(of: input) }
        let used = package.used(inputs, by: network)
        let (prepared, notes) = try package.prepare(used, for: network)
        let raw = try package.run(network, on: prepared, options: options)
        let results = try package.postprocess(raw, references: inputs)
        shapes.merge(results.mapValues(\.shape)) { _, new in new }
        faults = package.outputs.flatMap { package.shapeFaults(of: $0, in: shapes) }

        var reports: [OutputReport] = []
        var warnings = package.notes + notes
        for input in package.inputs { warnings += inputs[input.id]?.typeWarnings(input) ?? [] }
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
            warnings += expected.typeWarnings(output)
            let comparison = TensorComparison(result, with: expected, tolerance: tolerance)
            reports.append(
                OutputReport(
                    output: output.id, shape: result.shape, expectedShape: expected.shape, comparison: comparison, tolerance: tolerance))
        }
        faults += package.declaredShapeFaults(of: network, inputs: inputs.mapValues(\.shape))
        let samples = package.sampleTensorRemarks()
        let (reaches, obstacle) = PackageCheck.reaches(of: package, network, prepared)
        let tilingClass = PackageCheck.tilingClass(of: package, network, reaches)
        warnings += samples.warnings + [obstacle].compactMap(\.self) + reaches.flatMap { $0.warnings(tilingClass) }
        if package.inputs.count(where: { !$0.isOptional }) > 1 {
            warnings.append("the model has several inputs: `concours model run` and submissions take models of one image")
        }
        self.init(outputs: reports, reaches: reaches, tilingClass: tilingClass, faults: faults + samples.faults, warnings: warnings)
    }

    private init(faults: [String], warnings: [String]) {
        outputs = []
        reaches = []
        tilingClass = nil
        self.faults = faults
        self.warnings = warnings
    }

    private static func tilingClass(of package: ModelPackage, _ network: Network, _ reaches: [ReachReport]) -> String? {
        guard !reaches.isEmpty, let (input, port) = package.ports(of: network).first else { return nil }
        let isGlobal = reaches.contains { !$0.isLocal }
        for (index, axis) in input.axes.enumerated() where axis.kind == .space {
            var extent: Int?
            if port.shape.indices.contains(index), case .fixed(let size) = port.shape[index] { extent = size }
            if case .fixed(let size) = axis.size { extent = size }
            guard let extent else { continue }
            let sees = reaches.flatMap(\.axes).filter { $0.axis == axis.id }.map { $0.reach.before + $0.reach.after + $0.reach.stride }
            if isGlobal || extent < sees.max() ?? 0 { return "windowed" }
        }
        return isGlobal ? "global" : "local"
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
        var ports: [String: [Int]] = [:]
        for (input, port) in package.ports(of: network) { ports[port.name] = shapes[input.id] }
        do throws(NetworkError) { _ = try network.workingSetBytes(inputShapes: ports) } catch {
            // Everything else is said where the network runs.
            if error.kind == .limit { throw package.fault(error) }
        }
    }

    private static func reaches(
        of package: ModelPackage, _ network: Network, _ prepared: [String: AxisTensor]
    ) -> (reports: [ReachReport], obstacle: String?) {
        // The reach counts tensor axes from 2 on.
        if let other = package.inputs.first(where: { $0.axes.prefix(2).map(\.kind) != [.batch, .channel] }) {
            return (
                [],
                "the axes of \(other.id) are not in the order batch, channel, space: how far the network sees is not said, and Concours "
                    + "runs each image in one window; export the model with the channels first to run it in tiles"
            )
        }
        var shapes: [String: [Int]] = [:]
        for (input, port) in package.ports(of: network) { shapes[port.name] = prepared[input.id]?.shape }
        let reaches: [String: Reach]
        do {
            // The receptive field: what others must see around a tile, however they compute.
            reaches = try network.reach(inputShapes: shapes, options: RunOptions(exact: true))
        } catch {
            return ([], "how far the network sees cannot be said: \(error)")
        }
        var reports: [ReachReport] = []
        for (output, port) in zip(package.outputs, network.outputs) {
            guard let reach = reaches[port.name] else { continue }
            let axes = axisReports(reach, package.inputs[0], output)
            reports.append(ReachReport(output: output.id, axes: axes, wholeImageOperators: reach.wholeImageOperators))
        }
        return (reports, nil)
    }

    private static func axisReports(_ reach: Reach, _ input: TensorDescription, _ output: TensorDescription) -> [AxisReport] {
        zip(input.axes.dropFirst(2), reach.axes).compactMap { axis, reach in
            guard axis.kind == .space, let own = output.axes.first(where: { $0.id == axis.id }) else { return nil }
            let halo = own.halo * reach.scale.denominator / reach.scale.numerator
            return AxisReport(axis: axis.id, declaredHalo: halo, reach: reach)
        }
    }
}

extension PackageCheck.ReachReport {
    /// What those who tile should know, by the class of the network.
    fileprivate func warnings(_ tilingClass: String?) -> [String] {
        guard isLocal else {
            return [
                "\(output) sees the whole image (\(wholeImageOperators.joined(separator: ", "))): in tiles by the declared halo its values change. "
                    + (tilingClass == "global"
                        ? "Concours runs the image whole or, where memory is short, sums up statistics of the whole image where it can"
                        : "The network takes windows of one extent only, so larger images are cut by the declared halo")
            ]
        }
        let ways =
            tilingClass == "windowed" ? "so does Concours, as the network takes no larger window" : "Concours gives tiles all they see"
        return axes.filter { !$0.isHaloSufficient }.map { axis in
            "\(output).\(axis.axis) declares a halo of \(axis.declaredHalo) input pixels, the network sees \(axis.reach.before) before "
                + "and \(axis.reach.after) after: others who tile by the declared halo get other values at tile borders; \(ways)"
        }
    }
}
