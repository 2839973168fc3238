import Plots
import Testing

@Suite("The scale of a plot")
struct PlotScaleTests {
    @Test("Ticks are round numbers that cover the values, exact to the last bit")
    func roundTicks() {
        let scale = PlotScale(covering: [0.43, 0.87], within: 0...1)
        #expect(scale.ticks == [0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
        #expect(scale.ticks.map(scale.label) == ["0.4", "0.5", "0.6", "0.7", "0.8", "0.9"])
        #expect((scale.lower, scale.upper) == (0.4, 0.9))
    }

    @Test(
        "Any values give an ascending scale that holds them",
        arguments: [
            [], [.nan], [0], [0.5], [1, 1, 1], [-3, 4], [0, 1e-12], [1e9, 1e9 + 1], [-1e300, 1e300], [.infinity, 2], [123_456, 7],
        ] as [[Double]])
    func alwaysAscending(values: [Double]) {
        let scale = PlotScale(covering: values)
        #expect(scale.lower < scale.upper)
        #expect(scale.ticks == scale.ticks.sorted())
        #expect(scale.ticks.count >= 2 && scale.ticks.count <= 22)
        for value in values where value.isFinite { #expect((0...1).contains(scale.position(value))) }
    }

    @Test("A scale does not leave the range of the metric")
    func range() {
        let scale = PlotScale(covering: [0.98, 1], within: 0...1)
        #expect(scale.upper == 1)
        let single = PlotScale(covering: [1], within: 0...1)
        #expect(single.upper == 1 && single.lower < 1)
    }

    @Test("Positions run from 0 to 1 and stop at the ends")
    func positions() {
        let scale = PlotScale(covering: [0, 10])
        #expect(scale.position(0) == 0)
        #expect(scale.position(5) == 0.5)
        #expect(scale.position(12) == 1)
        #expect(scale.position(-1) == 0)
    }
}
