/// The elements of a tensor in groups: those that differ only along some axes belong together.
///
/// With (channel, y, x) and the axes y and x reduced there is one group for each channel.
struct AxisGroups {
    /// The number of groups, in C order of the axes that are kept.
    let count: Int
    /// The number of elements in each group.
    let size: Int

    private let shape: [Int]
    private let strides: [Int]
    private let rowLength: Int
    private let rowStep: Int
    /// The group of the first element.
    private let first: Int

    /// One group of everything.
    init(all shape: [Int]) {
        self.init(shape: shape, isReduced: shape.map { _ in true })
    }

    /// Groups of what lies together when `reduced` axes run freely; `nil` means all axes. Unknown names are ignored.
    init(of tensor: AxisTensor, reducing reduced: [String]?) {
        self.init(shape: tensor.shape, isReduced: tensor.axes.map { reduced?.contains($0) ?? true })
    }

    /// The groups of a whole sample as a window of it meets them.
    ///
    /// - Parameters:
    ///   - origin: where the window begins in the sample.
    ///   - full: the sample's extents.
    init(of window: AxisTensor, at origin: [Int], of full: [Int], reducing reduced: [String]?) {
        self.init(shape: window.shape, full: full, origin: origin, isReduced: window.axes.map { reduced?.contains($0) ?? true })
    }

    /// One group for each index along an axis.
    init(of tensor: AxisTensor, along axis: String) {
        self.init(shape: tensor.shape, isReduced: tensor.axes.map { $0 != axis })
    }

    private init(shape: [Int], isReduced: [Bool]) {
        self.init(shape: shape, full: shape, origin: shape.map { _ in 0 }, isReduced: isReduced)
    }

    private init(shape: [Int], full: [Int], origin: [Int], isReduced: [Bool]) {
        // Trailing axes that are reduced make one long row; otherwise a row is the last axis and each element its own group.
        var length = 1
        var outer = shape.count
        while outer > 0, isReduced[outer - 1] {
            outer -= 1
            length *= shape[outer]
        }
        var step = 0
        if outer == shape.count, outer > 0 {
            outer -= 1
            length = shape[outer]
            step = 1
        }
        var groups = step == 1 ? full[outer] : 1
        var first = step == 1 ? origin[outer] : 0
        var strides = [Int](repeating: 0, count: outer)
        for axis in (0..<outer).reversed() where !isReduced[axis] {
            strides[axis] = groups
            first += origin[axis] * groups
            groups *= full[axis]
        }
        self.first = first
        count = groups
        size = groups == 0 ? 0 : full.reduce(1, *) / groups
        self.shape = Array(shape[..<outer])
        self.strides = strides
        rowLength = length
        rowStep = step
    }

    /// Visits the elements in C order, row by row: first element, number of elements, group of the first, and by how much the
    /// group grows from element to element (0 or 1).
    @inline(__always)
    func forEachRow(_ visit: (_ start: Int, _ length: Int, _ group: Int, _ step: Int) -> Void) {
        let rows = shape.reduce(1, *)
        guard rowLength > 0 else { return }
        var position = [Int](repeating: 0, count: shape.count)
        var group = first
        for row in 0..<rows {
            visit(row * rowLength, rowLength, group, rowStep)
            var axis = shape.count - 1
            while axis >= 0 {
                position[axis] += 1
                group += strides[axis]
                if position[axis] < shape[axis] { break }
                group -= strides[axis] * shape[axis]
                position[axis] = 0
                axis -= 1
            }
        }
    }
}
