public import Imaging
public import ModelPackages

extension TensorDescription {
    /// Whether an array is this input as it stands and no image: the input has no places in space and time, axes of space that no image
    /// has, or the array several elements along an index.
    ///
    /// - Parameter shape: the array's extents.
    public func isArray(ofShape shape: [Int]) -> Bool {
        let isPlaced = axes.allSatisfy { $0.kind != .space && $0.kind != .time || $0.imageAxis != nil }
        guard hasPlaces, isPlaced else { return true }
        let isWithoutBatch = shape.count == axes.count - 1 && axes[0].kind == .batch
        guard isWithoutBatch || shape.count == axes.count else { return false }
        return zip(isWithoutBatch ? axes.dropFirst() : axes[...], shape).contains { $0.kind == .index && $1 > 1 }
    }

    /// The axes that an array has as this input of a model, since a file such as NumPy's names none.
    ///
    /// They are those of the input in its order, with or without the batch; the channel may be left out where there is one only, and the z
    /// of a stack that may be one plane. Each element along the batch is an image of its own.
    /// - Parameter shape: the array's extents.
    /// - Returns: the name of each of the array's axes; `nil` for the batch, and for indices, which have one element.
    public func axes(ofArray shape: [Int]) throws(InferenceError) -> [Axis?] {
        let all = axes.map(\.imageAxis), isBatched = shape.count == all.count
        let hasOneChannel = axes.allSatisfy { $0.kind != .channel || $0.channelNames.count == 1 }
        var kinds = [all, all.filter { $0 != nil }]
        if hasOneChannel { kinds.append(kinds[1].filter { $0 != .channel }) }
        if axes.contains(where: \.mayBePlane) { kinds += kinds.dropFirst().map { $0.filter { $0 != .z } } }
        guard let found = kinds.first(where: { $0.count == shape.count }),
            !isBatched || zip(axes, shape).allSatisfy({ $0.imageAxis != nil || $0.kind == .batch || $1 == 1 }), !shape.contains(0)
        else {
            throw .unfitImage(
                input: id,
                found: shape.isEmpty
                    ? "a scalar" : "an array of \(shape.map(String.init).joined(separator: " x ")) elements, which names no axes",
                remedy:
                    "give one with \(shape.contains(0) ? "at least one element along " : "")the axes \(words(hasOneChannel: hasOneChannel))"
            )
        }
        return found
    }

    /// The axes that an array may have, such as `channel (3), y, x or batch, channel (3), y, x`.
    private func words(hasOneChannel: Bool) -> String {
        func list(_ axes: [TensorAxis]) -> String {
            let names = axes.map { axis in
                switch axis.kind {
                case .channel: "\(axis.id) (\(axis.channelNames.count))"
                case .index: axis.words
                case .batch, .space, .time: axis.id
                }
            }
            return names.joined(separator: ", ")
        }
        // Without an index that must have several elements it is no image.
        let mayLack = axes.allSatisfy { axis in axis.kind != .index || axis.mayHaveOne }
        let named = mayLack ? axes.filter { $0.imageAxis != nil } : axes.filter { $0.kind != .batch }
        var lists = [list(named)]
        if hasOneChannel, named.contains(where: { $0.kind == .channel }) { lists.insert(list(named.filter { $0.kind != .channel }), at: 0) }
        if named.count < axes.count { lists.append(list(axes)) }
        return lists.joined(separator: " or ") + (axes.contains(where: \.mayBePlane) ? ", for a plane without z" : "")
    }
}

extension TensorAxis {
    /// Whether the axis may have one element.
    fileprivate var mayHaveOne: Bool {
        switch size {
        case .fixed(let extent): extent == 1
        case .stepped(let least, _), .dataDependent(let least, _): least <= 1
        case .any, .reference: true
        }
    }
}
