import Challenges
import Foundation

/// A complete and right challenge, and what tests do to it.
enum Sample {
    static let yaml = """
        # Nuclei in fluorescence microscopy.
        concours: 1
        id: nuclei
        title: Nuclei in microscopy
        summary: Find every nucleus in a fluorescence image and give each its own number.
        licence: BSD-3-Clause
        organisers:
          - name: Ada Lovelace
            orcid: 0000-0002-1825-0097
            affiliation: {name: Institute of Examples, ror: "https://ror.org/02catss52"}

        task:
          kind: instanceSegmentation
          input:
            image: {axes: yx, formats: [tiff, png]}
          output:
            labels: {axes: yx, formats: [tiff, png]}

        splits:
          practice: {cases: data/practice/cases.csv, visibility: public}
          test: {cases: data/test/cases.csv, visibility: hidden}

        phases:
          - id: practice
            kind: debug
            split: practice
          - id: final
            title: Final test
            kind: final
            split: test
            opens: 2026-12-01T09:00[Europe/Berlin]
            closes: 2027-03-01T18:00[Europe/Berlin]
            results: 2027-03-15T12:00[Europe/Berlin]
            quota: {submissions: 3, per: 7d}

        limits: # for one case
          wall: 60s
          cpu: 60s
          memory: 2GiB
          processes: 64
          output: 256MiB

        metrics: # the first one decides the ranking
          - ap@1/2:19/20:1/20
          - ap@1/2
          - pq

        ranking:
          scheme: rankThenAggregate
          aggregate: mean
          ties: min
          missing: worst
          bootstrap: 1000
          seed: 1
          group: group

        design:
          purpose: Counting and measuring nuclei is the first step of most screens; a laboratory without annotations needs a method that works at once.
          cohort: Fluorescence images of stained nuclei from any laboratory; the images here come from one source, so they show less variety.
          imaging: Wide-field fluorescence microscopy with a nuclear stain, one plane, 8 or 16 bits.
          targetEntity: Nuclei of cultured cells; every nucleus is one object, touching nuclei are different objects.
          aims: Accuracy of detection and outline on images that no method has seen.
          lifeCycle: Held once, kept open as an example.
          participation: Everybody; methods must be fully automatic; organisers may take part outside the ranking.
          trainingData: The practice split and any other data that is public.
          awards: "not applicable: it is an example"
          publication: The leaderboard is public; everybody may publish their own results at once.
          codeAvailability: The evaluation is Concours itself; participants are asked to publish their code.
          conflictsOfInterest: No funding; the hidden truth can be read by everybody who installs the example.
          ethics: "not applicable: cultured cells, no personal data"
          caseDefinition: One case is one crop of an image; the group is the region of the slide that it was cut from.
          caseNumbers: As many crops as the source image gives without overlap.
          annotation: Outlines drawn by hand by the authors of the source, one annotator for each image.
          preprocessing: Cut into crops without any change of values.
          errorSources: Dim nuclei may be missing, outlines may be off by one or two pixels.
          metricRationale: Average precision over thresholds sees missed, merged and badly outlined objects alike.
          rankingRationale: Ranking on each case first keeps one easy or crowded image from deciding.

        """

    /// The number of cases of the hidden split (prefix `t`), the fewest without a warning, and of any other.
    static func caseCount(_ prefix: String) -> Int { prefix == "t" ? 50 : 12 }

    /// Cases in six groups.
    static func caseList(_ prefix: String) -> String {
        let lines = (0..<caseCount(prefix)).map {
            "\(prefix)\($0),images/\(prefix)\($0).tif,labels/\(prefix)\($0).tif,\(prefix)-plate-\($0 % 6)"
        }
        return "id,image,truth,group\n" + lines.joined(separator: "\n") + "\n"
    }

    static let lists = ["data/practice/cases.csv": caseList("p"), "data/test/cases.csv": caseList("t")]

    /// Reads a challenge file with case lists that are right, or with others in their place.
    static func read(_ yaml: String, lists: [String: String] = [:]) -> (challenge: Challenge?, diagnostics: [Diagnostic]) {
        Challenge.read(Array(yaml.utf8)) { path in (lists[path] ?? Self.lists[path]).map { Array($0.utf8) } }
    }

    /// The sample with one place changed; the place must be there once.
    static func changed(_ old: String, to new: String, in text: String = yaml) -> String {
        precondition(text.components(separatedBy: old).count == 2, "\(old) is not there exactly once")
        return text.replacingOccurrences(of: old, with: new)
    }

    /// The number of the line that holds a text.
    static func line(of part: String, in text: String) -> Int? {
        text.components(separatedBy: "\n").firstIndex { $0.contains(part) }.map { $0 + 1 }
    }

    /// A fresh empty folder, removed after use.
    static func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("challenges-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }
}

extension ChallengeReport {
    /// The lines of the errors and warnings.
    var lines: [String] { diagnostics.map(\.text) }
}
