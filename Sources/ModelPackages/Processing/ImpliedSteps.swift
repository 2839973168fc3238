public import NeuralNetwork

extension TensorDescription {
    /// The steps of an input or output with the `ensure_dtype` that the format adds in front and behind where none is written.
    ///
    /// - Format 0.5: an input begins in its declared type, unless it begins with `ensure_dtype` of another; it and an output end in it, unless they
    ///   end with `ensure_dtype` or `binarize`.
    /// - Format 0.4: an input with steps begins in its declared type. Networks get float32, and outputs stay what they are.
    ///
    /// Left out are casts to float32 and float64, in which steps compute anyway and rounded once (results of float64 that are declared
    /// float32 are rounded behind the steps), and casts of objects' numbers, which a file holds in a type that is wide enough for them.
    /// Source: bioimageio.spec 0.5.12 (`model/v0_5.py`), bioimageio.core 0.11.
    static func completed(
        _ written: [any ProcessingStep], of id: String, type: String, isOutput: Bool, isFormatFour: Bool
    ) -> [any ProcessingStep] {
        guard let type = ElementType(rawValue: type), !type.isReal, !(isFormatFour && (isOutput || written.isEmpty)) else { return written }
        var steps = written
        if !isFormatFour, !endsTyped(written), isOutput || !written.isEmpty { steps.append(EnsureElementType(implied: type)) }
        guard !isOutput else { return steps }
        if let first = written.first as? EnsureElementType {
            // Written out it is the same step.
            guard first.elementType == type, steps.count > 1 else { return steps }
            steps.removeFirst()
        }
        let endsWhole = (steps.last as? EnsureElementType).map { !$0.elementType.isReal } ?? false
        return [DeclaredElementType(input: id, elementType: type, isExact: endsWhole)] + steps
    }

    /// Whether steps that are written end in a type that the format takes as it is.
    static func endsTyped(_ written: [any ProcessingStep]) -> Bool {
        let last = written.last
        return last is EnsureElementType || last is Binarize || last is any LabelStep
    }

    /// The cast at the end that the format adds; `nil` if there is none.
    private var impliedEnd: EnsureElementType? { (steps.last as? EnsureElementType).flatMap { $0.isImplied ? $0 : nil } }

    /// The last step that is written and no cast; `nil` if there is none.
    private var lastComputing: (any ProcessingStep)? { steps.last { $0.id != "ensure_dtype" } }

    /// Whether a step computes values.
    package var isComputed: Bool { lastComputing != nil }

    /// Whether steps keep values in 8 bytes: numbers of 8 bytes, and whole numbers of 4, with which steps compute in double precision.
    public var hasWideSteps: Bool {
        steps.contains { step in
            if let declared = step as? DeclaredElementType { return declared.isExact || declared.elementType.isWide }
            return (step as? EnsureElementType)?.elementType.isWide ?? false
        }
    }

    /// What a record says where the cast that the format adds at the end changes values; `nil` where it cannot.
    ///
    /// - Parameter type: that of the values before the steps.
    fileprivate func endNote(from type: ElementType) -> String? {
        guard let end = impliedEnd else { return nil }
        let step = lastComputing, before = step == nil ? type : .float32
        guard !end.elementType.holdsWholeNumbers(of: before) else { return nil }
        let source = step.map { "after `\($0.id)`" } ?? "of the network (\(before.rawValue))"
        let loss =
            end.elementType == .bool
            ? "everything but 0 is true" : (before.isReal ? "fractions are cut off and " : "") + "values beyond it wrap around"
        return "\(id): the values \(source) become \(end.elementType.rawValue), the declared type: \(loss). The format adds this "
            + "`ensure_dtype` where none is written"
    }

    /// The step whose values become whole numbers of the declared type, though the network takes others; `nil` if there is none.
    func stepBeforeWholeNumbers(for port: Port) -> (step: String, type: ElementType)? {
        guard port.elementType.isReal, let end = impliedEnd, let step = lastComputing else { return nil }
        return (step.id, end.elementType)
    }

    /// The type in which the format gives an input to the network.
    fileprivate func preparedType(isFormatFour: Bool) -> ElementType? {
        switch steps.last {
        case _ where isFormatFour: .float32
        case let step as EnsureElementType: step.elementType
        case is Binarize: .bool
        default: ElementType(rawValue: dataType)
        }
    }
}

extension ElementType {
    /// Whether steps compute with values of this type in float64: numbers of 8 bytes, and whole numbers of 4.
    package var isWide: Bool { byteCount == 8 || self == .int32 || self == .uint32 }
}

extension ModelPackage {
    /// Where the casts that the format adds behind the steps change values.
    public func castNotes(of network: Network) -> [String] {
        let inputs = ports(of: network).compactMap { input, port in input.endNote(from: .float32) }
        return inputs + zip(outputs, network.outputs).compactMap { output, port in output.endNote(from: port.elementType) }
    }

    /// That steps behind a network of half precision are computed more exactly than elsewhere.
    func halfPrecisionWarnings(of network: Network) -> [String] {
        zip(outputs, network.outputs).compactMap { output, port in
            guard output.isComputed, port.elementType == .float16 || port.elementType == .bfloat16 else { return nil }
            return "\(output.id): steps behind the network compute in float32, bioimageio.core does in \(port.elementType.rawValue), the "
                + "network's type: results that are cut to whole numbers may differ from its"
        }
    }

    /// That the format gives the network another type than it takes.
    func inputTypeWarnings(of network: Network) -> [String] {
        ports(of: network).compactMap { input, port in
            guard let type = input.preparedType(isFormatFour: formatVersion.hasPrefix("0.4")), type != port.elementType else { return nil }
            return "by the format the network's input `\(port.name)` is given \(type.rawValue), it takes \(port.elementType.rawValue): "
                + "bioimageio.core refuses that, Concours converts the values. End the preprocessing with "
                + "`ensure_dtype`, `dtype: \(port.elementType.rawValue)`"
        }
    }
}
