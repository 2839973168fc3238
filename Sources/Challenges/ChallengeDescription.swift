public import Foundation
import Imaging
import Metrics

/// What a challenge is, for people in a terminal (`text`) and for programs (`Codable`), as it stands at an instant.
public struct ChallengeDescription: Sendable, Codable, Equatable {
    /// A split with its numbers.
    public struct SplitSummary: Sendable, Codable, Equatable {
        /// The split's name.
        public let id: String
        /// Who may see it.
        public let visibility: Split.Visibility
        /// The number of cases.
        public let cases: Int
        /// The number of different groups.
        public let groups: Int
    }

    /// A phase with its state.
    public struct PhaseSummary: Sendable, Codable, Equatable {
        /// The phase's name.
        public let id: String
        /// The name for people.
        public let title: String
        /// What kind of phase it is.
        public let kind: PhaseKind
        /// The split that it runs.
        public let split: String
        /// Where it stands.
        public let state: PhaseState
        /// When it opens, as written in the file; `nil` if it was always open.
        public let opens: String?
        /// When it closes, as written; `nil` if never.
        public let closes: String?
        /// When the results are released, as written; `nil` if at closing.
        public let results: String?
        /// The quota in words.
        public let quota: String
        /// Opening, closing and release, each on the clock of the file and on the reader's, for people; empty if always open.
        public let times: [String]
    }

    /// A metric with its meaning.
    public struct MetricSummary: Sendable, Codable, Equatable {
        /// The id.
        public let id: String
        /// The name in words.
        public let title: String
        /// Formula, threshold rule, empty images.
        public let convention: String
        /// Where the definition comes from.
        public let source: String
    }

    /// The challenge's id.
    public let id: String
    /// Its name for people.
    public let title: String
    /// What it is about.
    public let summary: String?
    /// The licence of the data.
    public let licence: String
    /// Who runs it.
    public let organisers: [Organiser]
    /// The task in a sentence.
    public let task: String
    /// What a submission must write, in a sentence.
    public let output: String
    /// How to hand in, a sentence for each kind of submission.
    public let handIn: [String]
    /// The splits.
    public let splits: [SplitSummary]
    /// The phases.
    public let phases: [PhaseSummary]
    /// The limits by name; the names carry the units.
    public let limits: [String: Int]
    /// The metrics; the first decides the ranking.
    public let metrics: [MetricSummary]
    /// The ranking in sentences.
    public let ranking: [String]
    /// The design, field by field.
    public let design: [String: String]

    /// Describes a challenge at the instant `now`, with times on the clocks of `zone`.
    public init(_ challenge: Challenge, now: Date, zone: TimeZone) {
        id = challenge.id
        title = challenge.title
        summary = challenge.summary
        licence = challenge.licence
        organisers = challenge.organisers
        let input = challenge.task.input
        let formats = input.formats.map(\.rawValue).joined(separator: " or ")
        task = "\(challenge.task.kind.words): one input `\(input.name)` (axes \(input.axesText), \(formats)) for each case"
        output = challenge.outputContract.sentence
        handIn = SubmissionKind.allCases.map { $0.sentence(for: challenge.task) }
        splits = challenge.splits.map {
            SplitSummary(id: $0.id, visibility: $0.visibility, cases: $0.cases.count, groups: $0.groupCount)
        }
        phases = challenge.phases.map { Self.summary($0, now: now, zone: zone) }
        limits = challenge.limits.byName
        metrics = challenge.metrics.map { id in
            // Every id of a challenge was found in the catalogue when the challenge was read.
            guard let metric = try? MetricCatalog.metric(for: id) else {
                return MetricSummary(id: id, title: id, convention: "", source: "")
            }
            return MetricSummary(id: id, title: metric.title, convention: metric.convention, source: metric.source)
        }
        ranking = challenge.ranking.sentences
        design = Dictionary(uniqueKeysWithValues: challenge.design.map { ($0.key.rawValue, $0.value) })
    }

    private static func summary(_ phase: Phase, now: Date, zone: TimeZone) -> PhaseSummary {
        PhaseSummary(
            id: phase.id, title: phase.title, kind: phase.kind, split: phase.split, state: phase.state(at: now),
            opens: phase.opens?.text, closes: phase.closes?.text, results: phase.results?.text,
            quota: phase.quota?.words ?? "any number of submissions", times: times(of: phase, now: now, zone: zone))
    }

    private static func times(of phase: Phase, now: Date, zone: TimeZone) -> [String] {
        // Foundation calls the same zone by several names.
        let reader = ["GMT", "Etc/UTC", "Etc/GMT"].contains(zone.identifier) ? "UTC" : zone.identifier
        func told(_ time: ZonedTime, _ past: String, _ future: String) -> String {
            let written = "\(time.local.replacing("T", with: " ")) \(time.zone)"
            let here = time.zone == reader ? "" : " = \(time.text(in: zone)) \(reader)"
            return "\(time.date <= now ? past : future) \(written)\(here) (\(distance(from: now, to: time.date)))"
        }
        return [
            phase.opens.map { told($0, "opened", "opens") }, phase.closes.map { told($0, "closed", "closes") },
            phase.results.map { told($0, "results came", "results come") },
        ].compactMap(\.self)
    }

    private static func distance(from now: Date, to date: Date) -> String {
        let seconds = Int(date.timeIntervalSince(now).rounded(.towardZero))
        let (days, hours, minutes) = (abs(seconds) / 86_400, abs(seconds) / 3600 % 24, abs(seconds) / 60 % 60)
        let length = days > 0 ? "\(days) d \(hours) h" : hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min"
        return seconds >= 0 ? "in \(length)" : "\(length) ago"
    }
}

extension ChallengeTask.Kind {
    /// The kind in words.
    public var words: String {
        switch self {
        case .instanceSegmentation: "Instance segmentation"
        case .semanticSegmentation: "Semantic segmentation"
        case .detection: "Detection"
        case .tracking: "Tracking"
        case .restoration: "Restoration"
        case .classification: "Classification"
        }
    }
}

extension PhaseState {
    /// The state in words.
    public var words: String {
        switch self {
        case .notOpen: "not open yet"
        case .open: "open"
        case .sealed: "closed, results sealed"
        case .closed: "closed"
        }
    }
}

extension Quota {
    /// The quota in words, such as `3 submissions in any 7 d`.
    public var words: String {
        let count = submissions == 1 ? "1 submission" : "\(submissions) submissions"
        return switch period {
        case .phase: "\(count) in the whole phase"
        case .rolling(let seconds): "\(count) in any \(Quantity.durationWords(seconds))"
        }
    }
}
