/// Exit codes by which the runner tells the host who is to blame.
public enum RunnerExitCode {
    /// The organiser's truth or request cannot be used; the submission has no part in it.
    public static let unusableTruth = 65
}
