package import NeuralNetwork

/// The first thing that happens to an input that is declared as whole numbers or truth values: its values in that type.
///
/// The format adds this `ensure_dtype` where none is written; one that is written is the same. Fractions are cut off, which is told. Values beyond the type and NaN are
/// refused: the cast of bioimageio.core wraps them around, so that a uint16 image declared uint8 would lose its high bytes.
struct DeclaredElementType: ProcessingStep {
    let id = "ensure_dtype"
    /// The name of the input.
    let input: String
    let elementType: ElementType
    /// Whether the values go on in float64, since the last step cuts fractions off: a value that is rounded to float32 in between may become
    /// another whole number. bioimageio.core computes in float64 with all whole numbers.
    var isExact = false

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        try apply(to: tensor, at: tensor.shape.map { _ in 0 })
    }

    /// The same for a window that begins at `origin`.
    func apply(to window: AxisTensor, at origin: [Int]) throws(PackageError) -> AxisTensor {
        _ = try cutsFractions(of: window, at: origin)
        let whole = window.tensor.storage.cast(to: elementType)
        return window.with(isExact ? whole.cast(to: .float64) : whole)
    }

    /// Whether some value of a window has a fraction; an error with the place of the first value that the type cannot hold.
    func cutsFractions(of window: AxisTensor, at origin: [Int]) throws(PackageError) -> Bool {
        guard !elementType.holdsWholeNumbers(of: window.tensor.elementType) else { return false }
        let (beyond, value, isCut) =
            switch window.tensor.storage {
            case .float32(let values): fit(values)
            case .float64(let values): fit(values)
            case .uint8(let values): fit(whole: values)
            case .uint16(let values): fit(whole: values)
            case .uint32(let values): fit(whole: values)
            case .int32(let values): fit(whole: values)
            default: fit(window.doubles)
            }
        guard let beyond else { return isCut }
        let place = NonFiniteValues.words(
            of: zip(origin, AxisTensor.place(of: beyond, in: window.shape)).map(+), along: window.axes)
        let words = value == value.rounded() && abs(value) < 0x1p53 ? "\(Int(value))" : "\(value)"
        throw PackageError(
            .tensor,
            found: "the input `\(input)` holds \(words)\(place.isEmpty ? "" : " at \(place)"), which \(elementType.rawValue), the declared "
                + "type, cannot hold",
            remedy: "give \(elementType.words), or correct `data` in the description")
    }

    /// The first value beyond the type, and whether some before it has a fraction.
    private func fit<Value: BinaryFloatingPoint>(_ values: [Value]) -> (beyond: Int?, value: Double, isCut: Bool) {
        guard let range = elementType.wholeRange else { return (nil, 0, false) }
        let (low, end) = (Value(range.lowerBound), Value(range.upperBound)), isTruth = elementType == .bool
        var isCut = false
        for (index, value) in values.enumerated() {
            let whole = value.rounded(.towardZero)
            // NaN is in no range.
            guard whole >= low, whole < end, !isTruth || whole == value else { return (index, Double(value), isCut) }
            if whole != value { isCut = true }
        }
        return (nil, 0, isCut)
    }

    private func fit<Value: FixedWidthInteger>(whole values: [Value]) -> (beyond: Int?, value: Double, isCut: Bool) {
        guard let range = elementType.wholeRange, let index = values.firstIndex(where: { !range.contains(Double($0)) }) else {
            return (nil, 0, false)
        }
        return (index, Double(values[index]), false)
    }
}

extension ElementType {
    /// From the least whole number to the one behind the greatest; `nil` for other types. Of uint64 the lower half is taken.
    fileprivate var wholeRange: Range<Double>? {
        switch self {
        case .bool: 0..<2
        case .uint8, .uint16, .uint32: 0..<Double(sign: .plus, exponent: 8 * byteCount, significand: 1)
        case .uint64: 0..<0x1p63
        case .int8, .int16, .int32, .int64:
            Double(
                sign: .minus, exponent: 8 * byteCount - 1, significand: 1)..<Double(
                    sign: .plus, exponent: 8 * byteCount - 1, significand: 1)
        default: nil
        }
    }

    /// Whether this type of whole numbers holds every value of another one.
    func holdsWholeNumbers(of other: ElementType) -> Bool {
        guard self != other else { return true }
        guard let own = wholeRange, let range = other.wholeRange else { return false }
        return own.lowerBound <= range.lowerBound && range.upperBound <= own.upperBound
    }

    /// The values of a type of whole numbers, in words.
    fileprivate var words: String {
        guard self != .bool, let range = wholeRange else { return "zeros and ones" }
        return byteCount > 4 ? "whole numbers in its range" : "values from \(Int(range.lowerBound)) to \(Int(range.upperBound) - 1)"
    }
}

extension AxisTensor {
    fileprivate var doubles: [Double] {
        guard case .float64(let values) = tensor.storage.cast(to: .float64) else { return [] }
        return values
    }
}

extension TensorDescription {
    private var declaredElementType: DeclaredElementType? { steps.first as? DeclaredElementType }

    /// Whether values of an image of this type may lose their fraction, or be none of the declared type.
    package func isChecked(_ type: ElementType) -> Bool {
        declaredElementType.map { !$0.elementType.holdsWholeNumbers(of: type) } ?? false
    }

    /// Whether values of a sample lose their fraction in the declared type; an error if one of them cannot be told in it at all.
    package func cutsFractions(of sample: any StreamedSample) throws(PackageError) -> Bool {
        guard let step = declaredElementType else { return false }
        var isCut = false
        try sample.forEachWindow { (window, origin) throws(PackageError) in
            if try step.cutsFractions(of: window, at: origin) { isCut = true }
        }
        return isCut
    }

    /// The same of a tensor in memory.
    func cutsFractions(of tensor: AxisTensor) throws(PackageError) -> Bool {
        try declaredElementType?.cutsFractions(of: tensor, at: tensor.shape.map { _ in 0 }) ?? false
    }

    /// What a record says where fractions of an image are cut off.
    package var fractionNote: String {
        "the input \(id) is declared \(dataType): fractions of the image's values were cut off"
            + (statisticalSteps.isEmpty ? "" : " before statistics were taken (bioimageio.core 0.11 takes them before that)")
    }
}
