internal import ModelPackages
internal import NeuralNetwork

/// Finds the grids on which the inputs of a sample lie, input by input, and refuses extents that the description does not allow.
struct SampleGrids {
    private(set) var entries: [SampleAxes.Entry] = []
    private(set) var places: [String: [SampleAxes.Place?]] = [:]
    /// An input whose extents are in no whole ratio to the first one's, in words; `nil` if there is none.
    private(set) var raggedInput: String?

    private let package: ModelPackage
    private let shapes: [String: [Int]]
    /// The extents to which the inputs are filled up.
    private let padded: [String: [Int]]
    /// The places of axes that have a size of their own.
    private var roots: [AxisOrigin.Root: SampleAxes.Place] = [:]
    private var strange: String?

    init(_ package: ModelPackage, _ shapes: [String: [Int]]) {
        self.package = package
        self.shapes = shapes
        var padded = shapes
        // Sizes that refer to others settle after as many rounds as there are inputs.
        for _ in package.inputs {
            for input in package.inputs {
                guard let shape = shapes[input.id] else { continue }
                padded[input.id] = zip(input.axes, shape).map { axis, extent in
                    switch axis.size {
                    case .fixed(let size): max(size, extent)
                    case .stepped(let least, let step): least + roundUp(max(0, extent - least), max(1, step))
                    case .reference: package.extent(of: axis, given: padded) ?? extent
                    case .any, .dataDependent: extent
                    }
                }
            }
        }
        self.padded = padded
    }

    /// Why the inputs share no grid.
    var strangers: String { strange ?? "the inputs have different axes" }

    /// Finds the places of an input's axes.
    mutating func add(_ input: TensorDescription, _ port: Port) throws(InferenceError) {
        guard let shape = shapes[input.id] else { return }
        var places: [SampleAxes.Place?] = []
        for (index, axis) in input.axes.enumerated() {
            var fixed: Int?
            if port.shape.indices.contains(index), case .fixed(let extent) = port.shape[index] { fixed = extent }
            try check(shape[index], axis, input, fixed: fixed)
            places.append(axis.kind == .space || axis.kind == .time ? place(of: axis, at: index, in: input, shape[index], fixed) : nil)
        }
        self.places[input.id] = places
    }

    /// The entries that an output's axes follow: those to which their sizes refer, else those of their names.
    ///
    /// Where two refer to one, as in descriptions of square images, each follows the entry of its name.
    func entries(of output: TensorDescription) -> [Int?] {
        let named = output.axes.map { axis in entries.firstIndex { $0.id == axis.id } }
        let referred = zip(output.axes, named).map { axis, named in
            axis.kind == .space || axis.kind == .time ? roots[package.origin(of: axis, in: output).root]?.entry ?? named : named
        }
        return Set(referred.compactMap(\.self)).count == referred.count(where: { $0 != nil }) ? referred : named
    }

    private mutating func place(
        of axis: TensorAxis, at index: Int, in input: TensorDescription, _ extent: Int, _ fixed: Int?
    ) -> SampleAxes.Place {
        let origin = package.origin(of: axis, in: input)
        let own = fixed.map { AxisRequest.Sizes.fixed($0) } ?? SampleGrids.sizes(of: axis)
        if let place = tied(axis, origin, extent, own) {
            let unit = leastCommonMultiple(entries[place.entry].unit, place.scale.denominator)
            entries[place.entry].unit = unit
            if !entries[place.entry].isWhole(unit) {
                raggedInput =
                    "\(entries[place.entry].owner) has no multiple of \(unit) elements along \(axis.id), as \(input.id) would need"
            }
            return place
        }
        let first = entries.first { $0.id == axis.id }
        if let first {
            let (own, other) = ("\(input.id) (\(extent) elements along \(axis.id))", "\(first.owner) (\(first.extent) elements)")
            strange =
                origin.root.tensor == input.id
                ? "the description does not tie \(own) to \(other)"
                : "by the offset or the ratio in the description \(own) does not lie on the elements of \(other)"
        }
        let sizes = own ?? sizes(byRootOf: origin) ?? .fixed(padded[input.id]?[index] ?? extent)
        entries.append(
            SampleAxes.Entry(id: first == nil ? axis.id : "\(input.id).\(axis.id)", owner: input.id, extent: extent, sizes: sizes))
        let place = SampleAxes.Place(entry: entries.count - 1, scale: .one)
        if let scale = origin.scale, let inverse = Ratio(scale.denominator, scale.numerator), roots[origin.root] == nil {
            roots[origin.root] = SampleAxes.Place(entry: place.entry, scale: inverse)
        }
        return place
    }

    /// The place on an entry that is there already; `nil` if the description ties the axis to none.
    private mutating func tied(
        _ axis: TensorAxis, _ origin: AxisOrigin, _ extent: Int, _ own: AxisRequest.Sizes?
    ) -> SampleAxes.Place? {
        if let root = roots[origin.root], entries[root.entry].id == axis.id, let scale = origin.scale.flatMap({ root.scale.times($0) }) {
            let place = SampleAxes.Place(entry: root.entry, scale: scale), entry = entries[root.entry]
            return place.range(0..<entry.extent).count == extent && (own == nil || own == entry.sizes.scaled(by: scale)) ? place : nil
        }
        guard let own, let twin = entries.firstIndex(where: { $0.id == axis.id && $0.sizes == own && $0.extent == extent }) else {
            return nil
        }
        let place = SampleAxes.Place(entry: twin, scale: .one)
        if origin.scale == .one { roots[origin.root] = place }
        return place
    }

    /// The sizes of an axis that refers to one that comes later.
    private func sizes(byRootOf origin: AxisOrigin) -> AxisRequest.Sizes? {
        guard let scale = origin.scale,
            let axis = package.inputs.first(where: { $0.id == origin.root.tensor })?.axes.first(where: { $0.id == origin.root.axis })
        else { return nil }
        return SampleGrids.sizes(of: axis)?.scaled(by: scale)
    }

    /// What an axis takes by itself; `nil` if it refers to another.
    private static func sizes(of axis: TensorAxis) -> AxisRequest.Sizes? {
        switch axis.size {
        case .fixed(let extent): .fixed(extent)
        case .stepped(let least, let step): step == 0 ? .fixed(least) : .stepped(least: least, step: step)
        case .any, .dataDependent: .stepped(least: 1, step: 1)
        case .reference: nil
        }
    }

    /// Refuses extents that cannot be filled up or cut.
    private func check(_ extent: Int, _ axis: TensorAxis, _ input: TensorDescription, fixed: Int?) throws(InferenceError) {
        let isCut = axis.kind == .space || axis.kind == .time
        if case .reference(let tensor, let name, _) = axis.size, let declared = package.extent(of: axis, given: shapes),
            declared != extent
        {
            throw .unfitImage(
                input: input.id,
                found: "\(extent) elements along \(axis.id), the description ties it to \(tensor).\(name), by which it has \(declared)",
                remedy: "give images that fit each other")
        }
        guard !isCut else { return }
        var only = fixed
        if only == nil, case .fixed(let size) = axis.size { only = size }
        if let only, only != extent {
            guard axis.kind != .batch else {
                throw .unfitImage(
                    input: input.id, found: "\(extent) image at a time, the network takes \(only) together",
                    remedy: "export the network with a batch of 1, or of any size")
            }
            throw .unfitImage(
                input: input.id, found: "\(extent) elements along \(axis.id), the model takes \(only)",
                remedy: "give an image with \(only) of them")
        }
    }
}

extension AxisRequest.Sizes {
    /// The same in elements of which there are `scale` for one; `nil` if some size is then no whole number.
    fileprivate func scaled(by scale: Ratio) -> AxisRequest.Sizes? {
        func scaled(_ count: Int) -> Int? {
            count * scale.numerator % scale.denominator == 0 ? count * scale.numerator / scale.denominator : nil
        }
        switch self {
        case .fixed(let size): return scaled(size).map { .fixed($0) }
        case .stepped(let least, let step):
            guard let least = scaled(least), let step = scaled(step) else { return nil }
            return .stepped(least: least, step: step)
        }
    }
}
