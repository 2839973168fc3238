extension FormatFour {
    /// What each step may be given.
    private static let keys: [String: [String]] = [
        "binarize": ["threshold"], "clip": ["min", "max"], "scale_linear": ["gain", "offset", "axes"], "sigmoid": [],
        "zero_mean_unit_variance": ["mode", "axes", "mean", "std", "eps"],
        "scale_range": ["mode", "axes", "min_percentile", "max_percentile", "eps", "reference_tensor"],
        "scale_mean_variance": ["mode", "axes", "reference_tensor", "eps"],
    ]

    /// One entry of `preprocessing` or `postprocessing`.
    ///
    /// - Parameter tensorAxes: the names of the tensor's axes.
    static func step(_ node: DescriptionNode, tensorAxes: [DescriptionNode]) throws(PackageError) -> DescriptionNode {
        let nameNode = try node.required("name")
        let name = try nameNode.string()
        let empty = DescriptionNode(file: node.file, line: node.line, field: node.field + ".kwargs", content: .mapping([]))
        let kwargs = node["kwargs"] ?? empty
        if let keys = keys[name] { try kwargs.refuseKeys(except: keys) }
        var id = name
        let arguments: DescriptionNode
        switch name {
        case "binarize", "clip", "sigmoid": arguments = kwargs
        case "scale_linear": arguments = try alongAxis(kwargs, tensorAxes)
        case "zero_mean_unit_variance":
            let mode = try kwargs["mode"]?.string() ?? "fixed"
            if mode == "fixed" {
                id = "fixed_zero_mean_unit_variance"
                arguments = try alongAxis(try kwargs.without("mode"), tensorAxes)
            } else {
                arguments = try jointly(kwargs, tensorAxes)
            }
        case "scale_range", "scale_mean_variance": arguments = try jointly(kwargs, tensorAxes)
        default:
            throw nameNode.fault(
                .unsupportedStep, found: "found \(nameNode.summary)",
                remedy: "use binarize, clip, scale_linear, sigmoid, zero_mean_unit_variance, scale_range or scale_mean_variance")
        }
        return node.with(.mapping([("id", nameNode.text(id)), ("kwargs", arguments)]))
    }

    /// Statistics: `axes` as names, with `batch` for those of a data set; without axes all but the batch.
    private static func jointly(_ kwargs: DescriptionNode, _ tensorAxes: [DescriptionNode]) throws(PackageError) -> DescriptionNode {
        var names: [DescriptionNode] = []
        if let axes = kwargs["axes"] {
            names = try self.names(axes)
        } else {
            for axis in tensorAxes where try axis.string() != "batch" { names.append(axis) }
        }
        if let mode = kwargs["mode"] {
            switch try mode.string() {
            case "per_sample": break
            case "per_dataset": names.insert(mode.text("batch"), at: 0)
            default:
                throw mode.fault(
                    found: "found \(mode.summary)", remedy: "write `per_sample`, `per_dataset` or, with `mean` and `std`, `fixed`")
            }
        }
        var pairs = try kwargs.without("mode", "axes").pairs()
        pairs.append(("axes", (kwargs["axes"] ?? kwargs).with(.list(names))))
        return kwargs.with(.mapping(pairs))
    }

    /// Given numbers: `axes` are those that share a number, so that a list runs along the one axis that is left.
    private static func alongAxis(_ kwargs: DescriptionNode, _ tensorAxes: [DescriptionNode]) throws(PackageError) -> DescriptionNode {
        guard let axes = kwargs["axes"] else { return try kwargs.without("axes") }
        var shared: [String] = []
        for axis in try names(axes) { shared.append(try axis.string()) }
        var left: [DescriptionNode] = []
        for axis in tensorAxes {
            let id = try axis.string()
            if id != "batch", !shared.contains(id) { left.append(axis) }
        }
        guard left.count <= 1 else {
            throw axes.fault(
                .unsupportedStep, found: "numbers that differ along \(left.count) axes",
                remedy: "leave out at most one axis, along which the list of numbers runs")
        }
        var pairs = try kwargs.without("axes").pairs()
        if let axis = left.first { pairs.append(("axis", axes.text(try axis.string()))) }
        return kwargs.with(.mapping(pairs))
    }
}

extension DescriptionNode {
    /// The mapping without some keys and without values that are null.
    fileprivate func without(_ keys: String...) throws(PackageError) -> DescriptionNode {
        with(.mapping(try pairs().filter { !keys.contains($0.key) && !$0.value.isNull }))
    }
}
