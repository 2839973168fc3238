/// The `kwargs` of a processing step.
struct StepArguments {
    /// The mapping; empty if the step has none.
    let node: DescriptionNode
    /// The axes of the tensor on which the step works.
    let axes: [String]
    /// The extents of those that have one extent only, by name.
    let extents: [String: Int]
    /// Whether the description is of format 0.4.
    let isFormatFour: Bool
    /// Whether the step comes behind a network of format 0.5, where values are those of float64 once NumPy has them so: what is cut to
    /// whole numbers or compared with a threshold there shows it. What goes into a network is float32 again.
    let keepsDouble: Bool

    func only(_ keys: String...) throws(PackageError) {
        try node.refuseKeys(except: keys)
    }

    func number(_ key: String) throws(PackageError) -> Double? {
        guard let entry = node[key] else { return nil }
        return try entry.double()
    }

    /// A number within limits, with the format's default.
    func number(_ key: String, default standard: Double, where isAllowed: (Double) -> Bool, _ rule: String) throws(PackageError) -> Double {
        guard let entry = node[key] else { return standard }
        let value = try entry.double()
        guard isAllowed(value) else { throw entry.fault(found: "found \(entry.summary)", remedy: "write \(rule)") }
        return value
    }

    /// A small positive number that keeps a division finite.
    func epsilon() throws(PackageError) -> Double {
        try number("eps", default: 1e-6, where: { $0 > 0 && $0 <= 0.1 }, "a number above 0 and at most 0.1")
    }

    /// One value, or one for each index of an axis; `nil` if the key is absent.
    func values(_ key: String) throws(PackageError) -> [Double]? {
        guard let entry = node[key] else { return nil }
        guard entry.isList else { return [try entry.double()] }
        var values: [Double] = []
        for item in try entry.list() { values.append(try item.double()) }
        guard !values.isEmpty else { throw entry.fault(found: "the list is empty", remedy: "write at least one number") }
        return values
    }

    /// An axis of the tensor by name.
    func axis(_ key: String = "axis") throws(PackageError) -> String? {
        guard let entry = node[key] else { return nil }
        let name = try known(entry)
        guard name != "batch" else {
            throw entry.fault(
                found: "found `batch`",
                remedy: "use another axis: \(axes.filter { $0 != "batch" }.map { "`\($0)`" }.joined(separator: ", "))")
        }
        return name
    }

    /// The axes over which statistics are taken jointly; `nil` (the format's default) means all.
    func reducedAxes() throws(PackageError) -> [String]? {
        guard let entry = node["axes"] else { return nil }
        var names: [String] = []
        for item in try entry.list() { names.append(try known(item)) }
        guard Set(names).count == names.count else { throw entry.fault(found: "an axis stands twice", remedy: "name each axis once") }
        return names
    }

    private func known(_ entry: DescriptionNode) throws(PackageError) -> String {
        let name = try entry.string()
        guard axes.contains(name) || name == "batch" else {
            throw entry.fault(
                found: "the tensor has no axis `\(name)`", remedy: "use one of \(axes.map { "`\($0)`" }.joined(separator: ", "))")
        }
        return name
    }

    /// The remark for a small number that the reference software does not read.
    static func notes(epsilon: Double) -> [String] {
        epsilon == 1e-6 ? [] : ["`eps` is \(epsilon) as declared; bioimageio.core 0.11 always takes 1e-6 here"]
    }

    /// The remark for statistics that were meant over a whole data set.
    static func notes(reducing axes: [String]?) -> [String] {
        guard axes.map({ $0.contains("batch") }) ?? true else { return [] }
        return ["statistics over the batch (a whole data set) are taken from what is given alone: one image, or the batch of an array"]
    }
}
