public import Challenges
import Foundation

/// One submission to evaluate in one phase.
public struct EvaluationRequest: Sendable {
    /// The challenge, checked.
    public var challenge: Challenge
    /// The challenge's folder.
    public var folder: String
    /// The phase's id.
    public var phase: String
    /// The submission: a folder or a zip archive.
    public var submission: String
    /// Whether to evaluate anew although the same evaluation exists; the results must then be the same.
    public var isFresh: Bool

    /// Makes a request.
    public init(challenge: Challenge, folder: String, phase: String, submission: String, isFresh: Bool = false) {
        self.challenge = challenge
        self.folder = folder
        self.phase = phase
        self.submission = submission
        self.isFresh = isFresh
    }

    /// The submission's name: the last part of its path without the ending of an archive.
    public var name: String { Self.name(of: submission) }

    static func name(of path: String) -> String {
        let last = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        return last.lowercased().hasSuffix(".zip") ? String(last.dropLast(4)) : last
    }
}
