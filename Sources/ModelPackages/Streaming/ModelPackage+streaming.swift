public import NeuralNetwork

extension ModelPackage {
    /// Takes the statistics that the preprocessing of an input needs, window by window.
    ///
    /// - Parameters:
    ///   - sample: the input as it came.
    ///   - references: all inputs as they came, by name.
    /// - Returns: the steps, ready for any window of the sample.
    public func settlePreprocessing(
        of input: TensorDescription, _ sample: any StreamedSample, references: [String: any StreamedSample]
    ) throws(PackageError) -> [SettledStep] { try ModelPackage.settle(input.steps, sample, references) }

    /// The same for the postprocessing of an output.
    public func settlePostprocessing(
        of output: TensorDescription, _ sample: any StreamedSample, references: [String: any StreamedSample]
    ) throws(PackageError) -> [SettledStep] {
        let steps = try ModelPackage.settle(output.steps, sample, references)
        return output.endsInSinglePrecision ? steps + [SettledStep { window, _ in output.ended(window) }] : steps
    }

    private static func settle(
        _ steps: [any ProcessingStep], _ sample: any StreamedSample, _ references: [String: any StreamedSample]
    ) throws(PackageError) -> [SettledStep] {
        var settled: [SettledStep] = []
        for step in steps {
            if let step = step as? any StatisticalStep {
                let change = try step.change(
                    StreamedStatistics(SteppedSample(base: sample, steps: settled)),
                    references.mapValues { StreamedStatistics($0) })
                let full = sample.shape
                settled.append(SettledStep { window, origin in change.apply(to: window, at: origin, of: full) })
            } else if step is any LabelStep {
                let full = sample.shape
                settled.append(
                    SettledStep { (window, _) throws(PackageError) in
                        guard window.shape == full else { throw needsAll(step) }
                        return try step.apply(to: window, references: [:])
                    })
            } else if let softmax = step as? Softmax {
                let extent = zip(sample.axes, sample.shape).first { $0.0 == softmax.axis }?.1
                settled.append(
                    SettledStep { (window, _) throws(PackageError) in
                        guard window.extent(of: softmax.axis) == extent else { throw needsAll(step, along: softmax.axis) }
                        return try step.apply(to: window, references: [:])
                    })
            } else if let declared = step as? DeclaredElementType {
                settled.append(
                    SettledStep { (window, origin) throws(PackageError) in try declared.apply(to: window, at: origin) })
            } else if step.isElementwise {
                settled.append(SettledStep { (window, _) throws(PackageError) in try step.apply(to: window, references: [:]) })
            } else {
                throw needsAll(step)
            }
        }
        return settled
    }

    /// - Parameter axis: the axis along which it needs all elements; `nil` for all axes.
    private static func needsAll(_ step: any ProcessingStep, along axis: String? = nil) -> PackageError {
        let what = axis.map { "all elements along `\($0)`" } ?? "the whole sample"
        return PackageError(
            .unsupportedStep, found: "the step `\(step.id)` needs \(what) at once, and the image is streamed",
            remedy: "give an image that fits into memory")
    }

    /// A prepared tensor in the element type of the network's input, and a remark if values of the image were rounded.
    ///
    /// Files hold few types of whole numbers and no truth values. For a network of these every value has to be one of its type; a type
    /// with a fraction takes what lies within its range.
    public func fitted(
        _ tensor: AxisTensor, of description: TensorDescription, to port: Port
    ) throws(PackageError) -> (tensor: AxisTensor, note: String?) {
        let (from, to) = (tensor.tensor.elementType, port.elementType)
        guard from != to else { return (tensor, nil) }
        let cast = tensor.tensor.storage.cast(to: to)
        guard !to.isReal else {
            guard !to.holds(from) else { return (tensor.with(cast), nil) }
            guard !cast.overflows(tensor.tensor.storage) else {
                throw PackageError(
                    .tensor, found: "the input `\(description.id)` holds values beyond those of \(to.rawValue), the network's type",
                    remedy: "give smaller values, or scale them in the preprocessing")
            }
            // Single precision is what a step computes for most types.
            let isRounded = !(to == .float32 && description.isComputed) && cast.isRounded(from: tensor.tensor.storage)
            return (tensor.with(cast), isRounded ? description.roundingNote(to: port) : nil)
        }
        guard cast.cast(to: from) == tensor.tensor.storage else {
            let isPlain = !description.isComputed
            throw PackageError(
                .tensor,
                found: "the input `\(description.id)`\(isPlain ? "" : ", after preprocessing,") is \(from.rawValue) and holds values that "
                    + "\(to.rawValue), the network's type, cannot hold",
                remedy: "give \(to == .bool ? "zeros and ones" : "whole numbers in its range"), or add `ensure_dtype` with "
                    + "`dtype: \(to.rawValue)` to the preprocessing, which "
                    + (to == .bool ? "makes everything but 0 true" : "cuts fractions off and wraps around"))
        }
        return (tensor.with(cast), nil)
    }
}

extension ElementType {
    /// Whether this type with a fraction holds every value of another one.
    fileprivate func holds(_ other: ElementType) -> Bool {
        switch self {
        case .float64: ![.int64, .uint64].contains(other)
        case .float32: ![.float64, .int32, .uint32, .int64, .uint64].contains(other)
        default: other == .uint8 || other == .int8 || other == .bool || other == self || other.isNarrow
        }
    }
}

extension TensorDescription {
    /// What a record says where values of an input were rounded.
    public func roundingNote(to port: Port) -> String {
        "the input \(id) holds values that \(port.elementType.rawValue), the network's type, does not hold exactly: they were rounded"
    }
}

extension TensorStorage {
    /// Whether some of these values is not the one of which it was made; NaN stays what it is.
    fileprivate func isRounded(from wide: TensorStorage) -> Bool {
        guard wide.elementType.isReal else { return cast(to: wide.elementType) != wide }
        guard case .float64(let own) = cast(to: .float64), case .float64(let values) = wide.cast(to: .float64) else { return false }
        return zip(own, values).contains { $0 != $1 && !$1.isNaN }
    }

    /// Whether these values, of another one's in a narrower type, are infinite where those are not.
    fileprivate func overflows(_ wide: TensorStorage) -> Bool {
        guard case .float32(let own) = cast(to: .float32), case .float64(let values) = wide.cast(to: .float64) else { return false }
        return zip(own, values).contains { $0.isInfinite && $1.isFinite }
    }
}

extension TensorDescription {
    /// Whether some step needs statistics of the whole tensor.
    public var needsWholeSample: Bool { steps.contains { !$0.isElementwise } }

    /// Whether there are steps, all of which change an element by itself and its place along the channels.
    public var isProcessedElementwise: Bool { !steps.isEmpty && !needsWholeSample }

    /// The axes of which some step needs all elements at once, beside the channels, which are never cut.
    public var wholeAxes: Set<String> { Set(steps.compactMap { ($0 as? Softmax)?.axis }).subtracting(["channel"]) }
}

extension ProcessingStep {
    /// Whether an element changes by itself and its place along the channels alone, so that windows can be processed on their own.
    ///
    /// A step with one number for each index along a cut axis meets a wrong extent there and says so.
    fileprivate var isElementwise: Bool {
        switch self {
        case let step as Softmax: step.axis == "channel"
        case let step as Clip: !step.needsSample
        case is EnsureElementType, is DeclaredElementType, is Binarize, is ScaleLinear, is Sigmoid, is FixedZeroMeanUnitVariance: true
        default: false
        }
    }
}
