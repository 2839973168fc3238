/// The kinds of submission that can be evaluated.
public enum SubmissionKind: String, Sendable, Codable, CaseIterable {
    /// A bioimage.io package with ONNX weights, run by our own inference core; no code of the participant runs.
    case model
    /// A folder with a command that is run once per case.
    case program
    /// Finished results, one file per case, which are only scored.
    case predictions
}
