public import Imaging
public import ModelPackages

/// An output of a model for a whole image.
public struct PredictedTensor: Sendable {
    /// The output's name in the package.
    public let id: String
    /// The axes as the package describes them, slowest first.
    public let axes: [TensorAxis]
    /// The extents, slowest first.
    public let shape: [Int]
    /// The values in C order, as far as float32 holds them; booleans are 0 and 1.
    public var values: [Float] { real.floats }
    /// The values in C order.
    let real: RealValues
    /// Micrometres between neighbours, where the image said so.
    public let spacing: [Axis: Double]

    /// Makes a tensor; `nil` if the counts do not fit together.
    public init?(id: String, axes: [TensorAxis], shape: [Int], values: [Float], spacing: [Axis: Double] = [:]) {
        self.init(id: id, axes: axes, shape: shape, real: .single(values), spacing: spacing)
    }

    /// The same with all digits.
    init?(id: String, axes: [TensorAxis], shape: [Int], real values: RealValues, spacing: [Axis: Double] = [:]) {
        guard axes.count == shape.count, shape.reduce(1, *) == values.count else { return nil }
        self.id = id
        self.axes = axes
        self.shape = shape
        real = values
        self.spacing = spacing
    }

    /// The number of channels; 1 where the tensor has no channel axis.
    public var channelCount: Int { axes.firstIndex { $0.kind == .channel }.map { shape[$0] } ?? 1 }

    /// One channel as a stack of planes: extents `(y, x)` or `(z, y, x)` and the values in C order.
    ///
    /// Other axes (batch, time, index) must have one element.
    public func plane(channel: Int) throws(InferenceError) -> (shape: [Int], values: [Float]) {
        let (shape, values) = try realPlane(channel: channel)
        return (shape, values.floats)
    }

    /// The same with all digits.
    func realPlane(channel: Int) throws(InferenceError) -> (shape: [Int], values: RealValues) {
        guard channel >= 0, channel < channelCount else {
            throw .unfitOutput(
                output: id, found: "channel \(channel) was asked for, there are \(channelCount)", remedy: "count channels from 0")
        }
        let strides = COrder.strides(of: shape)
        var offset = 0
        var extents = [1, 1, 1]
        var steps = [0, 0, 0]
        var isStack = false
        for (index, axis) in axes.enumerated() {
            switch (axis.kind, SpaceAxes.names.firstIndex(of: axis.id)) {
            case (.channel, _): offset += channel * strides[index]
            case (.space, .some(let place)):
                extents[place] = shape[index]
                steps[place] = strides[index]
                if place == 0 { isStack = true }
            default:
                guard shape[index] == 1 else {
                    throw .unfitOutput(
                        output: id, found: "\(shape[index]) elements along \(axis.id)", remedy: "labels are made of z, y and x only")
                }
            }
        }
        guard steps[1] != 0, steps[2] != 0 else {
            throw .unfitOutput(output: id, found: "there are no axes y and x", remedy: "name an output that is an image")
        }
        let values: RealValues =
            switch real {
            case .single(let values): .single(PredictedTensor.gather(values, from: offset, extents, steps))
            case .double(let values): .double(PredictedTensor.gather(values, from: offset, extents, steps))
            }
        return (isStack ? extents : Array(extents[1...]), values)
    }

    private static func gather<Value>(_ values: [Value], from offset: Int, _ extents: [Int], _ steps: [Int]) -> [Value] {
        if steps[2] == 1, steps[1] == extents[2], extents[0] == 1 || steps[0] == extents[1] * extents[2] {
            return Array(values[offset..<offset + extents.reduce(1, *)])
        }
        var result: [Value] = []
        result.reserveCapacity(extents.reduce(1, *))
        for z in 0..<extents[0] {
            for y in 0..<extents[1] {
                let row = offset + z * steps[0] + y * steps[1]
                for x in 0..<extents[2] { result.append(values[row + x * steps[2]]) }
            }
        }
        return result
    }
}
