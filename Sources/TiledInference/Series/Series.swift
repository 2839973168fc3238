internal import Imaging
internal import ModelPackages

/// The samples of a run: one for each place along axes that the images have and the model lacks, or one alone.
///
/// Such axes are called free: batch, t and z, of more than one element. Samples are counted from 0 in C order of batch, t, z.
struct Series: Equatable {
    /// An axis that images may have beyond the model's.
    enum FreeAxis: String, CaseIterable {
        case batch
        case time = "t"
        case z

        /// The axis of images; `nil` for the batch, which only arrays have.
        var imageAxis: Axis? { Axis(rawValue: rawValue) }
    }

    /// The free axes, in the order of their cases.
    let axes: [FreeAxis]
    /// Their extents.
    let shape: [Int]

    /// The number of samples.
    var count: Int { shape.reduce(1, *) }
    /// The free axes' names, such as `t, z`.
    var names: String { axes.map(\.rawValue).joined(separator: ", ") }

    /// The free axes of what is given; inputs without one of them are part of every sample along it.
    init(_ given: [(input: TensorDescription, source: InputSource)]) throws(InferenceError) {
        var found: [FreeAxis: (extent: Int, owner: String)] = [:]
        for (input, source) in given {
            for (axis, extent) in try source.freeAxes(of: input) {
                let known = found[axis] ?? (extent, input.id)
                guard known.extent == extent else {
                    throw .unfitImage(
                        input: input.id,
                        found:
                            "\(extent) elements along \(axis.rawValue), \(known.owner) has \(known.extent), and the model has no such axis",
                        remedy: "give as many to both, or one for all")
                }
                found[axis] = known
            }
        }
        axes = FreeAxis.allCases.filter { found[$0] != nil }
        shape = axes.compactMap { found[$0]?.extent }
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product < 1 << 30 else {
                throw .unfitImage(
                    input: given[0].input.id, found: "\(shape) samples along \(names)",
                    remedy: "give fewer at once, such as one time after the other")
            }
            count = product
        }
    }

    /// Where a sample is along the free axes.
    func place(of sample: Int) -> [FreeAxis: Int] {
        var rest = sample
        var place: [FreeAxis: Int] = [:]
        for (axis, extent) in zip(axes, shape).reversed() {
            place[axis] = rest % extent
            rest /= extent
        }
        return place
    }

    /// Where a sample is, in words such as `t 3, z 0`; empty where it is the only one.
    func words(of sample: Int) -> String {
        let place = place(of: sample)
        return axes.map { "\($0.rawValue) \(place[$0] ?? 0)" }.joined(separator: ", ")
    }

    /// The extent of a free axis; `nil` for one that is not.
    func extent(of axis: FreeAxis) -> Int? { axes.firstIndex(of: axis).map { shape[$0] } }

    /// Whether images have such an axis beyond a sample's.
    func has(_ axis: Axis) -> Bool { axes.contains { $0.imageAxis == axis } }
}
