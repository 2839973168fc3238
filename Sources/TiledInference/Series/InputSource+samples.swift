internal import Imaging
internal import ModelPackages

extension InputSource {
    /// The axes that an input of the model lacks, with their extents above 1.
    func freeAxes(of input: TensorDescription) throws(InferenceError) -> [Series.FreeAxis: Int] {
        switch self {
        case .image(let image):
            var free: [Series.FreeAxis: Int] = [:]
            for axis in Series.FreeAxis.allCases {
                if let place = try image.place(ofFree: axis, in: input) { free[axis] = image.shape[place] }
            }
            return free
        case .batch(let images): return images.count > 1 ? [.batch: images.count] : [:]
        case .array(let array): return input.hasBatch(array) ? [.batch: array.shape[0]] : [:]
        }
    }

    /// What a sample gets of it: an image or an array without free axes.
    ///
    /// - Parameter place: where the sample is; what this does not have does not count.
    func sample(at place: [Series.FreeAxis: Int], for input: TensorDescription) throws(InferenceError) -> InputSource {
        switch self {
        case .image(let image):
            var fixed: [(axis: Int, index: Int)] = []
            for axis in Series.FreeAxis.allCases {
                if let own = try image.place(ofFree: axis, in: input), let index = place[axis] { fixed.append((own, index)) }
            }
            return fixed.isEmpty ? self : .image(SampleImage(image, at: fixed))
        case .batch(let images):
            let index = place[.batch] ?? 0
            guard images.indices.contains(index) else {
                throw .unfitImage(input: input.id, found: "a batch of \(images.count) images", remedy: "give at least one")
            }
            return .image(images[index])
        case .array(let array): return input.hasBatch(array) ? .array(array.element(place[.batch] ?? 0) ?? array) : self
        }
    }
}

extension ImageBlocks {
    /// The place of an axis of more than one element that an input lacks; `nil` if there is none.
    fileprivate func place(ofFree axis: Series.FreeAxis, in input: TensorDescription) throws(InferenceError) -> Int? {
        guard let named = axis.imageAxis, let place = axes.firstIndex(of: named), shape[place] > 1,
            !input.axes.contains(where: { $0.imageAxis == named })
        else { return nil }
        guard let other = input.axes.first(where: { $0.id == named.rawValue }) else { return place }
        throw .unfitImage(
            input: input.id,
            found: "the image has \(shape[place]) elements along \(other.id), an axis of the type \(other.kind) in the description",
            remedy: "give one plane, or describe \(other.id) as \(named == .time ? "`type: time`" : "`type: space`")")
    }
}

extension TensorDescription {
    /// Whether an array of values without places has several elements along this input's batch, which comes first.
    fileprivate func hasBatch(_ array: NPYArray) -> Bool {
        axes[0].kind == .batch && array.shape.count == axes.count && array.shape[0] > 1
    }
}
