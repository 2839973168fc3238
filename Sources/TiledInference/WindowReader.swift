internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

/// Cuts windows out of a prepared input, which is in memory or comes from a file; behind the end of an axis stands padding.
struct WindowReader {
    /// Hands out at least the elements in a box inside the input, and where they begin.
    typealias Load = (_ box: [Range<Int>]) throws(InferenceError) -> (tensor: AxisTensor, origin: [Int])

    private let shape: [Int]
    /// For each axis of the tensor its place among the tiled ones.
    private let places: [SampleAxes.Place?]
    private let padding: Padding
    private let load: Load

    init(_ tensor: AxisTensor, places: [SampleAxes.Place?], padding: Padding) {
        self.init(shape: tensor.shape, places: places, padding: padding) { _ in
            (tensor, tensor.shape.map { _ in 0 })
        }
    }

    init(shape: [Int], places: [SampleAxes.Place?], padding: Padding, load: @escaping Load) {
        self.shape = shape
        self.places = places
        self.padding = padding
        self.load = load
    }

    /// The window of a tile.
    func window(_ tile: TilePlan.Tile) throws(InferenceError) -> AxisTensor {
        let ranges = zip(places, shape).map { place, extent in place.map { $0.range(tile.window[$0.entry]) } ?? 0..<extent }
        let padded = zip(ranges, shape).map { range, extent in range.map { padding.source(of: $0, extent: extent) } }
        let box = padded.map { places in
            let inside = places.compactMap(\.self)
            return (inside.min() ?? 0)..<(inside.max() ?? 0) + 1
        }
        let (tensor, origin) = try load(box)
        guard ranges != zip(origin, tensor.shape).map({ $0..<$0 + $1 }) else { return tensor }
        let sources = zip(padded, origin).map { places, start in places.map { $0.map { $0 - start } } }
        let storage: TensorStorage
        switch tensor.tensor.storage {
        case .float32(let values): storage = .float32(gather(values, tensor.shape, sources, Float(padding.constant)))
        case .float64(let values): storage = .float64(gather(values, tensor.shape, sources, padding.constant))
        case .float16(let values): storage = .float16(gather(values, tensor.shape, sources, Float16(padding.constant)))
        case .bfloat16(let values): storage = .bfloat16(gather(values, tensor.shape, sources, BFloat16(Float(padding.constant))))
        case .narrow(let values):
            let outside = NarrowElements(values.elementType, rounding: [padding.constant]).codes[0]
            storage = .narrow(NarrowElements(values.elementType, codes: gather(values.codes, tensor.shape, sources, outside)))
        case .uint64(let values): storage = .uint64(gather(values, tensor.shape, sources, UInt64(exactly: padding.constant) ?? 0))
        case .uint32(let values): storage = .uint32(gather(values, tensor.shape, sources, UInt32(exactly: padding.constant) ?? 0))
        case .int16(let values): storage = .int16(gather(values, tensor.shape, sources, Int16(exactly: padding.constant) ?? 0))
        case .int64(let values): storage = .int64(gather(values, tensor.shape, sources, Int64(exactly: padding.constant) ?? 0))
        case .int32(let values): storage = .int32(gather(values, tensor.shape, sources, Int32(exactly: padding.constant) ?? 0))
        case .int8(let values): storage = .int8(gather(values, tensor.shape, sources, Int8(exactly: padding.constant) ?? 0))
        case .uint8(let values): storage = .uint8(gather(values, tensor.shape, sources, UInt8(exactly: padding.constant) ?? 0))
        case .uint16(let values): storage = .uint16(gather(values, tensor.shape, sources, UInt16(exactly: padding.constant) ?? 0))
        case .bool(let values): storage = .bool(gather(values, tensor.shape, sources, padding.constant != 0))
        }
        guard let window = Tensor(shape: ranges.map(\.count), storage: storage), let named = AxisTensor(axes: tensor.axes, tensor: window)
        else {
            preconditionFailure("a window has as many values as its extents say")
        }
        return named
    }

    /// The elements at every combination of the sources; the part of a row that lies inside the tensor is copied at once.
    private func gather<Value>(_ values: [Value], _ shape: [Int], _ sources: [[Int?]], _ constant: Value) -> [Value] {
        guard let row = sources.last else { return values }
        let strides = COrder.strides(of: shape)
        var rows: [Int?] = [0]
        for (axis, places) in sources.enumerated().dropLast() {
            rows = rows.flatMap { base in places.map { place in base.flatMap { base in place.map { base + $0 * strides[axis] } } } }
        }
        let first = row.first.flatMap(\.self) ?? 0
        let straight = zip(row, first...).prefix { $0 == $1 }.count
        var result: [Value] = []
        result.reserveCapacity(rows.count * row.count)
        for base in rows {
            guard let base else {
                result.append(contentsOf: repeatElement(constant, count: row.count))
                continue
            }
            result.append(contentsOf: values[base + first..<base + first + straight])
            for place in row.dropFirst(straight) { result.append(place.map { values[base + $0] } ?? constant) }
        }
        return result
    }
}
