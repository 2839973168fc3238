internal import CKernels

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// `BatchNormalization`: a scale and a shift for each channel. As in inference usually folded into the convolution before it; in
/// training mode the statistics are those of the batch, and the moving ones are further outputs.
struct BatchNormalization: Operator {
    let node: Node
    private let epsilon: Double
    private let momentum: Double
    let isTraining: Bool

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 5...5, outputs: 1...5)
        if node.opset < 7 {
            try node.allow("consumed_inputs", "epsilon", "is_test", "momentum", "spatial")
        } else {
            try node.allow("epsilon", "momentum", "spatial", "training_mode")
        }
        self.node = node
        epsilon = Double(try node.float("epsilon") ?? 1e-5)
        momentum = Double(try node.float("momentum") ?? 0.9)
        isTraining = try node.flag("training_mode")
        let isTest = try node.flag("is_test"), spatial = try node.int("spatial") ?? 1
        guard node.opset >= 7 || isTest, spatial == 1, isTraining || node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
            throw node.error(.unsupported, "is exported for training; export the model for inference")
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs)
        guard image.rank >= 2 else { throw node.error(.shape, "the input has the shape \(image.shape); expected (batch, channels, …)") }
        for index in 1...4 {
            let shape = try node.floatSignature(inputs, index).shape
            guard shape == [image.shape[1]] else {
                throw node.error(.shape, "input \(index) has the shape \(shape); expected one value for each of \(image.shape[1]) channels")
            }
        }
        let moving = Signature([image.shape[1]], .float32)
        return [Signature(type: image.type)] + (isTraining ? [moving, moving] : [])
    }

    /// Factor and summand for each channel; `nil` if the parameters do not fit together.
    func affine(scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor) -> (scale: [Float], shift: [Float])? {
        guard !isTraining, let gamma = scale.floats, let beta = shift.floats, let mean = mean.floats, let variance = variance.floats,
            gamma.count == beta.count, gamma.count == mean.count, gamma.count == variance.count
        else { return nil }
        let factors = zip(gamma, variance).map { Double($0) / (Double($1) + epsilon).squareRoot() }
        let summands = zip(zip(beta, mean), factors).map { Float(Double($0.0) - Double($0.1) * $1) }
        return (factors.map(Float.init), summands)
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        if isTraining { return try trained(inputs) }
        guard let scale = inputs[1], let shift = inputs[2], let mean = inputs[3], let variance = inputs[4],
            let affine = affine(scale: scale, shift: shift, mean: mean, variance: variance)
        else { throw node.error(.internalFault, "a parameter is missing") }
        let shape = outputs[0].shape, plane = shape[2...].reduce(1, *)
        var values = try floatInput(&inputs, 0, node)
        try transformPlanes(&values, planes: shape[0] * shape[1], size: plane, threads: context.threads) { pointer, index in
            let channel = index % shape[1]
            ChannelScale(factor: affine.scale[channel], summand: affine.shift[channel]).apply(to: pointer, count: plane)
        }
        return [Tensor(shape, .float32(values))]
    }

    /// With the batch's own mean and variance; both also enter the moving ones.
    private func trained(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor] {
        let image = try node.given(inputs, 0), shape = image.shape, plane = shape[2...].reduce(1, *), channels = shape[1]
        let parameters = try (1...4).map { (index) throws(NetworkError) in try node.given(inputs, index).doubles }
        let values = image.doubles
        var results = values, means = parameters[2], variances = parameters[3]
        for channel in 0..<channels {
            let places = (0..<shape[0]).flatMap { batch in
                let start = (batch * channels + channel) * plane
                return start..<start + plane
            }
            let count = Double(max(1, places.count))
            let mean = places.reduce(0.0) { $0 + values[$1] } / count
            let variance = places.reduce(0.0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / count
            let factor = parameters[0][channel] / (variance + epsilon).squareRoot()
            for place in places { results[place] = (values[place] - mean) * factor + parameters[1][channel] }
            means[channel] = means[channel] * momentum + mean * (1 - momentum)
            variances[channel] = variances[channel] * momentum + variance * (1 - momentum)
        }
        return [
            Tensor(shape, doubles: results, as: .float32), Tensor([channels], doubles: means, as: .float32),
            Tensor([channels], doubles: variances, as: .float32),
        ]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0 else { return AxisView.channels(inputs[index]) }
        return outputs[0].shape.indices.map { isTraining && $0 != 1 ? .whole : .same($0) }
    }
}

/// `InstanceNormalization`: each channel of each image to mean 0 and variance 1, then scale and shift. Sees the whole image.
struct InstanceNormalization: Operator {
    let node: Node
    let epsilon: Double

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        try node.allow("epsilon")
        self.node = node
        epsilon = Double(try node.float("epsilon") ?? 1e-5)
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.floatSignature(inputs)
        guard image.rank >= 3 else {
            throw node.error(.shape, "the input has the shape \(image.shape); expected (batch, channels, spatial…)")
        }
        for index in 1...2 {
            let shape = try node.floatSignature(inputs, index).shape
            guard shape == [image.shape[1]] else {
                throw node.error(.shape, "input \(index) has the shape \(shape); expected one value for each of \(image.shape[1]) channels")
            }
        }
        return [Signature(type: image.type)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard let scale = inputs[1]?.floats, let shift = inputs[2]?.floats else {
            throw node.error(.internalFault, "a parameter is missing")
        }
        let shape = outputs[0].shape, plane = shape[2...].reduce(1, *), epsilon = epsilon
        var values = try floatInput(&inputs, 0, node)
        try transformPlanes(&values, planes: shape[0] * shape[1], size: plane, threads: context.threads) { pointer, index in
            let mean = ck_sum(pointer, Int64(plane)) / Double(plane)
            let variance = ck_sum_of_squares(pointer, Int64(plane), mean) / Double(plane)
            let factor = Double(scale[index % shape[1]]) / (variance + epsilon).squareRoot()
            ChannelScale(mean: mean, factor: factor, shift: shift[index % shape[1]]).apply(to: pointer, count: plane)
        }
        return [Tensor(shape, .float32(values))]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0 else { return AxisView.channels(inputs[index]) }
        return outputs[0].shape.indices.map { $0 < 2 ? .same($0) : .whole }
    }
}

/// Changes each plane of an array in place, planes shared among threads.
func transformPlanes(
    _ values: inout [Float], planes: Int, size: Int, threads: Int, _ body: (UnsafeMutablePointer<Float>, Int) -> Void
) throws(NetworkError) {
    var failure: NetworkError?
    values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, size > 0 else { return }
        do throws(NetworkError) {
            try Parallel.run(threads: threads, blocks: planes) { plane, _ in body(base + plane * size, plane) }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
}
