import Challenges

/// How far the outputs of a network see, in words.
enum ReachText {
    /// A sentence for each output, or for each of its axes where these differ.
    static func sentences(of report: ModelCheckReport) -> [String] {
        var groups: [(output: Substring, axes: [Substring], words: String)] = []
        for reach in report.reaches {
            // The output's name may have points, the axis' has none.
            let end = reach.place.lastIndex(of: ".") ?? reach.place.endIndex
            let output = reach.place[..<end], axis = reach.place[end...].dropFirst(), words = words(reach)
            if let last = groups.indices.last, groups[last].output == output, groups[last].words == words {
                groups[last].axes.append(axis)
            } else {
                groups.append((output, [axis], words))
            }
        }
        return groups.map { "\($0.output) along \($0.axes.joined(separator: ", ")): \($0.words)" }
    }

    private static func words(_ reach: ModelCheckReport.Reach) -> String {
        let halo = reach.declaredHalo.map { ", declared halo \($0)" } ?? ""
        guard let before = reach.before, let after = reach.after else {
            return "each value depends on the whole image\(halo)\(extent(reach))"
        }
        let ends =
            before == after ? "\(before) pixels before and after its place" : "\(before) pixels before its place and \(after) after it"
        return "each value depends on at most \(ends), stride \(reach.stride)\(halo)\(extent(reach))"
    }

    /// How large the output is, where it is not as large as the image.
    private static func extent(_ reach: ModelCheckReport.Reach) -> String {
        let scale = reach.scale == "1" ? "" : ", \(reach.scale) elements for a pixel"
        if reach.missing > 0 { return scale + ", begins at pixel \(reach.origin) and leaves out \(reach.missing) of both ends together" }
        let beyond = -reach.missing
        return beyond > 0 ? scale + ", reaches \(beyond) pixel\(beyond == 1 ? "" : "s") beyond the image, both ends together" : scale
    }
}
