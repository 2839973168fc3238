/// What the case lists alone tell, without a look at the images.
enum CaseLint {
    /// The fewest cases of a hidden split with which an interval is worth printing (Metrics Reloaded asks for more, too).
    static let fewestCases = 50
    /// The fewest groups with which a bootstrap over groups has any meaning.
    static let fewestGroups = 5

    static func diagnostics(for splits: [SplitDraft]) -> [Diagnostic] {
        sharedIDs(splits) + sharedFiles(splits) + sharedGroups(splits) + splits.flatMap(smallNumbers)
    }

    /// A case in two splits: by its id.
    private static func sharedIDs(_ splits: [SplitDraft]) -> [Diagnostic] {
        var first: [String: (split: SplitDraft, entry: CaseEntry)] = [:]
        var diagnostics: [Diagnostic] = []
        for split in splits {
            for entry in split.cases {
                guard let earlier = first[entry.id], earlier.split.id != split.id else {
                    first[entry.id] = first[entry.id] ?? (split, entry)
                    continue
                }
                diagnostics.append(
                    Diagnostic(
                        file: split.file, line: entry.line,
                        found: "the case `\(entry.id)`, which is also in split `\(earlier.split.id)` "
                            + "(\(earlier.split.file):\(earlier.entry.line))",
                        write: "keep a case in one split, and give different cases different ids"))
            }
        }
        return diagnostics
    }

    /// The same file as two cases, or as image and truth at once; one diagnostic for a case, and none where its id was reported.
    private static func sharedFiles(_ splits: [SplitDraft]) -> [Diagnostic] {
        struct Use {
            var role: String
            var split: SplitDraft
            var entry: CaseEntry
        }
        var first: [String: Use] = [:]
        var diagnostics: [Diagnostic] = []
        for split in splits {
            for entry in split.cases {
                var shared: [String] = []
                for (role, path) in [("image", entry.image), ("truth", entry.truth)] {
                    guard let earlier = first[path] else {
                        first[path] = Use(role: role, split: split, entry: entry)
                        continue
                    }
                    if isRepeated(entry, of: split, earlier.entry, of: earlier.split) { continue }
                    shared.append(
                        "the \(role) `\(Quoting.visible(path))`, which is also the \(earlier.role) of case "
                            + "`\(earlier.entry.id)` of split `\(earlier.split.id)`")
                }
                guard !shared.isEmpty else { continue }
                diagnostics.append(
                    Diagnostic(
                        file: split.file, line: entry.line, found: shared.joined(separator: ", and "),
                        write: "give each case an image and a truth of its own"))
            }
        }
        return diagnostics
    }

    /// Whether a case has the id of another one, which is a mistake that was reported already.
    private static func isRepeated(_ entry: CaseEntry, of split: SplitDraft, _ earlier: CaseEntry, of other: SplitDraft) -> Bool {
        guard entry.line != earlier.line || split.id != other.id else { return false }
        return split.id == other.id ? entry.id.lowercased() == earlier.id.lowercased() : entry.id == earlier.id
    }

    /// Images of one patient on both sides make hidden cases easier than new ones.
    private static func sharedGroups(_ splits: [SplitDraft]) -> [Diagnostic] {
        var publicGroups: [String: String] = [:]
        for split in splits where split.visibility == .public {
            for entry in split.cases { publicGroups[entry.group] = publicGroups[entry.group] ?? split.id }
        }
        var diagnostics: [Diagnostic] = []
        for split in splits where split.visibility == .hidden {
            var named: Set<String> = []
            for entry in split.cases {
                guard let other = publicGroups[entry.group], named.insert(entry.group).inserted else { continue }
                diagnostics.append(
                    Diagnostic(
                        file: split.file, line: entry.line, severity: .warning,
                        found: "the group \(Quoting.quoted(entry.group)), which is also in the public split `\(other)`",
                        write: "keep all cases of a patient, plate or specimen on one side; "
                            + "results would be better than on new data"))
            }
        }
        return diagnostics
    }

    private static func smallNumbers(_ split: SplitDraft) -> [Diagnostic] {
        guard split.visibility == .hidden, !split.cases.isEmpty else { return [] }
        var diagnostics: [Diagnostic] = []
        if split.cases.count < fewestCases {
            diagnostics.append(
                Diagnostic(
                    file: split.file, line: nil, severity: .warning,
                    found: "\(split.cases.count) hidden case\(split.cases.count == 1 ? "" : "s") in split `\(split.id)`",
                    write: "add cases up to \(fewestCases) or more, or expect wide intervals: neighbouring ranks will not be told apart"))
        }
        let groups = split.groupCount
        if groups < fewestGroups {
            diagnostics.append(
                Diagnostic(
                    file: split.file, line: nil, severity: .warning,
                    found: groups == 1 ? "one group in split `\(split.id)`" : "\(groups) groups in split `\(split.id)`",
                    write: groups == 1
                        ? "add cases of other patients, plates or specimens; from one group no interval can be computed"
                        : "add cases of other patients, plates or specimens up to \(fewestGroups) or more; intervals will be unreliable"))
        }
        return diagnostics
    }
}
