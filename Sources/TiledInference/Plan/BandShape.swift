internal import ModelPackages
internal import NeuralNetwork

/// How tiles below each other go through a network at once: as one window whose rows come in bands (`BandedRun`).
///
/// What is then held in memory grows with the window's width only, so that windows can be wide, and there is no context to compute
/// twice between tiles below each other.
struct BandShape: Sendable {
    /// The rows of a band, along the first tiled axis.
    let rows: Int
    /// The number of rows of whose multiples the network takes more or less.
    let stride: Int
    /// What is known of the first axis.
    let request: AxisRequest

    /// Rows of bands that are tried.
    private static let candidates = [256, 128, 64, 32, 16, 8]
    /// How many bands make a tile, the unit in which an interrupted run goes on.
    private static let bandsInTile = 8
    /// Rows that a band costs beside its own: small pieces of work keep threads less busy.
    private static let overheadRows = 12.0

    /// Cuts an image into tiles for bands; `nil` if one window holds it, or if the network or the options are not for bands.
    static func plan(
        _ package: ModelPackage, _ network: Network, _ sample: SampleAxes, _ view: NetworkView, _ options: PredictionOptions,
        _ bytes: ([Int]) throws(InferenceError) -> Int
    ) throws(InferenceError) -> (shape: BandShape, plan: TilePlan)? {
        guard options.tile == nil, sample.obstacle == nil, sample.orderObstacle == nil, view.obstacle == nil,
            view.wholeImageOperators.isEmpty, !sample.hasFixedExtent,
            options.run.products == .kernels, package.inputs.count == 1, let port = network.inputs.first,
            package.outputs.allSatisfy({ $0.axisIDs.count > 2 && $0.axisIDs[2] == sample.entries.first?.id })
        else { return nil }
        let requests = view.requests(byReach: sample)
        let whole = try TilePlan(requests, allowedBytes: .max) { _ in 0 }
        guard requests.count > 1, try bytes(whole.largestWindow) > options.memoryBytes else { return nil }
        var best: (shape: BandShape, inner: [Int], cost: Double)?
        for candidate in candidates {
            guard let shape = BandShape(rows: candidate, requests[0]), best?.shape.rows != shape.rows else { continue }
            guard
                let inner = try shape.widest(
                    requests,
                    fits: { (window) throws(InferenceError) in
                        let run: BandedRun?
                        do throws(NetworkError) {
                            run = try network.banded(
                                inputShape: sample.shapes(window: window)[port.name] ?? [], rows: shape.rows, stride: shape.stride,
                                options: options.run)
                        } catch {
                            // Beyond what a network may ever take: a narrower window may do.
                            return error.kind == .limit ? false : nil
                        }
                        return run.map { $0.workingSetBytes <= options.memoryBytes }
                    })
            else { continue }
            let plan = try TilePlan(requests, tile: inner, allowedBytes: .max) { _ in 0 }
            let area = plan.tiles.reduce(0.0) { $0 + $1.window.dropFirst().reduce(1) { $0 * Double($1.count) } * Double($1.inner[0].count) }
            let cost = area * (1 + overheadRows / Double(shape.rows))
            if best.map({ cost < $0.cost }) ?? true { best = (shape, inner, cost) }
        }
        guard let best else { return nil }
        let plan = try TilePlan(requests, tile: best.inner, allowedBytes: .max) { _ in 0 }
        // What was tried were windows of a moderate height; each strip has to be a part of the image, and to run.
        let windows = Set(BandedStrip.strips(plan, best.shape).map { $0.window.map(\.count) })
        guard view.difference(ofBands: windows, in: plan.paddedExtents, network, sample, options.run) == nil else { return nil }
        for window in windows {
            let shape = sample.shapes(window: window)[port.name] ?? []
            guard
                let run = try? network.banded(
                    inputShape: shape, rows: best.shape.rows, stride: best.shape.stride, options: options.run),
                run.workingSetBytes <= options.memoryBytes
            else { return nil }
        }
        return (best.shape, plan)
    }

    private init?(rows: Int, _ request: AxisRequest) {
        guard case .stepped(let least, let step) = request.sizes, request.extent >= least else { return nil }
        stride = leastCommonMultiple(request.stride, max(1, step))
        self.rows = roundUp(rows, stride)
        self.request = request
        guard self.rows < request.extent else { return nil }
    }

    /// The widest inner extents whose windows fit into memory; `nil` if none do or the network cannot be run so.
    private func widest(_ requests: [AxisRequest], fits: ([Int]) throws(InferenceError) -> Bool?) throws(InferenceError) -> [Int]? {
        // What is held settles after the rows that the network sees; the heights tried end in a band of as many rows as the image does.
        let enough = roundUp(4 * (request.before + request.after) + 4 * rows, stride)
        let padded = try AxisPlan(request, inner: nil).paddedExtent
        let height = enough >= padded ? padded : enough + (padded - enough) % rows
        var inner = requests.map(\.extent)
        inner[0] = Self.bandsInTile * rows
        while true {
            var window = [height]
            for (axis, extent) in zip(requests, inner).dropFirst() { window.append(try AxisPlan(axis, inner: extent).largestWindow) }
            guard let isFitting = try fits(window) else { return nil }
            if isFitting { break }
            guard let longest = inner.indices.dropFirst().max(by: { inner[$0] < inner[$1] }), inner[longest] > requests[longest].stride
            else {
                return nil
            }
            inner[longest] = max(requests[longest].stride, roundDown(inner[longest] * 7 / 8, requests[longest].stride))
        }
        // Strips of equal width cost less than a narrow one at the end.
        for index in inner.indices.dropFirst() where inner[index] < requests[index].extent {
            let count = (requests[index].extent - 1) / inner[index] + 1
            inner[index] = roundUp((requests[index].extent - 1) / count + 1, requests[index].stride)
        }
        return inner
    }
}
