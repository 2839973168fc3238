/// One axis of an input or output tensor, as the package declares it.
public struct TensorAxis: Sendable, Equatable {
    /// What an axis counts.
    public enum Kind: String, Sendable, CaseIterable {
        case batch, channel, index, time, space
    }

    /// The name, unique within the tensor; `x`, `y`, `z` for space.
    public let id: String
    /// What the axis counts.
    public let kind: Kind
    /// The extents that are allowed.
    public let size: AxisSize
    /// The names of the channels; empty for other kinds.
    public let channelNames: [String]
    /// The unit of `scale`, such as `micrometer`; `nil` where the file does not say.
    public let unit: String?
    /// The distance between neighbours in `unit`; 1 where the file does not say.
    public let scale: Double
    /// Output elements at each end that the author declares as affected by the border; 0 for inputs.
    public let halo: Int
    /// Whether the author says that longer samples may be cut along the axis and the results put side by side; a batch always.
    public let isConcatenable: Bool
}

/// The extents that an axis may have.
public enum AxisSize: Sendable, Equatable {
    /// Exactly this many.
    case fixed(Int)
    /// `min + n · step` with a whole `n` of at least 0.
    case stepped(min: Int, step: Int)
    /// `floor(extent of the other axis · its scale / own scale) + offset`.
    case reference(tensor: String, axis: String, offset: Int)
    /// Known only after a run; at least `min`, at most `max`.
    case dataDependent(min: Int, max: Int?)
    /// Any extent (a batch whose size is not fixed).
    case any
}

extension TensorAxis {
    /// Reads an entry of `axes`. Halo and data-dependent sizes are for outputs, `{min, step}` is for inputs.
    init(_ node: DescriptionNode, isOutput: Bool) throws(PackageError) {
        let typeNode = try node.required("type")
        guard let kind = Kind(rawValue: try typeNode.string()) else {
            throw typeNode.fault(
                found: "found \(typeNode.summary)",
                remedy: "write one of \(Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))")
        }
        self.kind = kind
        id = try node["id"].map { (node) throws(PackageError) in try node.string() } ?? (kind == .space ? "x" : kind.rawValue)
        var names: [String] = []
        if kind == .channel {
            let list = try node.required("channel_names")
            for name in try list.list() { names.append(try name.text()) }
            guard !names.isEmpty else { throw list.fault(found: "the list is empty", remedy: "write one name for each channel") }
        }
        channelNames = names
        let measures = kind == .space || kind == .time
        unit = measures ? try node["unit"].map { (node) throws(PackageError) in try node.string() } : nil
        var scale = 1.0
        if measures, let scaleNode = node["scale"] {
            scale = try scaleNode.double()
            guard scale > 0 else { throw scaleNode.fault(found: "found \(scaleNode.summary)", remedy: "write a positive number") }
        }
        self.scale = scale
        size = try AxisSize(of: node, kind: kind, channels: names.count, isOutput: isOutput)
        var halo = 0
        if isOutput, measures, let haloNode = node["halo"] {
            halo = try haloNode.int(in: 0...AxisSize.maxExtent)
            guard case .reference = size else {
                throw haloNode.fault(found: "a halo on an axis of its own size", remedy: "write the size as a reference to an input's axis")
            }
        }
        self.halo = halo
        let isDeclared = try node["concatenable"].map { (node) throws(PackageError) in try node.bool() } ?? false
        isConcatenable = kind == .batch || isDeclared
    }
}

extension AxisSize {
    /// No extent, step, offset or halo is larger, so that sums of them do not overflow.
    static var maxExtent: Int { 1 << 40 }

    fileprivate init(of axis: DescriptionNode, kind: TensorAxis.Kind, channels: Int, isOutput: Bool) throws(PackageError) {
        switch kind {
        case .batch:
            guard let size = axis["size"] else {
                self = .any
                return
            }
            guard try size.int() == 1 else { throw size.fault(found: "found \(size.summary)", remedy: "write 1, or leave it out") }
            self = .fixed(1)
        case .channel: self = .fixed(channels)
        case .index, .time, .space: self = try AxisSize(try axis.required("size"), isOutput: isOutput, isIndex: kind == .index)
        }
    }

    private init(_ node: DescriptionNode, isOutput: Bool, isIndex: Bool) throws(PackageError) {
        guard node.isMapping else {
            self = .fixed(try node.int(in: 1...AxisSize.maxExtent))
            return
        }
        if node["tensor_id"] != nil || node["axis_id"] != nil {
            let offset =
                try node["offset"].map { (node) throws(PackageError) in
                    try node.int(in: -AxisSize.maxExtent...AxisSize.maxExtent)
                } ?? 0
            self = .reference(
                tensor: try node.required("tensor_id").string(), axis: try node.required("axis_id").string(), offset: offset)
        } else if !isOutput {
            self = .stepped(
                min: try node.required("min").int(in: 1...AxisSize.maxExtent),
                step: try node.required("step").int(in: 0...AxisSize.maxExtent))
        } else if isIndex {
            let least = try node["min"].map { (node) throws(PackageError) in try node.int(in: 1...AxisSize.maxExtent) } ?? 1
            self = .dataDependent(
                min: least,
                max: try node["max"].map { (node) throws(PackageError) in try node.int(in: max(2, least)...AxisSize.maxExtent) })
        } else {
            throw node.fault(found: "found \(node.summary)", remedy: "write a number or `{tensor_id: …, axis_id: …}`")
        }
    }
}
