/// The phases: each by itself, then against the splits and against each other.
extension ChallengeReader {
    /// A phase with the places of what may contradict something else.
    private struct PlacedPhase {
        var phase: Phase
        var place: Place
        var section: Section

        func place(of key: String) -> Place { section[key]?.value.place ?? place }
    }

    mutating func readPhases(_ file: Section, splits: [PlacedSplit]?) -> [Phase]? {
        guard let items = list(file, "phases") else { return nil }
        let known = splits?.map(\.split)
        let placed = items.enumerated().map { index, item in readPhase(item, number: index + 1, splits: known) }
        let readable = placed.compactMap(\.self)
        checkAgainstEachOther(readable)
        return all(placed.map { $0?.phase })
    }

    private static let phaseKeys: [Section.Key] = [
        .required("id", "id: final"), .optional("title", "title: Final test"), .required("kind", "kind: final"),
        .required("split", "split: test"), .optional("opens", "opens: 2026-12-01T09:00[Europe/Berlin]"),
        .optional("closes", "closes: 2027-03-01T18:00[Europe/Berlin]"),
        .optional("results", "results: 2027-03-15T12:00[Europe/Berlin]"), .optional("quota", "quota: {submissions: 3, per: 7d}"),
    ]

    private mutating func readPhase(_ value: YAMLValue, number: Int, splits: [Split]?) -> PlacedPhase? {
        guard let section = section(value, named: "phase \(number)", at: value.place, keys: Self.phaseKeys) else { return nil }
        let id = identifier(section, "id")
        let title = section["title"] == nil ? id : text(section, "title")
        let kind = word(section, "kind", among: PhaseKind.allCases)
        let split = identifier(section, "split")
        let opens = time(section, "opens")
        let closes = time(section, "closes")
        let results = time(section, "results")
        let quota = readQuota(section)
        let name = id.map { "`\($0)`" } ?? "\(number)"
        if let kind { checkPresence(section, kind: kind, name: name, place: value.place) }
        checkOrder(section, opens: opens, closes: closes, results: results)
        if let split, let splits, let place = section["split"]?.value.place {
            checkSplit(split, kind: kind, among: splits, name: name, place: place)
        }
        guard let id, let title, let kind, let split else { return nil }
        let phase = Phase(
            id: id, title: title, kind: kind, split: split, opens: opens, closes: closes, results: results, quota: quota)
        return PlacedPhase(phase: phase, place: value.place, section: section)
    }

    private mutating func readQuota(_ phase: Section) -> Quota? {
        guard let pair = phase["quota"] else { return nil }
        let keys: [Section.Key] = [.required("submissions", "submissions: 3"), .required("per", "per: 7d")]
        guard let section = section(pair.value, named: "quota", at: pair.place, keys: keys) else { return nil }
        let submissions = count(section, "submissions", in: 1...100_000)
        if case .text("phase")? = section["per"]?.value.content {
            return submissions.map { Quota(submissions: $0, period: .phase) }
        }
        guard let seconds = duration(section, "per", in: 60...3660 * 86_400), let submissions else { return nil }
        return Quota(submissions: submissions, period: .rolling(seconds: seconds))
    }

    // MARK: What a kind of phase needs

    private mutating func checkPresence(_ section: Section, kind: PhaseKind, name: String, place: Place) {
        let required: [String] =
            switch kind {
            case .debug: []
            // A phase on hidden cases without an end or without a quota gives the hidden data away, answer by answer.
            case .validation, .final: ["opens", "closes", "quota"]
            case .archive: ["opens", "quota"]
            }
        for key in required where section[key] == nil && !lostKeys.contains(key) {
            report(place, found: "no `\(key)` in phase \(name) of kind `\(kind.rawValue)`", write: "write `\(section.example(key))`")
        }
        if section["results"] != nil, kind == .debug || kind == .archive, let pair = section["results"] {
            report(
                pair.place, found: "`results` in phase \(name) of kind `\(kind.rawValue)`, whose results are shown at once",
                write: "remove it")
        }
    }

    private mutating func checkOrder(_ section: Section, opens: ZonedTime?, closes: ZonedTime?, results: ZonedTime?) {
        if let opens, let closes, closes.date <= opens.date, let place = section["closes"]?.value.place {
            report(place, found: "`closes: \(closes.text)`, not after `opens: \(opens.text)`", write: "write a later time")
        }
        guard let results, let place = section["results"]?.value.place else { return }
        guard section["closes"] != nil else {
            report(place, found: "`results` without `closes`", write: "write when the phase closes, too")
            return
        }
        if let closes, results.date < closes.date {
            report(
                place, found: "`results: \(results.text)`, before `closes: \(closes.text)`",
                write: "write the time of closing or a later one")
        }
    }

    private mutating func checkSplit(_ id: String, kind: PhaseKind?, among splits: [Split], name: String, place: Place) {
        guard let split = splits.first(where: { $0.id == id }) else {
            let names = splits.map(\.id)
            report(
                place, found: "the unknown split \(Quoting.quoted(id)) in phase \(name)",
                write: Spelling.nearest(to: id, among: names).map { "write `split: \($0)`" }
                    ?? "write \(Quoting.choice(names)), or add the split")
            return
        }
        let hidden = splits.filter { $0.visibility == .hidden }.map(\.id)
        let visible = splits.filter { $0.visibility == .public }.map(\.id)
        switch (kind, split.visibility) {
        case (.debug, .hidden):
            // Full logs of hidden cases would carry the hidden data out.
            report(
                place, found: "the hidden split `\(id)` in phase \(name) of kind `debug`, which shows full logs",
                write: visible.isEmpty ? "name a split with `visibility: public`" : "write `split:` with \(Quoting.choice(visible))")
        case (.validation, .public), (.final, .public):
            report(
                place, found: "the public split `\(id)` in phase \(name) of kind `\(kind?.rawValue ?? "")`, whose truth everybody has",
                write: hidden.isEmpty ? "name a split with `visibility: hidden`" : "write `split:` with \(Quoting.choice(hidden))")
        default: break
        }
    }

    // MARK: Phases against each other

    private mutating func checkAgainstEachOther(_ phases: [PlacedPhase]) {
        var first: [String: Place] = [:]
        for placed in phases {
            if let earlier = first[placed.phase.id] {
                report(
                    placed.place(of: "id"), found: "the phase id `\(placed.phase.id)` a second time (first in line \(earlier.line))",
                    write: "give each phase an id of its own")
            } else {
                first[placed.phase.id] = placed.place(of: "id")
            }
        }
        for placed in phases where placed.phase.kind == .validation || placed.phase.kind == .archive {
            for other in phases where other.phase.kind == .final && other.phase.split == placed.phase.split {
                checkLeak(placed, into: other.phase)
            }
        }
    }

    /// Scores of a phase must not tell anything about the cases of a final phase before its results are out.
    private mutating func checkLeak(_ placed: PlacedPhase, into final: Phase) {
        guard placed.phase.kind == .archive else {
            report(
                placed.place(of: "split"), severity: .warning,
                found: "the split `\(final.split)` of the final phase `\(final.id)` in the validation phase `\(placed.phase.id)`",
                write: "use other cases for validation; teams would tune to the final ones")
            return
        }
        guard let release = final.results ?? final.closes, let opens = placed.phase.opens, opens.date < release.date else { return }
        report(
            placed.place(of: "opens"),
            found:
                "`opens: \(opens.text)` in the archive phase `\(placed.phase.id)`, before the results of `\(final.id)` on the same split",
            write: "write `opens: \(release.text)` or later")
    }
}
