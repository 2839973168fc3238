import Plots
import Testing

@Suite("Numbers as people read them")
struct NumberTextTests {
    @Test(
        "A score has three decimals below 10 and fewer above",
        arguments: [
            (0.0, "0.000"), (0.8125, "0.813"), (1, "1.000"), (-0.25, "−0.250"), (-0.0001, "0.000"), (9.9996, "10.00"), (12.345, "12.35"),
            (123.45, "123.5"), (1234.5, "1235"), (1e20, "1e+20"),
        ])
    func scores(value: Double, text: String) {
        #expect(NumberText.score(value) == text)
    }

    @Test("What is no number is a dash")
    func noNumber() {
        #expect(NumberText.score(nil) == "–")
        #expect(NumberText.score(.nan) == "–")
        #expect(NumberText.fixed(.infinity, places: 2) == "–")
        #expect(NumberText.interval(nil) == "–")
    }

    @Test("Both ends of an interval have the same decimals")
    func interval() {
        #expect(NumberText.interval(0.7115...0.8) == "0.712 to 0.800")
        #expect(NumberText.interval(-0.5...12) == "−0.50 to 12.00")
    }

    @Test(
        "A share is 100 % or 0 % only when it is exactly that",
        arguments: [(0.0, "0 %"), (0.001, "< 1 %"), (0.625, "63 %"), (0.995, "> 99 %"), (1, "100 %")])
    func percent(share: Double, text: String) {
        #expect(NumberText.percent(share) == text)
    }

    @Test(
        "A duration is in the unit that suits it",
        arguments: [
            (0.0084, "8.4 ms"), (0.42, "420 ms"), (0.9996, "1.00 s"), (9.996, "10.0 s"), (59.96, "1 min 00 s"), (245.0, "4 min 05 s"),
            (7380.0, "2 h 03 min"), (-1, "–"),
        ])
    func seconds(seconds: Double, text: String) {
        #expect(NumberText.seconds(seconds) == text)
    }

    @Test(
        "A size is in the binary unit that suits it",
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (831_488, "812 KiB"), (1_048_570, "1.00 MiB"), (67_633_152, "64.5 MiB"),
            (2_147_483_648, "2.00 GiB"), (-1, "–"),
        ])
    func bytes(bytes: Int, text: String) {
        #expect(NumberText.bytes(bytes) == text)
    }

    @Test("Counts are grouped from 10 000 on")
    func counts() {
        #expect(NumberText.count(9999) == "9999")
        #expect(NumberText.count(12_345) == "12\u{202F}345")
        #expect(NumberText.count(-1_234_567) == "−1\u{202F}234\u{202F}567")
    }
}
