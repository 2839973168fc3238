/// As much of a split as could be read: its cases are checked although its visibility is wrong, and the other way round.
struct SplitDraft {
    var id: String
    /// The path of the case list; `nil` where the file names none that could be read.
    var caseList: String?
    var visibility: Split.Visibility?
    var cases: [CaseEntry] = []

    /// A split of which only the name is known.
    init(id: String) { self.id = id }

    /// What is known of a right split: everything.
    init(_ split: Split) {
        id = split.id
        caseList = split.caseList
        visibility = split.visibility
        cases = split.cases
    }

    /// The split, if all of it is there.
    var split: Split? {
        guard let caseList, let visibility else { return nil }
        return Split(id: id, caseList: caseList, visibility: visibility, cases: cases)
    }

    /// The file that messages about the cases name; cases come from a list, so there is one wherever there are cases.
    var file: String { caseList ?? Challenge.fileName }

    /// The number of different groups among the cases.
    var groupCount: Int { Set(cases.map(\.group)).count }

    /// How messages name it, such as `the hidden split`.
    var words: String { visibility.map { "the \($0.rawValue) split `\(id)`" } ?? "the split `\(id)`" }
}
