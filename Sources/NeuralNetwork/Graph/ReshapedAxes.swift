/// Where the axes of the image lie on a tensor that is reshaped.
///
/// A shape is read as digits of the places in C order. An axis may be split, as a row into rows of blocks and rows in a block: blocks
/// follow the image then, a block's own places do not. Axes may be merged: a digit that follows the image and those behind it that do not
/// are a finer axis, several digits that follow it are one axis along which all places lie in a row. Nothing else is followed: neither what
/// has a digit of another kind in front, nor extents that are no product of others.
struct ReshapedAxes {
    /// For each axis of the result the digits that follow the image, first to last.
    private(set) var marks: [[ReachAnalysis.Mark]] = []
    /// By axis of the image that is followed the positions that are read, if they are others.
    private(set) var windows: [Int: AxisWindow] = [:]
    /// The axes of the image that are not followed any more.
    private(set) var wholeAxes: Set<Int> = []

    /// A digit: an axis, or a part of one.
    private struct Digit {
        var extent: Int
        /// What it follows, as it was before the reshape.
        var mark: ReachAnalysis.Mark?
        /// The positions before the reshape for one of the digit.
        var step = 1
    }

    /// - Parameters:
    ///   - old: the extents before, and for each axis what of the image it follows.
    ///   - new: the extents of the result.
    init(_ old: [Int], _ oldMarks: [[ReachAnalysis.Mark]], to new: [Int]) {
        marks = new.map { _ in [] }
        for part in Self.parts(old, new) {
            guard part.old.count > 1 || part.new.count > 1 else {
                marks[part.new.lowerBound] = oldMarks[part.old.lowerBound]
                continue
            }
            var digits = Self.digits(Array(old[part.old]), Array(oldMarks[part.old]))
            for axis in part.new {
                // Of a part in which extents are no products of others nothing that is left has a place.
                guard let own = Self.take(new[axis], from: &digits) else { break }
                marks[axis] = follow(own) ?? []
            }
        }
        let followed = Set(marks.joined().map(\.imageAxis)), known = oldMarks.joined().map(\.imageAxis)
        // An axis that is there twice is followed by none of both.
        let twice = known.filter { axis in known.count { $0 == axis } > 1 }
        wholeAxes = Set(known).subtracting(followed).union(twice)
        for axis in marks.indices where marks[axis].contains(where: { wholeAxes.contains($0.imageAxis) }) { marks[axis] = [] }
    }

    /// The smallest ranges of axes that hold as many places before as after.
    private static func parts(_ old: [Int], _ new: [Int]) -> [(old: Range<Int>, new: Range<Int>)] {
        guard !old.contains(0) else { return [] }
        var parts: [(old: Range<Int>, new: Range<Int>)] = [], first = (old: 0, new: 0)
        while first.old < old.count, first.new < new.count {
            var end = (old: first.old + 1, new: first.new + 1), places = (old: old[first.old], new: new[first.new])
            while places.old != places.new {
                if places.old < places.new {
                    guard end.old < old.count else { return parts }
                    places.old *= old[end.old]
                    end.old += 1
                } else {
                    guard end.new < new.count else { return parts }
                    places.new *= new[end.new]
                    end.new += 1
                }
            }
            parts.append((first.old..<end.old, first.new..<end.new))
            first = end
        }
        return parts
    }

    /// The digits of all places, first the one that changes last; those of one element are left out.
    private static func digits(_ shape: [Int], _ marks: [[ReachAnalysis.Mark]]) -> [Digit] {
        var digits: [Digit] = []
        for (extent, own) in zip(shape, marks) where extent != 1 {
            if own.count > 1 {
                digits += own.map { Digit(extent: $0.extent, mark: $0) }
            } else {
                digits.append(Digit(extent: extent, mark: own.first))
            }
        }
        return digits
    }

    /// Takes the digits that make an extent, the last one split if need be; `nil` if there are none.
    private static func take(_ extent: Int, from digits: inout [Digit]) -> [Digit]? {
        var rest = extent, own: [Digit] = []
        while rest > 1 {
            guard var digit = digits.first, digit.extent > 1 else { return nil }
            if rest % digit.extent == 0 {
                digits.removeFirst()
                rest /= digit.extent
            } else {
                guard digit.extent % rest == 0 else { return nil }
                let inner = digit.extent / rest
                digits[0] = Digit(extent: inner, mark: nil)
                (digit.extent, digit.step, rest) = (rest, digit.step * inner, 1)
            }
            own.append(digit)
        }
        return rest == 1 ? own : nil
    }

    /// What of the image an axis of some digits follows, with the positions that are read; `nil` where it cannot be said.
    private mutating func follow(_ digits: [Digit]) -> [ReachAnalysis.Mark]? {
        guard digits.contains(where: { $0.mark != nil }) else { return [] }
        var result: [ReachAnalysis.Mark] = [], reads: [Int: AxisWindow] = [:], rest = digits[...]
        while let digit = rest.popFirst() {
            guard let mark = digit.mark else { return nil }
            // Digits behind it that follow nothing make its positions finer.
            var parts = 1
            while let next = rest.first, next.mark == nil {
                parts *= next.extent
                rest = rest.dropFirst()
            }
            guard let change = Ratio(parts, digit.step), let scale = mark.scale.multiplied(by: change) else { return nil }
            result.append(ReachAnalysis.Mark(imageAxis: mark.imageAxis, scale: scale, extent: digit.extent * parts))
            guard parts > 1 || digit.step > 1 else { continue }
            let (fine, step) = (parts, digit.step)
            reads[mark.imageAxis] = AxisWindow(scale: change) {
                floorDivide($0.lowerBound, fine) * step...floorDivide($0.upperBound, fine) * step + step - 1
            }
        }
        windows.merge(reads) { own, _ in own }
        return result
    }
}
