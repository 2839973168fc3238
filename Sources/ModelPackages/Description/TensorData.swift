/// What the values of a tensor, or of one of its channels, mean.
public struct TensorData: Sendable, Equatable {
    /// The element type, NumPy's name.
    public let type: String
    /// The least value that occurs; `nil` where the file does not say.
    public let lower: Double?
    /// The greatest value that occurs; `nil` where the file does not say.
    public let upper: Double?
    /// The unit of the values, such as `kelvin`; `nil` where the file does not say.
    public let unit: String?
    /// What one step of the values is in the unit.
    public let scale: Double
    /// What 0 is in the unit; `nil` where the file does not say.
    public let offset: Double?
    /// The closed list of values of nominal or ordinal data, as the file writes them; empty for measurements.
    public let values: [String]

    private static let types = [
        "float32", "float64", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "bool",
    ]

    /// Reads `data`: nothing, a mapping, or a list of one mapping for each channel.
    static func read(_ node: DescriptionNode?, channels: Int) throws(PackageError) -> [TensorData] {
        guard let node else { return [] }
        guard node.isList else { return [try TensorData(node)] }
        var entries: [TensorData] = []
        for item in try node.list() { entries.append(try TensorData(item)) }
        guard entries.count == channels else {
            throw node.fault(found: "\(entries.count) entries for \(channels) channels", remedy: "write one entry, or one for each channel")
        }
        guard Set(entries.map(\.type)).count == 1 else {
            throw node.fault(found: "the channels have different types", remedy: "write the same `type` for each: a tensor has one")
        }
        return entries
    }

    private init(_ node: DescriptionNode) throws(PackageError) {
        try node.refuseKeys(except: ["type", "range", "unit", "scale", "offset", "values"])
        var values: [String] = []
        if let list = node["values"] {
            for item in try list.list() { values.append(try item.text()) }
            guard !values.isEmpty else { throw list.fault(found: "the list is empty", remedy: "write the values that occur") }
        }
        self.values = values
        type = try TensorData.type(node["type"], standard: values.isEmpty ? "float32" : "uint8")
        var bounds: [Double?] = [nil, nil]
        if let range = node["range"] {
            let items = try range.list()
            guard items.count == 2 else {
                throw range.fault(found: "\(items.count) entries", remedy: "write the least and the greatest value")
            }
            for (index, item) in items.enumerated() where !item.isNull { bounds[index] = try item.bound() }
            if let lower = bounds[0], let upper = bounds[1], lower > upper {
                throw range.fault(found: "\(lower) is above \(upper)", remedy: "exchange them")
            }
        }
        (lower, upper) = (bounds[0], bounds[1])
        unit = try node["unit"].map { (node) throws(PackageError) in try node.text() }
        scale = try node["scale"].map { (node) throws(PackageError) in try node.double() } ?? 1
        offset = try node["offset"].map { (node) throws(PackageError) in try node.double() }
    }

    private static func type(_ node: DescriptionNode?, standard: String) throws(PackageError) -> String {
        guard let node else { return standard }
        let name = try node.string()
        guard types.contains(name) else {
            throw node.fault(found: "found \(node.summary)", remedy: "write one of \(types.joined(separator: ", "))")
        }
        return name
    }
}

extension DescriptionNode {
    /// An end of a range: infinite ends are no bounds, also as Python writes them.
    fileprivate func bound() throws(PackageError) -> Double? {
        if case .scalar(let text, _) = content {
            let magnitude = text.lowercased().drop { $0 == "-" || $0 == "+" }
            if [".inf", "inf", "infinity"].contains(magnitude) { return nil }
        }
        return try double()
    }
}
