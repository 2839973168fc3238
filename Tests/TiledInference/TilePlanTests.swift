import Testing
import TiledInference

/// The plan is pure: extents in, windows out.
@Suite struct TilePlanTests {
    /// A sweep over extents, strides, reaches, sizes and tiles.
    static let requests: [AxisRequest] = [1, 5, 8, 31, 64, 100, 257].flatMap { extent in
        [(1, 0, 0), (1, 3, 2), (4, 6, 9), (8, 23, 23), (16, 92, 92)].flatMap { stride, before, after in
            [
                AxisRequest.Sizes.stepped(least: 1, step: 1), .stepped(least: 16, step: 8), .stepped(least: 12, step: 4),
                .stepped(least: 64, step: 16), .stepped(least: 10, step: 7),
            ].flatMap { sizes in
                [0, 3, 40].filter { $0 < extent }.map {
                    AxisRequest(name: "y", extent: extent, stride: stride, before: before, after: after, missing: $0, sizes: sizes)
                }
            }
        }
    }

    @Test("Inner parts cover the axis once, with the context that results depend on, aligned, in extents that the network takes")
    func invariants() throws {
        for request in TilePlanTests.requests {
            for inner in [nil, 1, 7, 16, 50, 1000] as [Int?] {
                let plan = try AxisPlan(request, inner: inner)
                try check(plan, request)
                if inner == nil { #expect(plan.spans.count == 1) }
            }
        }
    }

    @Test("Windows of a fixed extent keep the same rules")
    func fixedInvariants() throws {
        for size in [64, 128] {
            for extent in [1, 63, 64, 65, 100, 128, 200, 511, 1000] {
                for (stride, before, after) in [(1, 0, 0), (1, 3, 2), (8, 23, 23), (4, 6, 9)] {
                    let request = AxisRequest(
                        name: "x", extent: extent, stride: stride, before: before, after: after, sizes: .fixed(size))
                    for inner in [nil, 8, 30] as [Int?] {
                        let plan = try AxisPlan(request, inner: inner)
                        try check(plan, request)
                        #expect(plan.spans.allSatisfy { $0.window.count == size })
                    }
                }
            }
        }
    }

    @Test("An image that is all rim is refused, with what it has and what it needs", arguments: [5, 6])
    func rim(extent: Int) throws {
        for sizes in [AxisRequest.Sizes.stepped(least: 1, step: 1), .stepped(least: 16, step: 8), .fixed(64)] {
            let request = AxisRequest(name: "y", extent: extent, stride: 1, before: 0, after: 6, missing: 6, sizes: sizes)
            let error = try #require(throws: InferenceError.self) { try AxisPlan(request, inner: nil) }
            #expect("\(error)".contains("\(extent) elements along y") && "\(error)".contains("more than 6"))
            let larger = AxisRequest(name: "y", extent: 7, stride: 1, before: 0, after: 6, missing: 6, sizes: sizes)
            #expect(try AxisPlan(larger, inner: nil).spans.count == 1)
        }
    }

    private func check(_ plan: AxisPlan, _ request: AxisRequest) throws {
        let padded = plan.paddedExtent
        #expect(padded >= request.extent)
        #expect(plan.spans.first?.inner.lowerBound == 0)
        #expect(plan.spans.last?.inner.upperBound == max(1, padded - request.missing))
        #expect(plan.spans.last?.window.upperBound == padded)
        #expect(zip(plan.spans, plan.spans.dropFirst()).allSatisfy { $0.inner.upperBound == $1.inner.lowerBound })
        for span in plan.spans {
            let (window, inner) = (span.window, span.inner)
            #expect(window.lowerBound >= 0 && window.upperBound <= padded)
            #expect(window.lowerBound <= max(0, inner.lowerBound - request.before))
            #expect(window.upperBound >= min(padded, inner.upperBound + request.after))
            #expect(window.lowerBound % request.stride == 0)
            #expect((padded - window.upperBound) % request.stride == 0)
            switch request.sizes {
            case .fixed(let size): #expect(window.count == size)
            case .stepped(let least, let step): #expect(window.count >= least && (window.count - least) % step == 0)
            }
        }
    }

    @Test("Padding is the least that the network asks for")
    func padding() throws {
        let request = AxisRequest(name: "y", extent: 100, stride: 8, before: 8, after: 8, sizes: .stepped(least: 64, step: 16))
        #expect(try AxisPlan(request, inner: nil).paddedExtent == 112)
        let small = AxisRequest(name: "y", extent: 9, stride: 8, before: 8, after: 8, sizes: .stepped(least: 64, step: 16))
        #expect(try AxisPlan(small, inner: nil).paddedExtent == 64)
        let fixed = AxisRequest(name: "y", extent: 515, stride: 8, before: 58, after: 58, sizes: .fixed(512))
        #expect(try AxisPlan(fixed, inner: nil).paddedExtent == 520)
    }

    @Test("Windows end where the image ends and are not padded there")
    func borders() throws {
        let request = AxisRequest(name: "y", extent: 512, stride: 16, before: 92, after: 92, sizes: .stepped(least: 16, step: 16))
        let plan = try AxisPlan(request, inner: 128)
        #expect(plan.spans.map(\.window) == [0..<224, 32..<352, 160..<480, 288..<512])
    }

    @Test("A fixed window that is smaller than the reach cannot be tiled")
    func narrow() {
        let request = AxisRequest(name: "y", extent: 100, stride: 8, before: 40, after: 40, sizes: .fixed(64))
        #expect(throws: InferenceError.self) { try AxisPlan(request, inner: nil) }
    }

    @Test("Tiles shrink until a window fits into memory")
    func memory() throws {
        let axes = ["y", "x"].map {
            AxisRequest(name: $0, extent: 2048, stride: 16, before: 92, after: 92, sizes: .stepped(least: 16, step: 16))
        }
        let whole = try TilePlan(axes, allowedBytes: 2048 * 2048) { $0[0] * $0[1] }
        #expect(whole.tiles.count == 1)
        let plan = try TilePlan(axes, allowedBytes: 500_000) { $0[0] * $0[1] }
        #expect(plan.largestWindow[0] * plan.largestWindow[1] <= 500_000)
        #expect(plan.tiles.count > 1)
        #expect(plan.tiles.reduce(0) { $0 + $1.inner[0].count * $1.inner[1].count } == 2048 * 2048)
        let large = axes.map { AxisRequest(name: $0.name, extent: 8192, stride: 16, before: 0, after: 0, sizes: $0.sizes) }
        let many = try #require(throws: InferenceError.self) { try TilePlan(large, tile: [1, 1], allowedBytes: .max) { _ in 0 } }
        #expect("\(many)".contains("at most 100000 are planned; give a larger tile"), "\(many)")
        let error = try #require(throws: InferenceError.self) { try TilePlan(axes, allowedBytes: 1000) { $0[0] * $0[1] } }
        guard case .memory(_, 1000) = error else {
            Issue.record("the error says what is needed: \(error)")
            return
        }
    }

    @Test("A tile that is larger than any image is the whole image")
    func largestTile() throws {
        for request in TilePlanTests.requests { #expect(try AxisPlan(request, inner: .max) == AxisPlan(request, inner: nil)) }
        let fixed = AxisRequest(name: "x", extent: 500, stride: 8, before: 9, after: 9, sizes: .fixed(128))
        #expect(try AxisPlan(fixed, inner: .max) == AxisPlan(fixed, inner: nil))
    }

    @Test("What has no axes is one window, read once")
    func noAxes() throws {
        let plan = try TilePlan([], allowedBytes: 10) { _ in 5 }
        #expect(plan.tiles.count == 1 && plan.readFactor() == 1)
        #expect { try TilePlan([], tile: [16, 16], allowedBytes: 10) { _ in 5 } } throws: {
            "\($0)".contains("no axes to cut; leave it out")
        }
    }

    @Test("More memory than there is a number for is told in words")
    func endless() {
        let error = InferenceError.memoryAtOnce(what: "the image", neededBytes: .max, allowedBytes: 1 << 20, remedy: "give a smaller one")
        #expect(error.description == "the image needs more memory than a network may take, 1MiB are allowed; give a smaller one")
    }

    @Test("An axis that has to stay whole is not cut, whatever is wanted or fits")
    func wholeAxis() throws {
        let axes = [("y", 300, false), ("x", 5000, true)].map {
            AxisRequest(name: $0, extent: $1, stride: 8, before: 8, after: 8, sizes: .stepped(least: 8, step: 4), isWhole: $2)
        }
        for tile in [nil, [64, 64]] {
            let plan = try TilePlan(axes, tile: tile, allowedBytes: 100 * 5000) { $0[0] * $0[1] }
            #expect(plan.tiles.count > 1 && plan.tiles.allSatisfy { $0.window[1] == 0..<5000 && $0.inner[1] == 0..<5000 })
        }
        #expect(throws: InferenceError.self) { try TilePlan(axes, allowedBytes: 5000) { $0[0] * $0[1] } }
    }

    @Test("A wanted tile is kept, or refused if it does not fit")
    func wantedTile() throws {
        let axes = ["y", "x"].map { AxisRequest(name: $0, extent: 300, stride: 8, before: 8, after: 8, sizes: .stepped(least: 8, step: 4)) }
        let plan = try TilePlan(axes, tile: [100, 300], allowedBytes: .max) { _ in 0 }
        #expect(plan.tiles.map { $0.inner[0] } == [0..<104, 104..<208, 208..<300])
        #expect(throws: InferenceError.self) { try TilePlan(axes, tile: [100, 300], allowedBytes: 10) { _ in 11 } }
        #expect(throws: InferenceError.self) { try TilePlan(axes, tile: [100], allowedBytes: 10) { _ in 0 } }
        #expect(throws: InferenceError.self) { try TilePlan(axes, tile: [0, 10], allowedBytes: 10) { _ in 0 } }
    }
}
