internal import Foundation
internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The results of a run, each a file with room for all samples that is opened with its first values.
final class RunResults {
    /// Where the sample is whose results are written.
    var place: [Series.FreeAxis: Int] = [:]

    private let targets: [RunTarget]
    private let series: Series
    /// Where the places along the free axes are.
    private let freeGeometry: ImageGeometry
    private let types: [String: ResultTypes]
    private let folder: String
    private let journal: RunJournal
    private var files: [Int: any BlockWriter] = [:]

    init(_ targets: [RunTarget], _ plan: StreamedPlan, in folder: String, _ journal: RunJournal) {
        self.targets = targets
        self.folder = folder
        self.journal = journal
        series = plan.series
        freeGeometry = plan.freeGeometry
        types = plan.types
    }

    /// Where the sample's maps of an output go.
    func maps(_ number: Int, _ output: StreamedOutput) throws(InferenceError) -> any BlockWriter {
        let form =
            targets[number].isArray
            ? ResultForm(array: output.arrayAxes, series) : ResultForm(image: output.imageAxes, shape: output.imageShape, series)
        let type = output.types.file, file = try file(number, form, type, output.geometry, channels: output.channels)
        return SampleSlot(in: file, of: type, form, shape: output.imageShape, at: place)
    }

    /// Where the sample's labels go.
    ///
    /// - Parameters:
    ///   - shape: the extents of the labels along `axes`, `(y, x)` or `(z, y, x)`.
    ///   - largest: the largest label.
    ///   - isCounted: whether labels are numbers of objects, of which another sample may have more.
    func labels(
        _ number: Int, shape: [Int], axes: [Axis], geometry: ImageGeometry, largest: Int, isCounted: Bool
    ) throws(InferenceError) -> LabelWriter {
        let isSmall = largest <= Int(UInt16.max) && (series.count == 1 || !isCounted)
        let tensor = shape.indices.map { ResultForm.ArrayAxis(extent: shape[$0], isBatch: false, place: $0) }
        let form = targets[number].isArray ? ResultForm(array: tensor, series) : ResultForm(image: axes, shape: shape, series)
        let type = isSmall ? PixelType.uint16 : .uint32, file = try file(number, form, type, geometry, isLabel: true)
        return LabelWriter(SampleSlot(in: file, of: type, form, shape: shape, at: place), isSmall: isSmall)
    }

    /// Writes the sample's values of an output that is no image.
    func write(_ number: Int, whole values: AxisTensor, of output: TensorDescription) throws(InferenceError) {
        let type = types.types(of: output).file, shape = values.shape
        let pixels = RealValues(values.tensor.storage).pixels(type)
        // A single result may be of any extents, none included, which a file with room for several has to know when it begins.
        guard series.count > 1 else {
            return try InferenceError.passingOn { () throws(ImageError) in
                try NPY.write(NPYArray(shape: shape, pixels: pixels), to: path(number))
            }
        }
        let tensor = shape.indices.map { ResultForm.ArrayAxis(extent: shape[$0], isBatch: output.axes[$0].kind == .batch, place: $0) }
        let form = ResultForm(array: tensor, series)
        let slot = SampleSlot(in: try file(number, form, type, ImageGeometry()), of: type, form, shape: shape, at: place)
        try InferenceError.passingOn { () throws(ImageError) in try slot.write(pixels, to: shape.map { 0..<$0 }) }
    }

    /// Takes results back that an earlier run gave their names: those that its journal says it was placing.
    func takeBack() throws(InferenceError) {
        for place in targets.indices where access(targets[place].path, F_OK) == 0 {
            let isMissing = access(path(place), F_OK) != 0
            if journal.isPlacing, isMissing, rename(targets[place].path, path(place)) == 0 { continue }
            throw isMissing && !journal.isPlacing && isOrphan(place) ? orphaned(place) : .outputExists
        }
    }

    /// Whether a result that has its name is probably that of the run whose journal lies there: one that lost lines, or by which the run
    /// wrote into a file that is not in the folder any more.
    private func isOrphan(_ number: Int) -> Bool { journal.isDamaged || journal.writtenFiles.contains(name(number)) }

    private func orphaned(_ number: Int) -> InferenceError {
        let path = targets[number].path, name = path.split(separator: "/").last.map(String.init) ?? path
        let shown = journal.workName == folder ? path : "\(journal.workName)/\(name)"
        return .work(
            found: "\(shown) exists, and the journal of an interrupted run in \(journal.workName) is damaged, so that nothing tells "
                + "whether that is its finished result",
            remedy: "move it away to keep it, or remove it, and run again: what is still there of the work is checked and used")
    }

    /// Gives the results their names, the first one's last.
    ///
    /// They are on the disk by then, and the journal says that they get their names, so that whatever happens now they are whole and known
    /// as the run's.
    func settle() throws(InferenceError) {
        files = [:]
        for place in targets.indices { try flush(path(place)) }
        try journal.notePlacing()
        for place in targets.indices.reversed() {
            guard rename(path(place), targets[place].path) == 0 else {
                throw .work(found: "the result cannot get its name: \(String(cString: strerror(errno)))", remedy: "choose another name")
            }
        }
    }

    /// Removes the results that have no names yet.
    func discard() {
        files = [:]
        for place in targets.indices { try? FileManager.default.removeItem(atPath: path(place)) }
    }

    /// Waits until a file is on the disk. Those in the folder of an OME-Zarr are there since they have their names.
    private func flush(_ path: String) throws(InferenceError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Some file systems flush no folders, which does no harm here.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw .work(found: "the result cannot be written to the disk: \(String(cString: strerror(errno)))", remedy: "make room there")
        }
    }

    /// The name of a result in the folder before it gets its own.
    private func name(_ number: Int) -> String { "result\(RunFiles.number(number))\(targets[number].ending)" }

    /// The path of a result before it gets its name.
    private func path(_ number: Int) -> String { "\(folder)/\(name(number))" }

    private func file(
        _ number: Int, _ form: ResultForm, _ type: PixelType, _ geometry: ImageGeometry, channels: [ChannelLabel] = [],
        isLabel: Bool = false
    ) throws(InferenceError) -> any BlockWriter {
        if let known = files[number] {
            guard known.shape == form.shape else {
                throw .unfitOutput(
                    output: targets[number].outputs[0].id, found: "extents that differ from sample to sample",
                    remedy: "run each sample alone")
            }
            return known
        }
        var places = geometry
        for axis in series.axes.compactMap(\.imageAxis) { places[axis] = freeGeometry[axis] }
        let file = try InferenceError.passingOn { [places] () throws(ImageError) -> any RereadableWriter in
            if targets[number].isArray { return try NPYWriter(path(number), shape: form.shape, type: type) }
            return try ImageFile.blockWriter(
                path(number), shape: form.shape, axes: form.axes, type: type, geometry: places, channels: channels, isLabel: isLabel)
        }
        try journal.compare(name(number), isOfSample: false, with: file)
        let recorded = RecordedWriter(file, named: name(number), in: journal)
        files[number] = recorded
        return recorded
    }
}
