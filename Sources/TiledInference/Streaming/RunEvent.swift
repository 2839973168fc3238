public import ModelPackages

/// What a streamed run tells while it goes on.
public enum RunEvent: Sendable {
    /// The windows read much more than the image has.
    case costly(ContextCost)
    /// The image of an input holds values that are not finite.
    case nonFinite(input: String, NonFiniteValues)
    /// So many tiles are done, those of an interrupted run included.
    case tiles(done: Int, all: Int)
    /// All tiles are done; what needs the whole output is being made, such as labels.
    case finishing
}
