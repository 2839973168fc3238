internal import Imaging

/// That the windows of a plan read much more than they write, since each needs the context around its inner part; and what would help.
public struct ContextCost: Sendable, Equatable {
    /// What would read less, with the factor that it would have.
    public enum Remedy: Sendable, Equatable {
        /// Leaving the choice of tiles to the plan.
        case noTile(factor: Double)
        /// So many bytes for the network's activations, and tiles that are chosen by the plan.
        case memory(bytes: Int, factor: Double)
    }

    /// Elements that the network reads for one element of the image.
    public let factor: Double
    /// What would help; `nil` where nothing would.
    public let remedy: Remedy?
    /// The windows, where the network takes those of one extent only; `nil` where they may be larger.
    public let onlyWindow: [Int]?

    /// Above this factor a run is told to be costly.
    public static let most = 2.0
}

extension ContextCost {
    /// What context costs in a plan; `nil` where it is little, or where windows are what the user declares.
    init?(of plan: StreamedPlan, _ predictor: Predictor, _ given: [String: InputSource], _ options: PredictionOptions) {
        guard plan.blended == nil, plan.passes == nil, plan.tiling.way == .tiles, plan.tiling.readFactor > Self.most else { return nil }
        factor = plan.tiling.readFactor
        onlyWindow = plan.tiling.sample.hasFixedExtent ? plan.tiling.plan.largestWindow : nil
        remedy = Self.remedy(worse: factor, predictor, given, options)
    }

    private static func remedy(
        worse: Double, _ predictor: Predictor, _ given: [String: InputSource], _ options: PredictionOptions
    ) -> Remedy? {
        var free = options
        free.tile = nil
        if options.tile != nil, let factor = try? StreamedPlan(predictor, given, free).tiling.readFactor, factor < 0.75 * worse {
            return .noTile(factor: factor)
        }
        for doublings in 1...6 {
            free.memoryBytes = options.memoryBytes << doublings
            guard let factor = try? StreamedPlan(predictor, given, free).tiling.readFactor, factor <= most else { continue }
            return .memory(bytes: free.memoryBytes, factor: factor)
        }
        return nil
    }
}
