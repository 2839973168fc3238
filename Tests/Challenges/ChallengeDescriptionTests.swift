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
            "  final [not open yet]: final on test; 3 submissions in any 7d",
            "    opens 2026-12-01 03:00 (in 7 d 0 h), closes 2027-03-01 12:00 (in 97 d 9 h), results come",
            "\n    2027-03-15 07:00 (in 111 d 3 h), America/New_York time",
            "  1min elapsed, 1min of processor, 2GiB of memory, 256MiB of output, 64 processes",
            "Metrics (the first decides the ranking)\n  ap@1/2:19/20:1/20:", "seed 1.", "purpose: Counting and measuring nuclei",
        ] {
            #expect(text.contains(part), "\(part)\n\(text)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test("The state follows the clock")
    func states() throws {
        #expect(try description(at: "2026-12-01T09:00[Europe/Berlin]").phases.map(\.state) == [.open, .open])
        #expect(try description(at: "2027-03-01T18:00[Europe/Berlin]").phases.map(\.state) == [.open, .sealed])
        let later = try description(at: "2027-04-01T18:00[Europe/Berlin]", zone: "UTC")
        #expect(later.phases.map(\.state) == [.open, .closed])
        #expect(later.phases.last?.times.contains("closed 2027-03-01 17:00 (30 d 23 h ago)") == true, "\(later.phases)")
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
