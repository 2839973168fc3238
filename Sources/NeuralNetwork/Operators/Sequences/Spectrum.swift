/// `DFT` (opset 17 and later) along an axis and `STFT` (opset 17) of pieces of a signal under a window.
///
/// The last axis holds a real number or a real and an imaginary part. One-sided transforms keep the first half of a real signal's
/// frequencies; the one-sided inverse gives real numbers. In double precision.
struct Spectrum: Operator {
    private typealias Complex = FourierTransform.Complex

    private let node: Node
    private let isShort, isInverse, isOneSided: Bool
    private let attributeAxis: Int?

    /// The longest transform.
    private static let longest = 1 << 22

    init(_ node: Node) throws(NetworkError) {
        isShort = node.operatorType == "STFT"
        try node.expect(inputs: isShort ? 2...4 : 1...(node.opset < 20 ? 2 : 3))
        if isShort {
            try node.allow("onesided")
        } else if node.opset < 20 {
            try node.allow("axis", "inverse", "onesided")
        } else {
            try node.allow("inverse", "onesided")
        }
        self.node = node
        isInverse = try node.flag("inverse")
        isOneSided = try node.int("onesided") ?? (isShort ? 1 : 0) != 0
        attributeAxis = try node.int("axis") ?? (node.opset < 20 ? 1 : nil)
    }

    /// How lines of an input become lines of frequencies.
    private struct Shape {
        let axis, step, length, frames, results, parts: Int
        let output: [Int]
    }

    private func shape(_ inputs: [Signature?]) throws(NetworkError) -> Shape {
        let input = try node.required(inputs, 0)
        guard input.elementType.isReal else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue)")
        }
        guard input.rank >= 2, let parts = input.shape.last, parts == 1 || parts == 2, !isShort || input.rank == 3 else {
            throw node.error(.shape, "the input has the shape \(input.shape); expected 1 or 2 numbers on the last axis")
        }
        func known(_ index: Int, _ meaning: String) throws(NetworkError) -> Int? { try node.knownExtents(inputs, index, meaning)?.first }
        if isShort {
            guard let step = try known(1, "the frame's step") else { throw node.error(.graph, "input 1 is missing") }
            let window = inputs.count > 2 ? inputs[2]?.shape : nil
            let givenLength = try known(3, "the frame's length")
            let length = givenLength ?? window?.first ?? input.shape[1]
            guard step > 0, length > 0, length <= min(Spectrum.longest, input.shape[1]), window == nil || window == [length] else {
                throw node.error(
                    .shape, "frames of \(length) by steps of \(step) under a window \(window ?? []) for a signal \(input.shape)")
            }
            let frames = 1 + (input.shape[1] - length) / step, results = isOneSided ? length / 2 + 1 : length
            return Shape(
                axis: 1, step: step, length: length, frames: frames, results: results, parts: parts,
                output: [input.shape[0], frames, results, 2])
        }
        let givenAxis = attributeAxis == nil ? try known(2, "the axis") : attributeAxis
        let axis = try node.axis(givenAxis ?? -2, rank: input.rank)
        guard axis < input.rank - 1 else { throw node.error(.shape, "axis \(axis) is that of the parts") }
        let joins = isInverse && isOneSided, extent = input.shape[axis]
        let givenLength = try known(1, "the transform's length")
        let length = givenLength ?? (joins ? 2 * (extent - 1) : extent)
        guard length > 0, length <= Spectrum.longest, !joins || parts == 2 else {
            throw node.error(.limit, "a transform of the length \(length); expected 1 to \(Spectrum.longest)")
        }
        let results = isOneSided && !isInverse ? length / 2 + 1 : length
        var output = input.shape
        output[axis] = results
        output[input.rank - 1] = joins ? 1 : 2
        return Shape(axis: axis, step: 0, length: length, frames: 1, results: results, parts: parts, output: output)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let own = try shape(inputs)
        return [Signature(own.output, try node.required(inputs, 0).elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let own = try shape(inputs.map { $0.map { Signature($0) } }), input = try node.given(inputs, 0), values = input.doubles
        let window = isShort && inputs.count > 2 ? inputs[2]?.doubles : nil, transform = FourierTransform(length: own.length)
        let extent = input.shape[own.axis], inner = input.shape[(own.axis + 1)...].dropLast().reduce(1, *)
        let outer = input.shape[..<own.axis].reduce(1, *), outputParts = outputs[0].shape[outputs[0].shape.count - 1]
        var results = [Double](repeating: 0, count: outputs[0].count)
        for line in 0..<outer * inner {
            for frame in 0..<own.frames {
                var numbers = [Complex](repeating: .zero, count: own.length)
                for index in 0..<min(own.length, extent - frame * own.step) {
                    let place = ((line / inner * extent + frame * own.step + index) * inner + line % inner) * own.parts
                    let factor = window?[index] ?? 1
                    numbers[index] = Complex(real: values[place] * factor, imaginary: own.parts == 2 ? values[place + 1] * factor : 0)
                }
                if isInverse, isOneSided { mirror(&numbers, known: extent) }
                let frequencies = isInverse ? transform.inverse(numbers) : transform.transformed(numbers)
                for index in 0..<own.results {
                    let place = ((line / inner * own.frames + frame) * own.results + index) * inner + line % inner
                    results[place * outputParts] = frequencies[index].real
                    if outputParts == 2 { results[place * 2 + 1] = frequencies[index].imaginary }
                }
            }
        }
        return [Tensor(outputs[0].shape, doubles: results, as: outputs[0].elementType)]
    }

    /// The second half of a real signal's frequencies from the first; the first one and the middle one are real.
    private func mirror(_ numbers: inout [Complex], known: Int) {
        let length = numbers.count
        numbers[0].imaginary = 0
        for index in length / 2 + 1..<max(length / 2 + 1, length) { numbers[index] = numbers[length - index].conjugate }
        if length % 2 == 0 { numbers[length / 2].imaginary = 0 }
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let input = inputs[index]?.shape ?? []
        guard index == 0, !isShort, let own = try? shape(inputs) else { return input.map { _ in .whole } }
        return input.indices.map { $0 == own.axis || $0 == input.count - 1 ? .whole : .same($0) }
    }
}
