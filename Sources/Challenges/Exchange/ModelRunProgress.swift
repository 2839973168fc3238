/// How far a model's run is, as the runner writes it into a file again and again.
public struct ModelRunProgress: Sendable, Codable, Equatable {
    /// What is being done.
    public enum Stage: String, Sendable, Codable {
        /// The package and the image are read: checks, statistics of the whole image.
        case reading
        /// Tiles go through the network.
        case tiles
        /// What needs the whole output is made, such as labels.
        case finishing
    }

    /// What is being done.
    public var stage: Stage
    /// The number of tiles that are done, those of an interrupted run included.
    public var done: Int
    /// The number of all tiles; 0 as long as it is not known.
    public var all: Int
    /// What a user should know before the end.
    public var notes: [String]

    /// States how far a run is.
    public init(stage: Stage, done: Int = 0, all: Int = 0, notes: [String] = []) {
        self.stage = stage
        self.done = done
        self.all = all
        self.notes = notes
    }

    /// Whether the numbers can be true.
    public var isPlausible: Bool { done >= 0 && done <= all && all < 1 << 40 && notes.count <= 20 }
}
