internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

extension StreamedOutput {
    /// Values of a result that are on their way to the file at once: cut out, processed, arranged and as bytes, each a copy of its own.
    static let partElements = 1 << 18

    /// A box in parts of bounded size, cut along channels and the axes of space, first along the slowest ones.
    ///
    /// - Parameters:
    ///   - writers: those that change whole blocks get these as a whole.
    ///   - uncut: the axes that stay whole.
    func parts(of box: [Range<Int>], for writers: [any BlockWriter] = [], uncut: Set<String> = []) -> [[Range<Int>]] {
        guard box.reduce(1, { $0 * $1.count }) > Self.partElements else { return [box] }
        for (place, axis) in description.axes.enumerated() where axis.kind == .space || axis.kind == .channel {
            if uncut.contains(axis.id) { continue }
            let index = axis.imageAxis.flatMap { imageAxes.firstIndex(of: $0) }
            let block = writers.filter(\.changesWholeBlocks).compactMap { writer in index.map { writer.blockShape[$0] } }.max() ?? 1
            let range = box[place], middle = (range.lowerBound + range.count / 2) / block * block
            guard let cut = [middle, middle + block].first(where: { range.lowerBound < $0 && $0 < range.upperBound }) else { continue }
            var (first, second) = (box, box)
            first[place] = range.lowerBound..<cut
            second[place] = cut..<range.upperBound
            return parts(of: first, for: writers, uncut: uncut) + parts(of: second, for: writers, uncut: uncut)
        }
        return [box]
    }

    /// The values of a box, made part by part, so that what making them takes is of bounded size.
    ///
    /// - Parameter values: those of a part that has all channels and is uncut along axes of which a step needs all elements.
    func processed(
        _ box: [Range<Int>], _ values: (_ part: [Range<Int>]) throws(InferenceError) -> RealValues
    ) throws(InferenceError) -> RealValues {
        let parts = parts(of: box, uncut: description.wholeAxes.union(["channel"]))
        guard parts.count > 1 else { return try values(box) }
        var result: RealValues?
        for part in parts {
            let made = try values(part)
            var all = result ?? RealValues(zeros: box.reduce(1) { $0 * $1.count }, like: made)
            result = nil
            PlacedValues(made, target: part).copy(into: &all, of: box)
            result = all
        }
        if let result { return result }
        return try values(box)
    }

    /// The rows along tensor axis 2 that writers would best take at once; 1 where they take any.
    func blockRows(_ writers: [any BlockWriter]) -> Int {
        guard let axis = Axis(rawValue: description.axes[2].id), let index = imageAxes.firstIndex(of: axis) else { return 1 }
        return writers.filter(\.changesWholeBlocks).map { $0.blockShape[index] }.max() ?? 1
    }

    /// Carries out the steps of the package that look at each element alone, unless others need the whole output first.
    func elementwise(_ values: RealValues, _ target: [Range<Int>], _ package: ModelPackage) throws(InferenceError) -> RealValues {
        guard !description.needsWholeSample else { return values }
        // Steps without statistics read nothing when they are settled.
        let steps = try InferenceError.passingOn { () throws(PackageError) in
            try package.settlePostprocessing(of: description, UnseenSample(axes: description.axisIDs, shape: shape), references: [:])
        }
        return try processed(values, target.map(\.count), at: target.map(\.lowerBound), with: steps)
    }

    /// Carries steps out on part of an output; booleans are 0 and 1.
    func processed(
        _ values: RealValues, _ extents: [Int], at origin: [Int], with steps: [SettledStep]
    ) throws(InferenceError) -> RealValues {
        guard !steps.isEmpty else { return values }
        guard let part = Tensor(shape: extents, storage: values.storage),
            var tensor = AxisTensor(axes: description.axisIDs, tensor: part)
        else { return values }
        for step in steps {
            let before = tensor
            tensor = try InferenceError.passingOn { () throws(PackageError) in try step.apply(to: before, at: origin) }
        }
        let result = tensor
        try InferenceError.refusing(of: nil) { () throws(PackageError) in try description.checkExactness(of: result) }
        return RealValues(result.tensor.storage)
    }
}

/// A sample of which nothing but the extents is known.
private struct UnseenSample: StreamedSample {
    let axes: [String]
    let shape: [Int]

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {}
}
