import Imaging

/// Where the bytes of a case list come from.
enum CaseListSource {
    case bytes([UInt8])
    /// No such file, or one that cannot be read; with the reason in words.
    case missing(String)
}

/// The splits with their case lists.
extension ChallengeReader {
    /// A split with the places of its name and of its visibility.
    struct PlacedSplit {
        var split: SplitDraft
        var place: Place
        var visibilityPlace: Place
    }

    mutating func readSplits(_ file: Section, axes: [Axis]?) -> [PlacedSplit]? {
        guard let pairs = named(file, "splits") else {
            cannotSee("all cases with their images and truths, whether the phases name splits", because: reason(file, "splits"))
            return nil
        }
        var lists: [String: String] = [:]
        return pairs.map { pair in
            let placed = readSplit(pair, axes: axes)
            if let list = placed.split.caseList {
                if let other = lists[list] {
                    report(
                        pair.place, found: "the case list of split `\(other)` again for `\(pair.key)`",
                        write: "give each split a list of its own")
                }
                lists[list] = pair.key
            }
            return placed
        }
    }

    private mutating func readSplit(_ pair: YAMLPair, axes: [Axis]?) -> PlacedSplit {
        var placed = PlacedSplit(split: SplitDraft(id: pair.key), place: pair.place, visibilityPlace: pair.value.place)
        let keys: [Section.Key] = [
            .required("cases", "cases: data/\(pair.key)/cases.csv"), .required("visibility", "visibility: hidden"),
        ]
        let cases = "the cases of split `\(pair.key)` with their images and truths"
        let hiding = "whether files and groups of split `\(pair.key)` are public and hidden at once, and whether its cases are enough"
        guard let section = section(pair.value, named: "split `\(pair.key)`", at: pair.place, keys: keys) else {
            cannotSee(cases, because: pair.value.place)
            cannotSee(hiding, because: pair.value.place)
            return placed
        }
        placed.visibilityPlace = reason(section, "visibility")
        placed.split.visibility = word(section, "visibility", among: Split.Visibility.allCases)
        if placed.split.visibility == nil { cannotSee(hiding, because: placed.visibilityPlace) }
        let place = reason(section, "cases")
        guard let path = path(section, "cases") else {
            cannotSee(cases, because: place)
            return placed
        }
        guard path.lowercased().hasSuffix(".csv") else {
            report(
                place, found: "the case list \(Quoting.quoted(path))", write: "write the path of a CSV file: `\(section.example("cases"))`")
            cannotSee(cases, because: place)
            return placed
        }
        placed.split.caseList = path
        switch caseListBytes(path) {
        case .missing(let reason):
            report(
                place, found: "the case list \(Quoting.quoted(path)), which \(reason)",
                write: reason == ChallengeFolder.absent
                    ? "make it, with the columns \(CaseList.columns.joined(separator: ",")) and optionally spacing"
                    : "put a file there that can be read, of at most 64 MiB")
            cannotSee(cases, because: place)
        case .bytes(let bytes):
            let list = CaseList(bytes: bytes, file: path, spatialAxes: axes?.filter(\.isSpatial))
            add(list.diagnostics, blindSpots: list.blindSpots)
            placed.split.cases = list.cases
        }
        return placed
    }

    mutating func reportUnusedSplits(_ splits: [PlacedSplit], usedBy phases: [String?]) {
        // A phase that names an unknown split probably means the unused one.
        guard phases.allSatisfy({ name in splits.contains { $0.split.id == name } }) else { return }
        for placed in splits where placed.split.visibility == .hidden && !phases.contains(placed.split.id) {
            report(
                placed.place, severity: .warning, found: "the hidden split `\(placed.split.id)`, which no phase uses",
                write: "write a phase with `split: \(placed.split.id)`, or remove the split")
        }
    }
}
