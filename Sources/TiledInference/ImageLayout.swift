internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// Brings an image into the order of axes that a model's input has.
enum ImageLayout {
    /// The image as a tensor of the input's axes.
    ///
    /// Axes that the image lacks get one element: t, and z where a stack may be of one plane. Axes that the input lacks must have one.
    /// Nothing is averaged, cut or converted.
    static func tensor(of image: Image, for input: TensorDescription) throws(InferenceError) -> AxisTensor {
        let sources = try sources(of: input, in: image.axes, image.shape)
        let shape = sources.map { $0.map { image.shape[$0] } ?? 1 }
        let storage = permuted(TensorStorage(image.pixels), shape: image.shape, order: sources.compactMap(\.self))
        guard let tensor = Tensor(shape: shape, storage: storage), let named = AxisTensor(axes: input.axisIDs, tensor: tensor) else {
            throw .unfitImage(input: input.id, found: "the image has the extents \(image.shape)", remedy: "give another image")
        }
        return named
    }

    /// The image's axis for each axis of the input; `nil` where the image lacks it.
    static func sources(of input: TensorDescription, in axes: [Axis], _ shape: [Int]) throws(InferenceError) -> [Int?] {
        var sources: [Int?] = []
        for axis in input.axes {
            let source = place(of: axis, in: axes)
            if source == nil, axis.kind == .space, !axis.mayBePlane {
                throw .unfitImage(
                    input: input.id, found: "the image has the axes \(names(axes)), the model needs \(axis.id)",
                    remedy: "give an image with the axes \(input.axes.filter { $0.kind != .batch }.map(\.id).joined(separator: ", "))")
            }
            sources.append(source)
        }
        for (index, extent) in shape.enumerated() where extent > 1 && !sources.contains(index) {
            throw .unfitImage(
                input: input.id,
                found: "the image has \(extent) elements along \(axes[index].rawValue), an axis that the model does not have",
                remedy: "give one plane, or a model with that axis")
        }
        for (axis, source) in zip(input.axes, sources)
        where axis.kind == .channel && (source.map { shape[$0] } ?? 1) != axis.channelNames.count {
            throw .unfitImage(
                input: input.id,
                found:
                    "the image has \(source.map { shape[$0] } ?? 1) channels, the model takes \(axis.channelNames.count) (\(axis.channelNames.joined(separator: ", ")))",
                remedy: "give an image with these channels (an NPY has the axes \(input.axisIDs.joined(separator: ", ")) in this order, "
                    + "pages of a plain TIFF are planes along z unless the command says otherwise)")
        }
        return sources
    }

    private static func place(of axis: TensorAxis, in axes: [Axis]) -> Int? {
        switch axis.kind {
        case .batch, .index: nil
        case .channel: axes.firstIndex(of: .channel)
        case .time: axes.firstIndex(of: .time)
        case .space: Axis(rawValue: axis.id).flatMap { axes.firstIndex(of: $0) }
        }
    }

    private static func names(_ axes: [Axis]) -> String { axes.map(\.rawValue).joined(separator: ", ") }

    /// The elements with the axes in another order; axes that `order` leaves out have one element.
    static func permuted(_ storage: TensorStorage, shape: [Int], order: [Int]) -> TensorStorage {
        let long = order.filter { shape[$0] > 1 }
        guard long != long.sorted() else { return storage }
        let strides = COrder.strides(of: shape)
        let extents = order.map { shape[$0] }
        let steps = order.map { strides[$0] }
        switch storage {
        case .float32(let values): return .float32(gather(values, extents, steps))
        case .float64(let values): return .float64(gather(values, extents, steps))
        case .float16(let values): return .float16(gather(values, extents, steps))
        case .bfloat16(let values): return .bfloat16(gather(values, extents, steps))
        case .narrow(let values): return .narrow(NarrowElements(values.elementType, codes: gather(values.codes, extents, steps)))
        case .uint64(let values): return .uint64(gather(values, extents, steps))
        case .uint32(let values): return .uint32(gather(values, extents, steps))
        case .int16(let values): return .int16(gather(values, extents, steps))
        case .int64(let values): return .int64(gather(values, extents, steps))
        case .int32(let values): return .int32(gather(values, extents, steps))
        case .int8(let values): return .int8(gather(values, extents, steps))
        case .uint8(let values): return .uint8(gather(values, extents, steps))
        case .uint16(let values): return .uint16(gather(values, extents, steps))
        case .bool(let values): return .bool(gather(values, extents, steps))
        }
    }

    /// The same of plain values.
    static func permuted(_ values: [Float], shape: [Int], order: [Int]) -> [Float] {
        guard case .float32(let moved) = permuted(.float32(values), shape: shape, order: order) else { return values }
        return moved
    }

    private static func gather<Value>(_ values: [Value], _ extents: [Int], _ steps: [Int]) -> [Value] {
        let count = extents.reduce(1, *)
        var result: [Value] = []
        result.reserveCapacity(count)
        var position = [Int](repeating: 0, count: extents.count)
        var source = 0
        for _ in 0..<count {
            result.append(values[source])
            var axis = extents.count - 1
            while axis >= 0 {
                position[axis] += 1
                source += steps[axis]
                if position[axis] < extents[axis] { break }
                source -= steps[axis] * extents[axis]
                position[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}

extension TensorAxis {
    /// Whether the axis is z and may have one element, so that a plane is a stack of one.
    var mayBePlane: Bool {
        guard id == Axis.z.rawValue else { return false }
        switch size {
        case .fixed(let extent): return extent == 1
        case .stepped(let least, _): return least <= 1
        case .any: return true
        case .dataDependent, .reference: return false
        }
    }
}
