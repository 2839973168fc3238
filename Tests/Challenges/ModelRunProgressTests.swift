import Challenges
import Testing

@Suite("Progress of a model's run")
struct ModelRunProgressTests {
    private func tiles(_ done: Int, of all: Int = 200) -> ModelRunProgress { ModelRunProgress(stage: .tiles, done: done, all: all) }

    private func check(_ lines: [(progress: ModelRunProgress, seconds: Double, isDue: Bool)]) {
        var pace = ProgressPace()
        for line in lines {
            let isDue = pace.isDue(line.progress, at: line.seconds)
            #expect(isDue == line.isDue, "\(line)")
        }
    }

    @Test("A log gets a line at once, one for each tenth, and none within ten seconds of another")
    func tenths() {
        check([
            (tiles(0), 0, true), (tiles(19), 60, false), (tiles(20), 61, true), (tiles(60), 70.9, false), (tiles(61), 71, true),
            (tiles(61), 7000, false),
        ])
    }

    @Test("Slow work is told every ten minutes, and a new stage at once")
    func life() {
        let reading = ModelRunProgress(stage: .reading), many = 100_000
        check([
            (reading, 0, true), (reading, 900, false), (tiles(0, of: many), 901, true), (tiles(1, of: many), 1500, false),
            (tiles(2, of: many), 1501, true), (ModelRunProgress(stage: .finishing, done: many, all: many), 1502, true),
        ])
    }

    @Test("The time that is left follows from the tiles of this run, not from those of an interrupted one")
    func text() {
        var text = ProgressText()
        let lines = [
            (ModelRunProgress(stage: .reading), 0, "reading the image"), (tiles(100), 10, "100 of 200 tiles"),
            (tiles(110), 15, "110 of 200 tiles, 2.0 a second, 45 s left"),
            (tiles(110), 110, "110 of 200 tiles, 6.0 a minute, 15 min left"),
            (tiles(101), 3610, "101 of 200 tiles, 1.0 an hour, 99 h 0 min left"),
            (ModelRunProgress(stage: .finishing, done: 1, all: 1), 4000, "1 tile done, making the result"),
        ]
        for (progress, seconds, expected) in lines {
            let line = text.text(progress, at: Double(seconds))
            #expect(line == expected)
        }
    }

    @Test("Numbers that cannot be true are not believed")
    func plausible() {
        #expect(tiles(3).isPlausible && tiles(200).isPlausible && ModelRunProgress(stage: .reading).isPlausible)
        #expect(!tiles(201).isPlausible && !tiles(-1).isPlausible && !tiles(0, of: .max).isPlausible)
        #expect(!ModelRunProgress(stage: .tiles, notes: [String](repeating: "", count: 21)).isPlausible)
    }
}
