/// One axis of an image cut into windows; a window is what the network sees, its inner part is what is kept.
///
/// The inner parts lie side by side and cover the padded extent. Around each there is as much context as results depend on,
/// less only where the image ends: there the window ends too, so that the network pads as it would for the whole image.
/// Windows begin at multiples of the stride and, inside the image, end there.
public struct AxisPlan: Sendable, Equatable {
    /// A window and its inner part, both in elements of the padded image.
    public struct Span: Sendable, Equatable {
        /// What the network sees.
        public let window: Range<Int>
        /// What is kept of the result.
        public let inner: Range<Int>
    }

    /// The extent that is covered; what lies behind the image's own extent is padding.
    public let paddedExtent: Int
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
        case .stepped(let least, let step): self.init(request, least: least, step: max(1, step), inner: inner)
        }
    }

    private init(_ request: AxisRequest, least: Int, step: Int, inner: Int?) {
        let padded = least + roundUp(max(0, request.extent - least), step)
        let wanted = inner.map { roundUp(max(1, $0), request.stride) } ?? padded
        var spans: [Span] = []
        var start = 0
        while start < padded {
            let end = min(padded, start + wanted)
            let low = max(0, roundDown(start - request.before, request.stride))
            let high = min(padded, roundUp(end + request.after, request.stride))
            let window = AxisPlan.allowed(low..<high, within: padded, least: least, step: step, stride: request.stride)
            spans.append(Span(window: window, inner: start..<end))
            start = end
        }
        paddedExtent = padded
        self.spans = spans
    }

    /// The smallest window around `needed` whose extent the network takes and whose ends are aligned; at last the whole axis.
    static func allowed(_ needed: Range<Int>, within padded: Int, least: Int, step: Int, stride: Int) -> Range<Int> {
        var size = least + roundUp(max(0, needed.count - least), step)
        while size < padded {
            let high = needed.lowerBound + size
            if high <= padded {
                if high == padded || high % stride == 0 { return needed.lowerBound..<high }
            } else if (padded - size) % stride == 0 {
                return padded - size..<padded
            }
            size += step
        }
        return 0..<padded
    }

    private init(_ request: AxisRequest, fixed size: Int, inner: Int?) throws(InferenceError) {
        guard request.extent > size else {
            paddedExtent = size
            spans = [Span(window: 0..<size, inner: 0..<size)]
            return
        }
        let padded = size + roundUp(request.extent - size, request.stride)
        let wanted = inner.map { roundUp(max(1, $0), request.stride) } ?? padded
        var spans: [Span] = []
        var start = 0
        while start < padded {
            let low = min(max(0, roundDown(start - request.before, request.stride)), padded - size)
            let high = low + size
            let end = min(high == padded ? padded : roundDown(high - request.after, request.stride), start + wanted)
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

/// The least common multiple of two positive numbers.
func leastCommonMultiple(_ first: Int, _ second: Int) -> Int {
    var (divisor, rest) = (first, second)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return first / divisor * second
}
