public import ModelPackages

/// What a streamed run tells while it goes on.
public enum RunEvent: Sendable {
    /// The windows read much more than the image has.
    case costly(ContextCost)
    /// The image of an input holds values that are not finite; `sample` is such as `t 3, z 0`, and empty where there is one only.
    case nonFinite(input: String, NonFiniteValues, sample: String)
    /// So many tiles of all samples are done, those of an interrupted run included.
    case tiles(done: Int, all: Int)
    /// All tiles of all samples are done; what needs the whole output is being made, such as labels.
    case finishing
}
