internal import Imaging

/// Writes labels as uint16 where they all fit, else as uint32.
///
/// How many objects later samples have is not known when the file begins, so that numbers of objects of several samples are uint32.
struct LabelWriter {
    private let writer: any BlockWriter
    private let isSmall: Bool

    init(_ writer: any BlockWriter, isSmall: Bool) {
        self.writer = writer
        self.isSmall = isSmall
    }

    func write(_ labels: [UInt32], to region: [Range<Int>]) throws(InferenceError) {
        let pixels: Pixels = isSmall ? .uint16(labels.map { UInt16(truncatingIfNeeded: $0) }) : .uint32(labels)
        try InferenceError.passingOn { () throws(ImageError) in try writer.write(pixels, to: region) }
    }
}

/// The file of a run's labels.
struct LabelFile {
    let results: RunResults
    /// The file's number among the targets.
    let number: Int

    /// Where labels of channels like these go.
    func writer(_ planes: ChannelPlanes, largest: Int, isCounted: Bool) throws(InferenceError) -> LabelWriter {
        try results.labels(
            number, shape: planes.shape, axes: planes.axes, geometry: planes.geometry, largest: largest, isCounted: isCounted)
    }

    /// Writes labels that lie in memory.
    func write(_ image: LabelImage, geometry: ImageGeometry) throws(InferenceError) {
        let writer = try results.labels(
            number, shape: image.shape, axes: [.z, .y, .x].suffix(image.shape.count), geometry: geometry,
            largest: Int(image.labels.max() ?? 0), isCounted: true)
        try writer.write(image.labels, to: image.shape.map { 0..<$0 })
    }
}
