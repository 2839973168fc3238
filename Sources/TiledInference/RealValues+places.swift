internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension RealValues {
    /// Zeros, in the type of other values.
    init(zeros count: Int, like other: RealValues) {
        self = other.isDouble ? .double([Double](repeating: 0, count: count)) : .single([Float](repeating: 0, count: count))
    }

    /// Whether they are of float64.
    var isDouble: Bool { if case .double = self { true } else { false } }

    var count: Int {
        switch self {
        case .single(let values): values.count
        case .double(let values): values.count
        }
    }

    /// In float32, rounded where that does not hold them.
    var floats: [Float] {
        switch self {
        case .single(let values): values
        case .double(let values): values.map { Float($0) }
        }
    }

    var doubles: [Double] {
        switch self {
        case .single(let values): values.map { Double($0) }
        case .double(let values): values
        }
    }

    /// The first value that is not a number.
    var firstNaN: Int? {
        switch self {
        case .single(let values): values.firstIndex(where: \.isNaN)
        case .double(let values): values.firstIndex(where: \.isNaN)
        }
    }

    /// Which values are above a threshold.
    func above(_ threshold: Double) -> [Bool] {
        switch self {
        case .single(let values): values.map { Double($0) > threshold }
        case .double(let values): values.map { $0 > threshold }
        }
    }

    /// Puts values in the place of those that they exceed, and a label where they do.
    mutating func raise(to other: RealValues, _ label: UInt32, in labels: inout [UInt32]) {
        switch (self, other) {
        case (.single(var own), .single(let values)):
            self = .single([])
            RealValues.raise(&own, to: values, label, &labels)
            self = .single(own)
        default:
            var own = doubles
            self = .double([])
            RealValues.raise(&own, to: other.doubles, label, &labels)
            self = .double(own)
        }
    }

    private static func raise<Value: Comparable>(_ own: inout [Value], to values: [Value], _ label: UInt32, _ labels: inout [UInt32]) {
        for index in values.indices where values[index] > own[index] {
            own[index] = values[index]
            labels[index] = label
        }
    }

    /// Copies a box of an array into another array, as `Stitcher.copy`.
    func copy(_ shape: [Int], _ source: [Range<Int>], into result: inout RealValues, _ full: [Int], at target: [Int]) {
        switch (self, result) {
        case (.single(let values), .single(var other)):
            result = .single([])
            Stitcher.copy(values, shape, source, into: &other, full, at: target)
            result = .single(other)
        default:
            var other = result.doubles
            result = .double([])
            Stitcher.copy(doubles, shape, source, into: &other, full, at: target)
            result = .double(other)
        }
    }

    /// The values with the axes in another order.
    func permuted(shape: [Int], order: [Int]) -> RealValues {
        RealValues(ImageLayout.permuted(storage, shape: shape, order: order))
    }

    /// As pixels of a type; one of whole numbers holds them all.
    func pixels(_ type: PixelType) -> Pixels {
        switch type {
        case .float64: .float64(doubles)
        case .int32: .int32(doubles.map { Int32(exactly: $0) ?? 0 })
        case .uint32: .uint32(doubles.map { UInt32(exactly: $0) ?? 0 })
        default: .float32(floats)
        }
    }
}
