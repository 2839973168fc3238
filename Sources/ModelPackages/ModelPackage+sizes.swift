extension ModelPackage {
    /// The extent that an axis must have, given the extents of the inputs.
    ///
    /// - Parameter shapes: extents of tensors by name; tensors that refer to others need not be in it.
    /// - Returns: `nil` where the description leaves the extent open.
    public func extent(of axis: TensorAxis, given shapes: [String: [Int]]) -> Int? {
        extent(of: axis, given: shapes, hops: 64)
    }

    private func extent(of axis: TensorAxis, given shapes: [String: [Int]], hops: Int) -> Int? {
        switch axis.size {
        case .fixed(let extent): return extent
        case .stepped, .dataDependent, .any: return nil
        case .reference(let tensor, let name, let offset):
            guard hops > 0, let other = (inputs + outputs).first(where: { $0.id == tensor }),
                let position = other.axes.firstIndex(where: { $0.id == name })
            else { return nil }
            let reference = other.axes[position]
            guard let extent = shapes[tensor]?[position] ?? extent(of: reference, given: shapes, hops: hops - 1) else { return nil }
            return ModelPackage.scaled(extent, by: reference.scale / axis.scale) + offset
        }
    }

    /// `floor(extent · ratio)`; a ratio such as 1/3, which no binary number is, does not cost an element.
    static func scaled(_ extent: Int, by ratio: Double) -> Int {
        let product = Double(extent) * ratio
        guard product.magnitude < 0x1p52 else { return product < 0 ? .min / 4 : .max / 4 }
        let nearest = product.rounded()
        return Int(abs(product - nearest) <= 1e-9 * max(1, abs(product)) ? nearest : product.rounded(.down))
    }

    /// What is wrong with a tensor's extents, in words; empty if nothing is.
    ///
    /// - Parameter shapes: the extents of all tensors, by name.
    public func shapeFaults(of tensor: TensorDescription, in shapes: [String: [Int]]) -> [String] {
        guard let shape = shapes[tensor.id] else { return ["\(tensor.id) is not there"] }
        guard shape.count == tensor.axes.count else {
            return [
                "\(tensor.id) has \(shape.count) axes (extents \(shape)), its description \(tensor.axes.count) (\(tensor.axisIDs.joined(separator: ", ")))"
            ]
        }
        var others = shapes
        others[tensor.id] = nil
        return zip(tensor.axes, shape).compactMap { axis, extent in
            let place = "\(tensor.id).\(axis.id)"
            switch axis.size {
            case .any: return nil
            case .stepped(let least, let step):
                let fits = extent >= least && (step == 0 ? extent == least : (extent - least) % step == 0)
                return fits ? nil : "\(place) has \(extent) elements, allowed are \(least) + n · \(step)"
            case .dataDependent(let least, let most):
                return extent >= least && extent <= most ?? .max
                    ? nil : "\(place) has \(extent) elements, allowed are \(least) to \(most.map(String.init) ?? "any")"
            case .fixed, .reference:
                let declared = self.extent(of: axis, given: tensor.axes.contains { refers(axis, to: $0, of: tensor) } ? shapes : others)
                return declared == nil || declared == extent
                    ? nil : "\(place) has \(extent) elements, the description says \(declared ?? 0)"
            }
        }
    }

    private func refers(_ axis: TensorAxis, to other: TensorAxis, of tensor: TensorDescription) -> Bool {
        if case .reference(let name, let id, _) = axis.size { name == tensor.id && id == other.id } else { false }
    }
}
