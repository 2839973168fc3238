import Foundation
import Records

/// The start of a new challenge: a commented challenge file, a README, and folders with empty case lists.
public enum ChallengeTemplate {
    /// Writes the start of a challenge and returns the paths of the files relative to the folder.
    ///
    /// What is left to fill in is what `ChallengeCheck` reports. Throws `ChallengeError.exists` if the folder holds anything,
    /// `badID` or `unwritable`.
    @discardableResult
    public static func write(id: String, title: String, to folder: String) throws(ChallengeError) -> [String] {
        guard Identifier.isValid(id) else { throw .badID(id) }
        let manager = FileManager.default
        if manager.fileExists(atPath: folder) {
            guard (try? manager.contentsOfDirectory(atPath: folder))?.isEmpty == true else { throw .exists(path: folder) }
        }
        let files = files(id: id, title: title)
        for directory in ["data/practice/images", "data/practice/labels", "data/test/images", "data/test/labels", "submissions"] {
            do {
                try manager.createDirectory(atPath: RelativePath.join(folder, directory), withIntermediateDirectories: true)
            } catch {
                throw .unwritable(path: RelativePath.join(folder, directory), reason: "the folder cannot be made")
            }
        }
        for (path, text) in files {
            do {
                try AtomicFile.write(text: text, to: RelativePath.join(folder, path))
            } catch {
                throw .unwritable(path: RelativePath.join(folder, path), reason: "the file cannot be written")
            }
        }
        return files.map(\.path)
    }

    /// The files with their texts, the challenge file first.
    private static func files(id: String, title: String) -> [(path: String, text: String)] {
        [
            (Challenge.fileName, challengeFile(id: id, title: title)),
            ("README.md", readme(id: id, title: title)),
            ("data/practice/cases.csv", "id,image,truth,group\n"),
            ("data/test/cases.csv", "id,image,truth,group\n"),
        ]
    }

    private static func challengeFile(id: String, title: String) -> String {
        let design = DesignField.allCases.map { "  # \($0.question)\n  \($0.rawValue): \"\"\n" }.joined()
        return """
            # A challenge. `concours challenge check` names what is missing or wrong, with line and what to write.
            # Texts in quotes may hold any character. Times carry their zone. Quantities carry their unit.
            concours: 1
            id: "\(id)"
            title: "\(escaped(title))"
            # A few sentences for the front page.
            summary: ""
            # The licence of the data, as an SPDX identifier such as CC0-1.0 or CC-BY-4.0.
            licence: ""
            organisers:
              - name: ""
                # orcid: 0000-0002-1825-0097
                # affiliation: {name: An institute, ror: "https://ror.org/02catss52"}

            task:
              # instanceSegmentation (each object has its number) or semanticSegmentation (each class has its number).
              kind: instanceSegmentation
              # The name is the stem of the file: image.png goes in, labels.tiff comes out.
              # Axes, slowest first: yx, zyx, cyx (channels first), yxc (RGB).
              input:
                image: {axes: yx, formats: [tiff, png]}
              output:
                labels: {axes: yx, formats: [tiff, png]}

            # A case list is a CSV file with the columns id,image,truth,group and optionally spacing;
            # paths are relative to the list. The group is the patient, plate or specimen.
            splits:
              practice:
                cases: data/practice/cases.csv
                visibility: public
              test:
                cases: data/test/cases.csv
                visibility: hidden

            # debug: public cases, full logs.  validation: hidden cases, scores at once.
            # final: hidden cases, scores when it has closed.  archive: stays open afterwards.
            phases:
              - id: practice
                kind: debug
                split: practice
              - id: final
                kind: final
                split: test
                # Such as 2026-12-01T09:00[Europe/Berlin].
                opens: ""
                closes: ""
                # So many submissions of a team in any period of this length (or: per: phase).
                quota: {submissions: 3, per: 7d}

            # What a submission may use for one case.
            limits:
              wall: 60s
              cpu: 60s
              memory: 2GiB
              processes: 64
              output: 256MiB

            # The first is the primary one: it decides the ranking. `concours score --list` explains each.
            metrics:
              - ap@1/2:19/20:1/20
              - ap@1/2
              - pq

            ranking:
              # rankThenAggregate (rank on each case, then average) or aggregateThenRank.
              scheme: rankThenAggregate
              aggregate: mean
              ties: min
              # A case without a result counts as the worst value.
              missing: worst
              bootstrap: 1000
              seed: 1
              # What the bootstrap draws: group (all cases of a patient, plate or specimen together) or case.
              group: group

            # The design, after the BIAS guideline (doi:10.1016/j.media.2020.101796).
            # Answer each question, or write "not applicable: reason".
            design:
            \(design)
            """
    }

    private static func readme(id: String, title: String) -> String {
        """
        # \(title.split { $0.isNewline }.joined(separator: " "))

        A Concours challenge.

        | what | where |
        |---|---|
        | task, phases, limits, metrics, ranking, design | `challenge.yaml` |
        | public cases | `data/practice/cases.csv`, with `images` and `labels` |
        | hidden cases | `data/test/cases.csv`, with `images` and `labels` |
        | example submissions | `submissions` |

        A line of a case list: `p01,images/p01.tif,labels/p01.tif,plate-A` (id, image, truth, group).
        Keep hidden files out of the folders of public ones.

            concours challenge check .       what is missing or wrong
            concours challenge describe .    what participants will read
            concours try . --submission submissions/…

        """
    }

    /// A text inside double quotes of YAML.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 32 || (127...159).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}":
                result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
