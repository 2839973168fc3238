import Challenges

/// How far the outputs of a network see, in words.
enum ReachText {
    /// A sentence for each output, or for each of its axes where these differ.
    static func sentences(of report: ModelCheckReport) -> [String] {
        var groups: [(output: Substring, axes: [Substring], words: String)] = []
        let partial = partialOutputs(of: report)
        for reach in report.reaches {
            let (output, axis) = parts(reach.place)
            let words = words(reach, isPartial: partial.contains(output))
            if let last = groups.indices.last, groups[last].output == output, groups[last].words == words {
                groups[last].axes.append(axis)
            } else {
                groups.append((output, [axis], words))
            }
        }
        return groups.map { "\($0.output) along \($0.axes.joined(separator: ", ")): \($0.words)" }
    }

    /// The axes of the image that some output sees as a whole, if there are others that can be cut; `nil` otherwise.
    static func wholeAxes(of report: ModelCheckReport) -> (whole: [String], others: [String])? {
        var axes: [(name: String, isWhole: Bool)] = []
        for reach in report.reaches {
            let name = String(parts(reach.place).axis), isWhole = reach.wholeOperators != nil
            if let index = axes.firstIndex(where: { $0.name == name }) {
                axes[index].isWhole = axes[index].isWhole || isWhole
            } else {
                axes.append((name, isWhole))
            }
        }
        let whole = axes.filter(\.isWhole).map(\.name), others = axes.filter { !$0.isWhole }.map(\.name)
        return whole.isEmpty || others.isEmpty ? nil : (whole, others)
    }

    /// The outputs that see all of some axis and not of others.
    private static func partialOutputs(of report: ModelCheckReport) -> Set<Substring> {
        let whole = Set(report.reaches.filter { $0.wholeOperators != nil }.map { parts($0.place).output })
        return whole.intersection(report.reaches.filter { $0.wholeOperators == nil }.map { parts($0.place).output })
    }

    /// The output's name may have points, the axis' has none.
    private static func parts(_ place: String) -> (output: Substring, axis: Substring) {
        let end = place.lastIndex(of: ".") ?? place.endIndex
        return (place[..<end], place[end...].dropFirst())
    }

    private static func words(_ reach: ModelCheckReport.Reach, isPartial: Bool) -> String {
        let halo = reach.declaredHalo.map { ", declared halo \($0)" } ?? ""
        guard let before = reach.before, let after = reach.after else {
            let by = reach.wholeOperators.map { " (\($0.joined(separator: ", ")))" } ?? ""
            return "each value depends on \(isPartial ? "all of the axis\(by)" : "the whole image")\(halo)\(extent(reach))"
        }
        let ends =
            before == after ? "\(before) pixels before and after its place" : "\(before) pixels before its place and \(after) after it"
        // Inside its own stride a value sees pixels that a tile has in any case.
        let needed = reach.stride == 1 ? "" : reach.neededHalo.map { " (tiles at multiples of the stride need \($0))" } ?? ""
        return "each value depends on at most \(ends), stride \(reach.stride)\(halo)\(needed)\(extent(reach))"
    }

    /// How large the output is, where it is not as large as the image.
    private static func extent(_ reach: ModelCheckReport.Reach) -> String {
        let scale = reach.scale == "1" ? "" : ", \(reach.scale) elements for a pixel"
        if reach.missing > 0 { return scale + ", begins at pixel \(reach.origin) and leaves out \(reach.missing) of both ends together" }
        let beyond = -reach.missing
        return beyond > 0 ? scale + ", reaches \(beyond) pixel\(beyond == 1 ? "" : "s") beyond the image, both ends together" : scale
    }
}
