public import NeuralNetwork

/// Where the size of an axis comes from: the axis at the end of its references, which has a size of its own.
public struct AxisOrigin: Sendable, Equatable {
    /// An axis of an input.
    public struct Root: Sendable, Hashable {
        /// The input's name.
        public let tensor: String
        /// The axis' name.
        public let axis: String
    }

    /// The axis at the end; the axis itself where it refers to none.
    public let root: Root
    /// Elements for one of the root's; `nil` where some reference has an offset, or where the scales are in no ratio of small numbers.
    public let scale: Ratio?
}

extension ModelPackage {
    /// Where the size of an axis comes from.
    public func origin(of axis: TensorAxis, in tensor: TensorDescription) -> AxisOrigin {
        var (tensor, axis) = (tensor.id, axis)
        var scale: Ratio? = .one
        // References that end are checked when the description is read.
        while case .reference(let other, let name, let offset) = axis.size,
            let next = (inputs + outputs).first(where: { $0.id == other })?.axes.first(where: { $0.id == name })
        {
            let step = offset == 0 ? Ratio(nearest: next.scale / axis.scale) : nil
            scale = scale.flatMap { scale in step.flatMap { scale.times($0) } }
            (tensor, axis) = (other, next)
        }
        return AxisOrigin(root: AxisOrigin.Root(tensor: tensor, axis: axis.id), scale: scale)
    }

    /// Whether two axes of one name lie on one grid: by references without an offset, or since they may have the same sizes.
    func shareGrid(_ axis: TensorAxis, of tensor: TensorDescription, _ other: TensorAxis, of twin: TensorDescription) -> Bool {
        let (own, others) = (origin(of: axis, in: tensor), origin(of: other, in: twin))
        guard own.scale != nil, others.scale != nil else { return false }
        guard own.root != others.root else { return true }
        return axis.size == other.size && own.scale == others.scale
            && (self.axis(own.root)?.size).map { $0 == self.axis(others.root)?.size } ?? false
    }

    private func axis(_ root: AxisOrigin.Root) -> TensorAxis? {
        inputs.first { $0.id == root.tensor }?.axes.first { $0.id == root.axis }
    }
}

extension Ratio {
    /// The most parts above or below the line of what counts as a ratio of grids.
    private static let mostParts = 64

    /// The product; `nil` if it is no ratio of grids.
    public func times(_ other: Ratio) -> Ratio? {
        guard let product = Ratio(numerator * other.numerator, denominator * other.denominator),
            max(product.numerator, product.denominator) <= Self.mostParts
        else { return nil }
        return product
    }

    /// The ratio of small numbers that a quotient of scales stands for; `nil` if there is none.
    fileprivate init?(nearest value: Double) {
        for denominator in 1...Self.mostParts {
            let numerator = (value * Double(denominator)).rounded()
            guard numerator >= 1, numerator <= Double(Self.mostParts), abs(numerator - value * Double(denominator)) <= 1e-9 * numerator
            else { continue }
            self.init(Int(numerator), denominator)
            return
        }
        return nil
    }
}
