/// All values of one series on one scale: a dot each, stacked where they coincide, above a box from the first to the
/// third quartile with a line at the median. Failed cases are crosses at the value that they count as.
public struct StripPlot: Sendable {
    /// The scale.
    public var scale: PlotScale
    /// The values.
    public var values: [Double]
    /// The values of failed cases.
    public var failed: [Double]
    /// What the plot is called.
    public var title: String

    /// Makes a plot of its parts; values that are not finite are not drawn.
    public init(scale: PlotScale, values: [Double], failed: [Double], title: String) {
        self.scale = scale
        self.values = values.filter(\.isFinite)
        self.failed = failed.filter(\.isFinite)
        self.title = title
    }

    /// The drawing with its name and a description in numbers.
    public var svg: String {
        let piles = self.piles
        let highest = piles.map { $0.dots + $0.crosses }.max() ?? 0
        let gap = highest > 12 ? 84.0 / Double(highest) : 7.0
        let base = Double(highest) * gap + 14
        let height = Int(base) + 44
        var content = scale.ticks.map {
            "<line class=\"grid\" x1=\"\(scale.percent($0))\" x2=\"\(scale.percent($0))\" y1=\"0\" y2=\"\(height - 18)\" "
                + "stroke=\"currentColor\" stroke-opacity=\".12\"/>"
        }.joined()
        for pile in piles {
            for level in 0..<(pile.dots + pile.crosses) {
                let y = SVG.number(base - (Double(level) + 0.5) * gap)
                let x = SVG.number(6 + 88 * pile.position) + "%"
                content +=
                    level < pile.crosses
                    ? SVG.cross("failed", x: x, y: y, arm: 3)
                    : SVG.circle("mark", x: x, y: y, radius: min(3.25, max(1, gap * 0.48)), opacity: ".8")
            }
        }
        if let low = quantile(0.25), let middle = quantile(0.5), let high = quantile(0.75) {
            content +=
                "<rect class=\"band\" x=\"\(scale.percent(low))\" y=\"\(SVG.number(base + 5))\" "
                + "width=\"\(scale.percentWidth(low...max(low, high)))\" height=\"10\" fill=\"currentColor\" fill-opacity=\".2\"/>"
            content +=
                "<line class=\"mark\" x1=\"\(scale.percent(middle))\" x2=\"\(scale.percent(middle))\" y1=\"\(SVG.number(base + 2))\" "
                + "y2=\"\(SVG.number(base + 18))\" stroke=\"currentColor\" stroke-width=\"2.5\"/>"
        }
        content += scale.ticks.map { SVG.label(scale.label($0), x: scale.percent($0), y: "\(height - 4)") }.joined()
        return SVG.figure("strip", height: height, title: title, description: summary, content)
    }

    /// The plot in a sentence.
    public var summary: String {
        let all = values + failed
        guard let lowest = all.min(), let highest = all.max() else { return "No values." }
        var text = "\(all.count) values from \(NumberText.score(lowest)) to \(NumberText.score(highest))"
        text += ", median \(NumberText.score(quantile(0.5))), middle half from \(NumberText.score(quantile(0.25)))"
        text += " to \(NumberText.score(quantile(0.75)))"
        return failed.isEmpty ? text + "." : text + "; \(failed.count) of them failed cases at their worst value."
    }

    private struct Pile {
        var position: Double
        var dots = 0
        var crosses = 0
    }

    /// Each value goes to the nearest of 81 piles from one end of the scale to the other.
    private var piles: [Pile] {
        let last = 80
        var piles = (0...last).map { Pile(position: Double($0) / Double(last)) }
        func index(_ value: Double) -> Int { Int((scale.position(value) * Double(last)).rounded()) }
        for value in values { piles[index(value)].dots += 1 }
        for value in failed { piles[index(value)].crosses += 1 }
        return piles.filter { $0.dots + $0.crosses > 0 }
    }

    /// Type 7: linear between the order statistics, failed cases included.
    private func quantile(_ share: Double) -> Double? {
        let sorted = (values + failed).sorted()
        guard let last = sorted.last else { return nil }
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}
