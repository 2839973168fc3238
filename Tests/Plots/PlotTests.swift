import Foundation
import FoundationXML
import Plots
import Testing

@Suite("Plots")
struct PlotTests {
    static let scale = PlotScale(covering: [0, 1])
    static let hostile = "<script>\"&\u{301}'"

    static var all: [(name: String, svg: String)] {
        [
            ("interval", IntervalRow(scale: scale, value: 0.5, interval: 0.4...0.7, band: 0.1...0.9, reference: 0.3).svg),
            ("failed", IntervalRow(scale: scale, value: 0, marker: .failed).svg),
            ("hollow", IntervalRow(scale: scale, value: 1, marker: .hollow).svg), ("axis", scale.axis),
            ("ranks", RankRow(shares: [0.7, 0.2, 0.1], interval: 1...3, median: 1).svg), ("rank axis", RankRow.axis(count: 60)),
            ("heat", HeatRow(cells: [.value(0), .value(1), .failed, .undefined], title: hostile, summary: hostile).svg),
            ("strip", StripPlot(scale: scale, values: [0.1, 0.5, 0.5], failed: [0], title: hostile).svg),
            ("empty strip", StripPlot(scale: scale, values: [], failed: [], title: "nothing").svg),
            ("empty heat", HeatRow(cells: [], title: "nothing", summary: "").svg),
            ("no ranks", RankRow(shares: [], interval: nil, median: nil).svg),
        ]
    }

    @Test("Every plot is well-formed XML, without ids, colours, styles or addresses", arguments: all.map(\.name))
    func wellFormed(name: String) throws {
        let svg = try #require(PlotTests.all.first { $0.name == name }?.svg)
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(svg)")
        for forbidden in [" id=", "style=", "url(", "href", "rgb", "#0", "<script", "NaN", "nan", "inf%"] {
            #expect(!svg.contains(forbidden))
        }
    }

    @Test("A plot that stands for itself has a name and a description; one beside its numbers is hidden from screen readers")
    func accessible() {
        let strip = StripPlot(scale: PlotTests.scale, values: [0.25, 0.5, 1], failed: [0], title: "pq of each case").svg
        #expect(strip.contains("role=\"img\" aria-label=\"pq of each case\""))
        #expect(strip.contains("<title>pq of each case</title>"))
        #expect(
            strip.contains(
                "<desc>4 values from 0.000 to 1.000, median 0.375, middle half from 0.188 to 0.625; "
                    + "1 of them failed cases at their worst value.</desc>"))
        #expect(IntervalRow(scale: PlotTests.scale, value: 0.5).svg.contains("aria-hidden=\"true\""))
        let heat = HeatRow(cells: [.value(1)], title: "row", summary: "all good").svg
        #expect(heat.contains("<title>row</title><desc>all good</desc>"))
    }

    @Test("A value stands where the scale says, its interval around it")
    func positions() {
        let svg = IntervalRow(scale: PlotTests.scale, value: 0.5, interval: 0.25...0.75).svg
        #expect(svg.contains("<circle class=\"mark\" cx=\"50%\" cy=\"50%\""))
        #expect(svg.contains("x1=\"28%\" x2=\"72%\""))
    }

    @Test("Without a value only the grid is drawn")
    func gridAlone() {
        let svg = IntervalRow(scale: PlotTests.scale, value: nil).svg
        #expect(!svg.contains("circle") && svg.contains("class=\"grid\""))
    }

    @Test("A strip plot draws one dot a value and one cross a failure")
    func dots() {
        let svg = StripPlot(scale: PlotTests.scale, values: [0.1, 0.1, 0.9, .nan], failed: [0, 0], title: "t").svg
        #expect(svg.components(separatedBy: "<circle").count - 1 == 3)
        #expect(svg.components(separatedBy: "class=\"failed\"").count - 1 == 2)
    }

    @Test("Neighbours of one shade are one rectangle, and a failure differs by shape")
    func heat() {
        let svg = HeatRow(cells: [.value(1), .value(0.95), .value(0), .failed, .undefined, .value(2)], title: "t", summary: "s").svg
        #expect(svg.contains("d=\"M0 0h2V10h-2zM5 0h1V10h-1z\""))
        #expect(svg.contains("<path class=\"failed\" d=\"M3 6h1V10h-1z\""))
        #expect(svg.contains("viewBox=\"0 0 6 10\""))
    }

    @Test("A rank that came out four times as often has a circle of twice the radius")
    func areas() {
        let svg = RankRow(shares: [0.8, 0.2], interval: nil, median: nil).svg
        #expect(svg.contains("r=\"9.84\"") && svg.contains("r=\"4.92\""))
    }

    @Test("Shades run from 0 to 9", arguments: [(-1.0, 0), (0, 0), (0.5, 5), (1, 9), (7, 9), (.nan, 0)])
    func shades(goodness: Double, shade: Int) {
        #expect(HeatRow.shade(goodness) == shade)
    }
}
