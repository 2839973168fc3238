/// What the runner must know of the challenge to inspect a submission.
public struct InspectionRequest: Sendable, Codable, Equatable {
    /// The ids for which a submission of kind `predictions` must hold one file each.
    public var caseIDs: [String]
    /// The file name endings that an output may have.
    public var formats: [String]
    /// The axes of a case's image, slowest first, such as `yx`.
    public var imageAxes: String

    /// Makes a request.
    public init(caseIDs: [String], formats: [String], imageAxes: String) {
        self.imageAxes = imageAxes
        self.caseIDs = caseIDs
        self.formats = formats
    }
}
