/// How descriptions name the axes of space.
public enum SpaceAxes {
    /// All names, the slowest axis first.
    public static let names = ["z", "y", "x"]

    /// The names of so many axes, at most three: y and x are the last two.
    public static func names(last count: Int) -> [String] { names.suffix(count) }
}
