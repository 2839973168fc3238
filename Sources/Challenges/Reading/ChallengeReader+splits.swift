/// Where the bytes of a case list come from.
enum CaseListSource {
    case bytes([UInt8])
    /// No such file, or one that cannot be read; with the reason in words.
    case missing(String)
}

/// The splits with their case lists.
extension ChallengeReader {
    /// A split with the place of its name; `split` is incomplete where its list had mistakes.
    struct PlacedSplit {
        var split: Split
        var place: Place
    }

    mutating func readSplits(_ file: Section, task: ChallengeTask?) -> [PlacedSplit]? {
        guard let pairs = named(file, "splits") else { return nil }
        var lists: [String: String] = [:]
        var splits: [PlacedSplit?] = []
        for pair in pairs {
            splits.append(readSplit(pair, task: task))
            guard let split = splits.last??.split else { continue }
            if let other = lists[split.caseList] {
                report(
                    pair.place, found: "the case list of split `\(other)` again for `\(split.id)`",
                    write: "give each split a list of its own")
            }
            lists[split.caseList] = split.id
        }
        return all(splits)
    }

    private mutating func readSplit(_ pair: YAMLPair, task: ChallengeTask?) -> PlacedSplit? {
        let keys: [Section.Key] = [
            .required("cases", "cases: data/\(pair.key)/cases.csv"), .required("visibility", "visibility: hidden"),
        ]
        guard let section = section(pair.value, named: "split `\(pair.key)`", at: pair.place, keys: keys) else { return nil }
        let visibility = word(section, "visibility", among: Split.Visibility.allCases)
        guard let path = path(section, "cases"), let place = section["cases"]?.value.place, let visibility else { return nil }
        guard path.lowercased().hasSuffix(".csv") else {
            report(
                place, found: "the case list \(Quoting.quoted(path))", write: "write the path of a CSV file: `\(section.example("cases"))`")
            return nil
        }
        var cases: [CaseEntry] = []
        switch caseListBytes(path) {
        case .missing(let reason):
            report(
                place, found: "the case list \(Quoting.quoted(path)), which \(reason)",
                write: "make it, with the columns \(CaseList.columns.joined(separator: ",")) and optionally spacing")
        case .bytes(let bytes):
            let list = CaseList(bytes: bytes, file: path, task: task)
            add(list.diagnostics)
            cases = list.cases
        }
        return PlacedSplit(split: Split(id: pair.key, caseList: path, visibility: visibility, cases: cases), place: pair.place)
    }

    mutating func reportUnusedSplits(_ splits: [PlacedSplit], phases: [Phase]) {
        // A phase that names an unknown split probably means the unused one.
        guard phases.allSatisfy({ phase in splits.contains { $0.split.id == phase.split } }) else { return }
        for placed in splits where placed.split.visibility == .hidden && !phases.contains(where: { $0.split == placed.split.id }) {
            report(
                placed.place, severity: .warning, found: "the hidden split `\(placed.split.id)`, which no phase uses",
                write: "write a phase with `split: \(placed.split.id)`, or remove the split")
        }
    }
}
