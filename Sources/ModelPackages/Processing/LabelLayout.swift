internal import Imaging

/// Where the values of an image lie in a tensor of batch, channel and space axes in any order.
struct LabelLayout {
    let batches: Int
    let channels: Int
    /// The extents along (z,) y and x.
    let shape: [Int]
    private let axes: [String]
    private let spaceNames: [String]
    private let batchStride: Int
    private let channelStride: Int
    private let strides: [Int]

    init(_ tensor: AxisTensor, spaces: Int, step: String) throws(PackageError) {
        let names = SpaceAxes.names(last: spaces)
        let isFitting =
            tensor.axes.allSatisfy { names.contains($0) || $0 == "batch" || $0 == "channel" } && names.allSatisfy(tensor.axes.contains)
        guard isFitting else {
            throw PackageError(
                .tensor, found: "the step `\(step)` meets the axes \(tensor.axes.joined(separator: ", "))",
                remedy: "describe the output with batch, channel and \(names.joined(separator: ", "))")
        }
        self.init(axes: tensor.axes, spaceNames: names, full: tensor.shape)
    }

    private init(axes: [String], spaceNames: [String], full: [Int]) {
        self.axes = axes
        self.spaceNames = spaceNames
        let steps = COrder.strides(of: full)
        func place(_ name: String) -> (extent: Int, stride: Int) {
            axes.firstIndex(of: name).map { (full[$0], steps[$0]) } ?? (1, 0)
        }
        (batches, batchStride) = place("batch")
        (channels, channelStride) = place("channel")
        shape = spaceNames.map { place($0).extent }
        strides = spaceNames.map { place($0).stride }
    }

    /// The same axes with other extents.
    func resized(to full: [Int]) -> LabelLayout { LabelLayout(axes: axes, spaceNames: spaceNames, full: full) }

    func gather(_ values: [Float], batch: Int, channel: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(shape.reduce(1, *))
        forEachRow(batch: batch, channel: channel) { start, step, count in
            for index in 0..<count { result.append(values[start + index * step]) }
        }
        return result
    }

    func scatter(_ labels: [UInt32], into values: inout [UInt32], batch: Int) {
        var place = 0
        forEachRow(batch: batch, channel: 0) { start, step, count in
            for index in 0..<count { values[start + index * step] = labels[place + index] }
            place += count
        }
    }

    private func forEachRow(batch: Int, channel: Int, _ visit: (_ start: Int, _ step: Int, _ count: Int) -> Void) {
        let base = batch * batchStride + channel * channelStride
        let last = shape.count - 1
        for plane in 0..<(shape.count == 3 ? shape[0] : 1) {
            for row in 0..<shape[last - 1] {
                let start = base + (shape.count == 3 ? plane * strides[0] : 0) + row * strides[last - 1]
                visit(start, strides[last], shape[last])
            }
        }
    }
}
