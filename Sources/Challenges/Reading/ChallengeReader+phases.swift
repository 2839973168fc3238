/// The phases: each by itself, then against the splits and against each other.
extension ChallengeReader {
    /// As much of a phase as could be read, with the places of what may contradict something else.
    struct PhaseDraft {
        var id: String?
        var title: String?
        var kind: PhaseKind?
        var split: String?
        var opens: ZonedTime?
        var closes: ZonedTime?
        var results: ZonedTime?
        var quota: Quota?
        var place: Place
        var section: Section

        func place(of key: String) -> Place { section[key]?.value.place ?? place }

        /// The phase, if all of it is there.
        var phase: Phase? {
            guard let id, let title, let kind, let split else { return nil }
            return Phase(id: id, title: title, kind: kind, split: split, opens: opens, closes: closes, results: results, quota: quota)
        }
    }

    /// The phases; `nil` for each that is no mapping.
    mutating func readPhases(_ file: Section, splits: [PlacedSplit]?) -> [PhaseDraft?]? {
        guard let items = list(file, "phases") else {
            cannotSee("whether each hidden split has a phase", because: reason(file, "phases"))
            return nil
        }
        let drafts = items.enumerated().map { index, item in readPhase(item, number: index + 1, splits: splits) }
        checkAgainstEachOther(drafts.compactMap(\.self))
        return drafts
    }

    private static let phaseKeys: [Section.Key] = [
        .required("id", "id: final"), .optional("title", "title: Final test"), .required("kind", "kind: final"),
        .required("split", "split: test"), .optional("opens", "opens: 2026-12-01T09:00[Europe/Berlin]"),
        .optional("closes", "closes: 2027-03-01T18:00[Europe/Berlin]"),
        .optional("results", "results: 2027-03-15T12:00[Europe/Berlin]"), .optional("quota", "quota: {submissions: 3, per: 7d}"),
    ]

    private mutating func readPhase(_ value: YAMLValue, number: Int, splits: [PlacedSplit]?) -> PhaseDraft? {
        guard let section = section(value, named: "phase \(number)", at: value.place, keys: Self.phaseKeys) else { return nil }
        var draft = PhaseDraft(place: value.place, section: section)
        draft.id = identifier(section, "id")
        draft.title = section["title"] == nil ? draft.id : text(section, "title")
        draft.kind = word(section, "kind", among: PhaseKind.allCases)
        draft.split = identifier(section, "split")
        draft.opens = time(section, "opens")
        draft.closes = time(section, "closes")
        draft.results = time(section, "results")
        draft.quota = readQuota(section)
        let name = draft.id.map { "`\($0)`" } ?? "\(number)"
        if let kind = draft.kind {
            checkPresence(section, kind: kind, name: name, place: value.place)
        } else {
            cannotSee("what phase \(name) needs and which splits it may use", because: reason(section, "kind"))
        }
        checkOrder(section, opens: draft.opens, closes: draft.closes, results: draft.results)
        let times = [("opens", draft.opens), ("closes", draft.closes), ("results", draft.results)]
        if times.contains(where: { $0.1 != nil }) {
            for (key, time) in times where time == nil && section[key] != nil {
                cannotSee("the order of the times of phase \(name), and against other phases", because: reason(section, key))
            }
        }
        if let split = draft.split, let splits, let place = section["split"]?.value.place {
            checkSplit(split, kind: draft.kind, among: splits, name: name, place: place)
        }
        if draft.split == nil { cannotSee("whether phase \(name) may use its split", because: reason(section, "split")) }
        return draft
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

    private mutating func checkSplit(_ id: String, kind: PhaseKind?, among splits: [PlacedSplit], name: String, place: Place) {
        guard let placed = splits.first(where: { $0.split.id == id }) else {
            let names = splits.map(\.split.id)
            report(
                place, found: "the unknown split \(Quoting.quoted(id)) in phase \(name)",
                write: Spelling.nearest(to: id, among: names).map { "write `split: \($0)`" }
                    ?? "write \(Quoting.choice(names)), or add the split")
            return
        }
        guard let kind else { return }
        guard let visibility = placed.split.visibility else {
            if kind != .archive { cannotSee("whether phase \(name) may use split `\(id)`", because: placed.visibilityPlace) }
            return
        }
        func others(_ visibility: Split.Visibility) -> [String] {
            splits.filter { $0.split.visibility == visibility }.map(\.split.id)
        }
        switch (kind, visibility) {
        case (.debug, .hidden):
            // Full logs of hidden cases would carry the hidden data out.
            let visible = others(.public)
            report(
                place, found: "the hidden split `\(id)` in phase \(name) of kind `debug`, which shows full logs",
                write: visible.isEmpty ? "name a split with `visibility: public`" : "write `split:` with \(Quoting.choice(visible))")
        case (.validation, .public), (.final, .public):
            let hidden = others(.hidden)
            report(
                place, found: "the public split `\(id)` in phase \(name) of kind `\(kind.rawValue)`, whose truth everybody has",
                write: hidden.isEmpty ? "name a split with `visibility: hidden`" : "write `split:` with \(Quoting.choice(hidden))")
        default: break
        }
    }

    // MARK: Phases against each other

    private mutating func checkAgainstEachOther(_ phases: [PhaseDraft]) {
        var first: [String: Place] = [:]
        for phase in phases {
            guard let id = phase.id else { continue }
            if let earlier = first[id] {
                report(
                    phase.place(of: "id"), found: "the phase id `\(id)` a second time (first in line \(earlier.line))",
                    write: "give each phase an id of its own")
            } else {
                first[id] = phase.place(of: "id")
            }
        }
        for phase in phases where phase.kind == .validation || phase.kind == .archive {
            for other in phases where other.kind == .final && other.split == phase.split { checkLeak(phase, into: other) }
        }
    }

    /// Scores of a phase must not tell anything about the cases of a final phase before its results are out.
    private mutating func checkLeak(_ phase: PhaseDraft, into final: PhaseDraft) {
        guard let id = phase.id, let finalID = final.id, let split = final.split else { return }
        guard phase.kind == .archive else {
            report(
                phase.place(of: "split"), severity: .warning,
                found: "the split `\(split)` of the final phase `\(finalID)` in the validation phase `\(id)`",
                write: "use other cases for validation; teams would tune to the final ones")
            return
        }
        // A release that is written and cannot be read is a mistake of its own, with its own warning.
        if final.section["results"] != nil, final.results == nil { return }
        guard let release = final.results ?? final.closes, let opens = phase.opens, opens.date < release.date else { return }
        report(
            phase.place(of: "opens"),
            found: "`opens: \(opens.text)` in the archive phase `\(id)`, before the results of `\(finalID)` on the same split",
            write: "write `opens: \(release.text)` or later")
    }
}
