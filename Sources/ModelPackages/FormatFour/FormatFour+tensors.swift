extension FormatFour {
    private static var maxExtent: Int { AxisSize.maxExtent }

    /// One entry of `inputs` or `outputs`.
    ///
    /// - Parameters:
    ///   - firstInput: for outputs, the input to whose axes a fixed extent with a halo refers.
    ///   - extents: known extents by tensor and axis, to which the tensor's own are added.
    static func tensor(
        _ node: DescriptionNode, isOutput: Bool, firstInput: String?, files: TensorFiles, extents: inout [String: [String: Int]]
    ) throws(PackageError) -> DescriptionNode {
        let nameNode = try node.required("name")
        let name = try nameNode.string()
        let axesNode = try node.required("axes")
        guard !axesNode.isList else {
            throw axesNode.fault(.wrongType, found: "found a list", remedy: "write letters such as `bcyx`, or use format 0.5")
        }
        let ids = try names(axesNode)
        let sizes = try sizes(try node.required("shape"), axes: ids, extents: extents)
        let halos = try isOutput ? node["halo"].map { (halo) throws(PackageError) in try numbers(halo, count: ids.count) } : nil
        var axes: [DescriptionNode] = []
        for (index, idNode) in ids.enumerated() {
            let id = try idNode.string()
            let halo = try halos?[index].int(atLeast: 0) ?? 0
            var size = sizes[index]
            if halo > 0, case .fixed(let own) = size, let firstInput, let extent = extents[firstInput]?[id] {
                // A halo needs an axis to which it refers.
                let offset = try own.int(in: 1...maxExtent) - extent
                size = .reference(tensor: firstInput, axis: id, scale: own.plain(1), doubleOffset: offset, extent: extent)
            }
            var (axis, fixed) = try axis(id, size)
            extents[name, default: [:]][id] = fixed
            if halo > 0, let haloNode = halos?[index], case .mapping(let pairs) = axis.content {
                axis = axis.with(.mapping(pairs + [("halo", haloNode)]))
            }
            axes.append(axis)
        }
        var pairs: [(key: String, value: DescriptionNode)] = [("id", nameNode), ("axes", axesNode.with(.list(axes)))]
        if let data = try data(node) { pairs.append(("data", data)) }
        if let test = files.test { pairs.append(("test_tensor", test)) }
        if let sample = files.sample { pairs.append(("sample_tensor", sample)) }
        let key = isOutput ? "postprocessing" : "preprocessing"
        if let list = node[key] {
            var steps: [DescriptionNode] = []
            for step in try list.list() { steps.append(try self.step(step, tensorAxes: ids)) }
            pairs.append((key, list.with(.list(steps))))
        }
        return node.with(.mapping(pairs))
    }

    /// What is known of an extent.
    private enum Size {
        case fixed(DescriptionNode)
        case stepped(min: DescriptionNode, step: DescriptionNode)
        case reference(tensor: String, axis: String, scale: DescriptionNode, doubleOffset: Int, extent: Int?)
    }

    private static func sizes(
        _ shape: DescriptionNode, axes: [DescriptionNode], extents: [String: [String: Int]]
    ) throws(PackageError) -> [Size] {
        guard shape.isMapping else { return try numbers(shape, count: axes.count).map(Size.fixed) }
        var sizes: [Size] = []
        guard let reference = shape["reference_tensor"] else {
            let least = try numbers(try shape.required("min"), count: axes.count)
            let step = try numbers(try shape.required("step"), count: axes.count)
            for (least, step) in zip(least, step) {
                sizes.append(try step.int(atLeast: 0) == 0 ? .fixed(least) : .stepped(min: least, step: step))
            }
            return sizes
        }
        let tensor = try reference.string()
        let scales = try numbers(try shape.required("scale"), count: axes.count, areNullable: true)
        let offsets = try numbers(try shape.required("offset"), count: axes.count)
        for (axis, (scale, offset)) in zip(axes, zip(scales, offsets)) {
            let twice = try offset.double() * 2
            guard let double = Int(exactly: twice), abs(double) <= maxExtent else {
                throw offset.fault(found: "found \(offset.summary)", remedy: "write a multiple of 0.5: twice of it is added")
            }
            let factor = scale.isNull ? 0 : try scale.double()
            guard factor >= 0, factor == 0 || (1e-6...1e6).contains(factor) else {
                throw scale.fault(found: "found \(scale.summary)", remedy: "write the ratio of the extents, or 0 for a new axis")
            }
            if factor == 0 {
                sizes.append(.fixed(offset.plain(double)))
            } else {
                let id = try axis.string()
                sizes.append(.reference(tensor: tensor, axis: id, scale: scale, doubleOffset: double, extent: extents[tensor]?[id]))
            }
        }
        return sizes
    }

    /// An axis in the terms of 0.5, and its extent where that is fixed.
    private static func axis(_ id: String, _ size: Size) throws(PackageError) -> (node: DescriptionNode, extent: Int?) {
        var place: DescriptionNode
        var value: DescriptionNode
        var fixed: Int?
        var scale: DescriptionNode?
        switch size {
        case .fixed(let node):
            (place, value) = (node, node)
            fixed = try node.int(in: 1...maxExtent)
        case .stepped(let least, let step):
            (place, value) = (least, least.with(.mapping([("min", least), ("step", step)])))
        case .reference(let tensor, let axis, let scaleNode, let offset, let extent):
            let factor = try scaleNode.double()
            place = scaleNode
            value = scaleNode.with(
                .mapping([
                    ("tensor_id", scaleNode.text(tensor)), ("axis_id", scaleNode.text(axis)), ("offset", scaleNode.plain(offset)),
                ]))
            if let extent {
                let product = Double(extent) * factor
                fixed = Int(exactly: product).flatMap { whole in
                    (-maxExtent...maxExtent).contains(whole) ? whole + offset : nil
                }
            }
            // Format 0.5 gives axes a pixel size: one that is half as large makes twice as many elements.
            scale = factor == 1 ? nil : scaleNode.plain(1 / factor)
        }
        var pairs: [(key: String, value: DescriptionNode)] = []
        switch id {
        case "batch":
            pairs = [("type", place.text("batch"))] + (fixed == 1 ? [("size", place.plain(1))] : [])
            fixed = nil
        case "channel":
            guard let count = fixed, count > 0 else {
                throw place.fault(found: "the number of channels is not fixed", remedy: "write the number of channels in `shape`")
            }
            guard count <= 1 << 16 else { throw place.fault(found: "\(count) channels", remedy: "write the number of channels") }
            let names = (0..<count).map { place.text("channel\($0)") }
            pairs = [("type", place.text("channel")), ("channel_names", place.with(.list(names)))]
        default:
            pairs = [("type", place.text(["index", "time"].contains(id) ? id : "space")), ("id", place.text(id)), ("size", value)]
            if let scale, id != "index" { pairs.append(("scale", scale)) }
        }
        return (place.with(.mapping(pairs)), fixed)
    }

    /// `data_type` and `data_range` as `data`.
    private static func data(_ node: DescriptionNode) throws(PackageError) -> DescriptionNode? {
        var pairs: [(key: String, value: DescriptionNode)] = []
        if let type = node["data_type"] { pairs.append(("type", type)) }
        if let range = node["data_range"] { pairs.append(("range", range)) }
        return pairs.first.map { $0.value.with(.mapping(pairs)) }
    }

    /// A list with one entry for each axis.
    private static func numbers(
        _ node: DescriptionNode, count: Int, areNullable: Bool = false
    ) throws(PackageError) -> [DescriptionNode] {
        let items = try node.list()
        guard items.count == count else {
            throw node.fault(found: "\(items.count) numbers for \(count) axes", remedy: "write one number for each axis")
        }
        for item in items where !(areNullable && item.isNull) { _ = try item.double() }
        return items
    }
}
