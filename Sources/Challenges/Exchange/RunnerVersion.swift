/// The version of everything that decides a score: inference, postprocessing, evidence. It stands in every recipe.
public enum RunnerVersion {
    /// Raised whenever the same submission could get other outputs.
    public static let text = "1"
}
