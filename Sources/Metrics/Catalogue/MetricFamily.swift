/// The metrics that share a name and differ in the parameter only.
public struct MetricFamily: Sendable {
    /// The part of the id before `@`, variant included, such as `pq.ge`.
    public let name: String
    /// How ids of the family are written, such as `ap@THRESHOLD or ap@START:END:STEP`.
    public let usage: String
    /// Members to begin with; never empty. The first is the usual one.
    public let examples: [any Metric]
    /// Names under which people look for the metric elsewhere; they are no ids, and serve the search for near misses.
    let otherNames: [String]
    /// Makes the member with a parameter.
    let member: @Sendable (MetricID) throws(MetricError) -> any Metric

    /// A family of one metric without a parameter.
    init(_ metric: any Metric, otherNames: [String] = [], hint: String? = nil) {
        name = metric.id.name
        usage = metric.id.name
        examples = [metric]
        self.otherNames = otherNames
        member = { id throws(MetricError) in
            guard id.parameter == nil else {
                let found = "\(metric.id.name) takes no parameter"
                throw .malformedID(text: "\(id)", found: found, write: hint ?? "\(metric.id)")
            }
            return metric
        }
    }

    /// A family with one IoU threshold or a range of them, as far as `allowed` accepts the thresholds.
    init(
        _ name: String, otherNames: [String] = [], examples: [any Metric],
        allowed: ThresholdRule = .any, _ make: @escaping @Sendable (IoUThresholds) -> any Metric
    ) {
        self.name = name
        usage = allowed == .any ? "\(name)@THRESHOLD or \(name)@START:END:STEP" : "\(name)@THRESHOLD"
        self.examples = examples
        self.otherNames = otherNames
        let usual = examples.first.map { "\($0.id)" } ?? "\(name)@1/2"
        member = { id throws(MetricError) in
            guard let parameter = id.parameter else {
                throw .malformedID(text: "\(id)", found: "\(name) needs an IoU threshold as a fraction", write: usual)
            }
            let thresholds = IoUThresholds(parameter)
            if allowed == .singleFromOneHalf {
                guard case .threshold(let threshold) = parameter, threshold >= .oneHalf else {
                    let found = "\(name) takes one threshold of at least 1/2, where the matching is unique"
                    throw .malformedID(text: "\(id)", found: found, write: usual)
                }
            }
            return make(thresholds)
        }
    }

    /// Which thresholds a family takes.
    enum ThresholdRule {
        /// One or a range, anywhere above 0 and up to 1.
        case any
        /// One, from 1/2 to 1.
        case singleFromOneHalf
    }
}
