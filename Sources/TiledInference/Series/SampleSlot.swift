internal import Imaging
internal import ModelPackages

/// The place of one sample's result in a file of all samples, as a file of its own.
final class SampleSlot: BlockWriter {
    let shape: [Int]
    let blockShape: [Int]
    var changesWholeBlocks: Bool { file.changesWholeBlocks }

    private let file: any BlockWriter
    private let type: PixelType
    private let form: ResultForm
    private let place: [Series.FreeAxis: Int]
    /// The sample's axes in the order of the file.
    private let order: [Int]

    /// - Parameters:
    ///   - type: that of the file.
    ///   - shape: the extents of the sample's result.
    ///   - place: where the sample is along the free axes.
    init(in file: any BlockWriter, of type: PixelType, _ form: ResultForm, shape: [Int], at place: [Series.FreeAxis: Int]) {
        self.file = file
        self.type = type
        self.form = form
        self.shape = shape
        self.place = place
        order = form.sources.compactMap { if case .sample(let axis) = $0 { axis } else { nil } }
        blockShape = shape.indices.map { axis in form.sources.firstIndex(of: .sample(axis)).map { file.blockShape[$0] } ?? 1 }
    }

    func write(_ pixels: Pixels, to region: [Range<Int>]) throws(ImageError) {
        let box = form.sources.map { source in
            switch source {
            case .sample(let axis): region[axis]
            case .series(let axis): (place[axis] ?? 0)..<(place[axis] ?? 0) + 1
            case .one: 0..<1
            }
        }
        // Labels have the order of every file; maps may have the channels elsewhere.
        let values: RealValues
        switch pixels {
        case .float32(let own): values = .single(own)
        case .float64(let own): values = .double(own)
        default: return try file.write(pixels, to: box)
        }
        try file.write(values.permuted(shape: region.map(\.count), order: order).pixels(type), to: box)
    }
}
