/// Every metric that Concours knows, by its id.
public enum MetricCatalog {
    /// The families in the order in which they are shown.
    public static let families: [MetricFamily] = instanceFamilies + panopticFamilies + foregroundFamilies + countFamilies

    /// The usual members of every family, each with its convention, source, version, range, direction and worst value.
    public static let all: [any Metric] = families.flatMap(\.examples)

    /// The metric that an id names, such as `ap@1/2`.
    ///
    /// Throws `MetricError.malformedID` with what to write instead, or `MetricError.unknownMetric` with the near misses.
    public static func metric(for text: String) throws(MetricError) -> any Metric {
        // A name that nobody knows is a greater mistake than the parameter behind it.
        let name = text.prefix { $0 != "@" }
        guard families.contains(where: { $0.name == name }) else {
            throw .unknownMetric(text: text, nearMisses: NearMisses.of(text, in: families))
        }
        return try metric(for: MetricID(text))
    }

    /// The metric that an id names.
    public static func metric(for id: MetricID) throws(MetricError) -> any Metric {
        guard let family = families.first(where: { $0.name == id.name }) else {
            throw .unknownMetric(text: "\(id)", nearMisses: NearMisses.of("\(id)", in: families))
        }
        return try family.member(id)
    }
}
