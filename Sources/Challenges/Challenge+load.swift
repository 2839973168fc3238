extension Challenge {
    /// The challenge in a folder, with its case lists; images are not looked at (`ChallengeCheck` does that).
    ///
    /// Throws `ChallengeError.unreadable` if there is no readable `challenge.yaml`, and `ChallengeError.invalid` with every diagnostic
    /// if there is an error among them.
    public static func load(folder: String) throws(ChallengeError) -> Challenge {
        let reading = try ChallengeReading(folder: folder)
        guard let challenge = reading.challenge else { throw .invalid(reading.diagnostics(withImages: false)) }
        return challenge
    }

    /// The challenge in the bytes of `challenge.yaml`, without any I/O: `caseList` gives the bytes of a case list by its path relative to
    /// the challenge folder, or `nil`.
    ///
    /// Answers with all diagnostics; the challenge is there if none of them is an error.
    public static func read(_ bytes: [UInt8], caseList: (String) -> [UInt8]?) -> (challenge: Challenge?, diagnostics: [Diagnostic]) {
        withoutActuallyEscaping(caseList) { caseList in
            let reading = ChallengeReading(bytes) { path in
                caseList(path).map { .bytes($0) } ?? .missing("does not exist")
            }
            return (reading.challenge, reading.diagnostics(withImages: false))
        }
    }
}
