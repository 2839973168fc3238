/// A named set of cases.
public struct Split: Sendable, Equatable {
    /// Who may see the cases of a split.
    public enum Visibility: String, Sendable, Codable, CaseIterable {
        /// Participants have the images and the truth.
        case `public`
        /// Only the organisers have them.
        case hidden
    }

    /// The split's name.
    public let id: String
    /// The path of its case list, relative to the challenge folder.
    public let caseList: String
    /// Who may see it.
    public let visibility: Visibility
    /// Its cases in the order of the list.
    public let cases: [CaseEntry]

    /// Makes a split.
    public init(id: String, caseList: String, visibility: Visibility, cases: [CaseEntry]) {
        self.id = id
        self.caseList = caseList
        self.visibility = visibility
        self.cases = cases
    }

    /// The number of different groups among the cases.
    public var groupCount: Int { Set(cases.map(\.group)).count }
}
