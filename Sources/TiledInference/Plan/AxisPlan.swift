/// One axis of an image cut into windows; a window is what the network sees, its inner part is what is kept.
///
/// The inner parts lie side by side and cover all of the padded extent that has results. Around each there is as much context as
/// results depend on, less only where the image ends: there the window ends too, so that the network pads as it would for the whole
/// image. Windows begin at multiples of the stride and end as far from the image's end, so that the network does in each what it
/// does in the whole image; the last one ends where the image ends.
public struct AxisPlan: Sendable, Equatable {
    /// A window and its inner part, both in elements of the padded image.
    public struct Span: Sendable, Equatable {
        /// What the network sees.
        public let window: Range<Int>
        /// What is kept of the result.
        public let inner: Range<Int>
    }

    /// The extent that is covered by windows; what lies behind the image's own extent is padding.
    public let paddedExtent: Int
    /// The extent that is covered by inner parts: less where the network's results are fewer.
    public let coveredExtent: Int
    /// In ascending order.
    public let spans: [Span]

    /// The extent of the largest window.
    public var largestWindow: Int { spans.reduce(0) { max($0, $1.window.count) } }

    /// Cuts an axis.
    ///
    /// - Parameter inner: the wanted extent of inner parts, rounded up to the stride; `nil` for the whole axis at once where
    ///   the network takes it.
    public init(_ request: AxisRequest, inner: Int?) throws(InferenceError) {
        switch request.sizes {
        case .fixed(let size): try self.init(request, fixed: size, inner: inner)
        case .stepped(let least, let step): try self.init(request, least: least, step: max(1, step), inner: inner)
        }
    }

    private init(_ request: AxisRequest, least: Int, step: Int, inner: Int?) throws(InferenceError) {
        let padded = least + roundUp(max(0, request.extent - least), step), covered = max(1, padded - request.missing)
        try Self.checkRim(request)
        let wanted = inner.map { roundUp(max(1, min($0, padded)), request.stride) } ?? covered
        var spans: [Span] = []
        var start = 0
        while start < covered {
            let end = min(covered, start + wanted)
            let low = max(0, roundDown(start - request.before, request.stride))
            let high = end == covered ? padded : min(padded, end + request.after)
            let window = AxisPlan.allowed(low..<high, within: padded, least: least, step: step, stride: request.stride)
            spans.append(Span(window: window, inner: start..<end))
            start = end
        }
        paddedExtent = padded
        coveredExtent = covered
        self.spans = spans
    }

    /// The smallest window around `needed` whose extent the network takes and whose ends are aligned; at last the whole axis.
    static func allowed(_ needed: Range<Int>, within padded: Int, least: Int, step: Int, stride: Int) -> Range<Int> {
        var size = least + roundUp(max(0, needed.count - least), step)
        while size < padded {
            if (padded - size) % stride == 0 {
                let low = min(needed.lowerBound, padded - size)
                return low..<low + size
            }
            size += step
        }
        return 0..<padded
    }

    /// Refuses an image of which nothing is left when the network has left out its rim.
    private static func checkRim(_ request: AxisRequest) throws(InferenceError) {
        guard request.missing >= request.extent else { return }
        throw .noTiling(
            found: "the image has \(request.extent) elements along \(request.name), of which the network leaves out \(request.missing)",
            remedy: "give an image of more than \(request.missing) elements along \(request.name)")
    }

    private init(_ request: AxisRequest, fixed size: Int, inner: Int?) throws(InferenceError) {
        try Self.checkRim(request)
        guard request.extent > size else {
            paddedExtent = size
            coveredExtent = max(1, size - request.missing)
            spans = [Span(window: 0..<size, inner: 0..<coveredExtent)]
            return
        }
        let padded = size + roundUp(request.extent - size, request.stride), covered = max(1, padded - request.missing)
        let wanted = inner.map { roundUp(max(1, min($0, padded)), request.stride) } ?? covered
        var spans: [Span] = []
        var start = 0
        while start < covered {
            let low = min(max(0, roundDown(start - request.before, request.stride)), padded - size)
            let high = low + size
            let end = min(high == padded ? covered : roundDown(high - request.after, request.stride), start + wanted)
            guard end > start else {
                throw .noTiling(
                    found:
                        "the network takes \(size) elements along \(request.name) and sees \(request.before) before and \(request.after) after",
                    remedy: "give an image of at most \(size) elements along \(request.name), or export the network with a free extent")
            }
            spans.append(Span(window: low..<high, inner: start..<end))
            start = end
        }
        paddedExtent = padded
        coveredExtent = covered
        self.spans = spans
    }
}

/// The greatest multiple of `unit` that is not above `value`.
func roundDown(_ value: Int, _ unit: Int) -> Int {
    let remainder = value % unit
    return value - (remainder < 0 ? remainder + unit : remainder)
}

/// The least multiple of `unit` that is not below `value`.
func roundUp(_ value: Int, _ unit: Int) -> Int { roundDown(value + unit - 1, unit) }
