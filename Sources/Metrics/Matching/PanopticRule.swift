/// Which IoU makes a match for the panoptic metrics: two published readings of one formula that differ at exactly 1/2.
enum PanopticRule: Sendable, Hashable {
    /// Strictly above 1/2, as defined by Kirillov et al.
    case aboveOneHalf
    /// At or above a threshold of at least 1/2, as stardist has it.
    case atLeast(Fraction)

    func matching(of overlap: OverlapTable) -> ObjectMatching {
        switch self {
        case .aboveOneHalf: overlap.matchingAboveOneHalf()
        case .atLeast(let threshold): overlap.matching(atLeast: threshold)
        }
    }

    /// `pq`, or `pq.ge@1/2`.
    func id(of name: String) -> MetricID {
        switch self {
        case .aboveOneHalf: MetricID(name: name)
        case .atLeast(let threshold): MetricID(name: name + ".ge", parameter: .threshold(threshold))
        }
    }

    /// The condition, such as `IoU > 1/2`.
    var words: String {
        switch self {
        case .aboveOneHalf: "IoU > 1/2"
        case .atLeast(let threshold): "IoU >= \(threshold)"
        }
    }

    /// The sentence of the conventions on matching.
    var convention: String {
        "Pairs match where \(words), compared as exact fractions; "
            + (self == .atLeast(.oneHalf) ? "an object with two exact halves as partners keeps one of them. " : "such pairs are unique. ")
    }
}
