import Challenges
import Foundation
import Testing

@Suite("Description of a challenge")
struct ChallengeDescriptionTests {
    private func description(at now: String, zone: String = "America/New_York") throws -> ChallengeDescription {
        let challenge = try #require(Sample.read(Sample.yaml).challenge)
        return ChallengeDescription(challenge, now: try ZonedTime(now).date, zone: try #require(TimeZone(identifier: zone)))
    }

    @Test("It tells task, splits, phases, limits, metrics and ranking in words")
    func words() throws {
        let text = try description(at: "2026-11-24T09:00[Europe/Berlin]").text
        for part in [
            "Nuclei in microscopy (nuclei)", "By Ada Lovelace, Institute of Examples. Data: BSD-3-Clause.",
            "Instance segmentation: one input `image` (axes yx, tiff or png) for each case",
            "  practice: 12 cases in 6 groups, public", "  test: 50 cases in 6 groups, hidden",
            "  practice [open]: debug on practice; any number of submissions\n    always open",
            "  final [not open yet]: final on test; 3 submissions in any 7 d",
            "    opens 2026-12-01 09:00 Europe/Berlin = 2026-12-01 03:00 America/New_York (in 7 d 0 h)\n"
                + "    closes 2027-03-01 18:00 Europe/Berlin = 2027-03-01 12:00 America/New_York (in 97 d 9 h)\n"
                + "    results come 2027-03-15 12:00 Europe/Berlin = 2027-03-15 07:00 America/New_York (in 111 d 3 h)\n",
            "  60 s elapsed, 60 s of processor, 2 GiB of memory, 256 MiB of output, 64 processes\n  Elapsed time has one second of grace",
            "Metrics (the first decides the ranking)\n  ap@1/2:19/20:1/20:", "seed 1.",
            "  Purpose                Counting and measuring nuclei",
            "\n  Conflicts of interest  No funding", "\nDesign: organisation\n  Life cycle             Held once",
        ] {
            #expect(text.contains(part), "\(part)\n\(text)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test("The text of a design field hangs under its own beginning, and no key is left in the way it is spelt in the file")
    func design() throws {
        let text = try description(at: "2026-11-24T09:00[Europe/Berlin]").text
        let design = try #require(text.range(of: "Design: mission")).lowerBound
        for line in text[design...].split(separator: "\n") where !line.hasPrefix("Design: ") {
            let isContinued = line.hasPrefix(String(repeating: " ", count: 25))
            let hasLabel = DesignField.allCases.contains { line.hasPrefix("  \($0.label)  ") }
            #expect(isContinued != hasLabel, "\(line)")
        }
        for field in DesignField.allCases {
            #expect(!text.contains("\(field.rawValue):") && text.contains("\n  \(field.label)  "), "\(field)")
        }
    }

    @Test("What members of a family have in common is said once")
    func families() throws {
        let yaml = Sample.changed("  - pq\n", to: "  - pq\n  - ap@3/4\n")
        let challenge = try #require(Sample.read(yaml).challenge)
        let text = ChallengeDescription(challenge, now: Date(timeIntervalSince1970: 0), zone: .gmt).text
        #expect(text.components(separatedBy: "TP / (TP + FP + FN) of one image").count == 2, "\(text)")
        #expect(text.components(separatedBy: "Caicedo et al.").count == 2)
        let ids = text.split(separator: "\n").compactMap { line in
            ["ap@1/2:19/20:1/20", "ap@1/2", "ap@3/4", "pq"].last { line.hasPrefix("  \($0): ") }
        }
        #expect(ids == ["ap@1/2:19/20:1/20", "ap@1/2", "ap@3/4", "pq"])
    }

    @Test("It says how to hand in, with the names of the files")
    func handIn() throws {
        let description = try description(at: "2026-11-24T09:00[Europe/Berlin]")
        #expect(description.handIn.map { $0.prefix { $0 != ":" } } == ["model", "program", "predictions"])
        let words = description.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for part in [
            "`bioimageio.yaml` and ONNX weights", "`/input/case.json`", "`/input/image.png`", "`/output/labels.tif`",
            "`kind: predictions`", "one file `<case id>.tiff`, `<case id>.tif` or `<case id>.png`",
        ] {
            #expect(words.contains(part), "\(part)\n\(words)")
        }
    }

    @Test("A reader in the zone of the file is not told the same time twice")
    func sameZone() throws {
        let phase = try #require(description(at: "2026-11-24T09:00[Europe/Berlin]", zone: "Europe/Berlin").phases.last)
        #expect(phase.times.first == "opens 2026-12-01 09:00 Europe/Berlin (in 7 d 0 h)")
    }

    @Test("The state follows the clock")
    func states() throws {
        #expect(try description(at: "2026-12-01T09:00[Europe/Berlin]").phases.map(\.state) == [.open, .open])
        #expect(try description(at: "2027-03-01T18:00[Europe/Berlin]").phases.map(\.state) == [.open, .sealed])
        let later = try description(at: "2027-04-01T18:00[Europe/Berlin]", zone: "UTC")
        #expect(later.phases.map(\.state) == [.open, .closed])
        #expect(
            later.phases.last?.times.contains("closed 2027-03-01 18:00 Europe/Berlin = 2027-03-01 17:00 UTC (30 d 23 h ago)") == true,
            "\(later.phases)")
    }

    @Test("Every metric comes with its convention and source")
    func metrics() throws {
        for metric in try description(at: "2026-12-01T09:00[Europe/Berlin]").metrics {
            #expect(metric.convention.count > 40 && !metric.source.isEmpty, "\(metric)")
        }
    }

    @Test("It is the same after a round through JSON")
    func codable() throws {
        let description = try description(at: "2026-12-01T09:00[Europe/Berlin]")
        #expect(try JSONDecoder().decode(ChallengeDescription.self, from: JSONEncoder().encode(description)) == description)
    }
}
