/// One row of a heat map, drawn into a table cell: a cell per case, the stronger the colour the better.
///
/// A failed case is a low bar in the colour of failures, so that it differs by shape and not by colour alone.
public struct HeatRow: Sendable {
    /// One cell.
    public enum Cell: Sendable, Equatable {
        /// A score as its goodness: 0 is the worst end of the scale, 1 the best.
        case value(Double)
        /// The case has no result and counts as the worst value.
        case failed
        /// The metric is undefined here.
        case undefined
    }

    /// The cells in the order of the columns.
    public var cells: [Cell]
    /// What the row is called, for screen readers.
    public var title: String
    /// What the row shows in a sentence, for screen readers.
    public var summary: String

    /// Makes a row of its parts.
    public init(cells: [Cell], title: String, summary: String) {
        self.cells = cells
        self.title = title
        self.summary = summary
    }

    /// The drawing; it fills its box in both directions. Cells of one shade are one path, so that a row of hundreds stays small.
    public var svg: String {
        var shades: [[Int]] = Array(repeating: [], count: HeatRow.shadeCount)
        var failed: [Int] = []
        for (index, cell) in cells.enumerated() {
            switch cell {
            case .value(let goodness): shades[HeatRow.shade(goodness)].append(index)
            case .failed: failed.append(index)
            case .undefined: continue
            }
        }
        var content = ""
        for (shade, columns) in shades.enumerated() where !columns.isEmpty {
            content +=
                "<path class=\"heat\" d=\"\(path(columns, top: 0))\" fill=\"currentColor\" "
                + "fill-opacity=\"\(HeatRow.opacity(shade))\"/>"
        }
        if !failed.isEmpty {
            content += "<path class=\"failed\" d=\"\(path(failed, top: 6))\" fill=\"currentColor\"/>"
        }
        let name = MarkupText.escaped(title)
        return
            "<svg class=\"plot heatrow\" width=\"100%\" height=\"100%\" viewBox=\"0 0 \(max(1, cells.count)) 10\" "
            + "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"\(name)\" focusable=\"false\"><title>\(name)</title>"
            + "<desc>\(MarkupText.escaped(summary))</desc>\(content)</svg>"
    }

    /// How many shades a heat map has; table cells use the same steps.
    public static let shadeCount = 10

    /// The shade of a goodness from 0 (worst) to 9 (best).
    public static func shade(_ goodness: Double) -> Int {
        guard goodness.isFinite else { return 0 }
        return min(shadeCount - 1, max(0, Int(goodness * Double(shadeCount))))
    }

    private static func opacity(_ shade: Int) -> String {
        SVG.number(0.06 + 0.94 * Double(shade) / Double(shadeCount - 1))
    }

    /// Neighbours of one shade become one rectangle.
    private func path(_ columns: [Int], top: Int) -> String {
        var result = ""
        var start = 0
        while start < columns.count {
            var end = start
            while end + 1 < columns.count && columns[end + 1] == columns[end] + 1 { end += 1 }
            result += "M\(columns[start]) \(top)h\(end - start + 1)V10h-\(end - start + 1)z"
            start = end + 1
        }
        return result
    }
}
