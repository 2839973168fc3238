import Metrics

/// Every metric with its convention and source.
enum MetricList {
    private struct Entry: Encodable {
        let id: String
        let usage: String
        let title: String
        let convention: String
        let source: String
        let version: Int
        let higherIsBetter: Bool?
    }

    static func show(asJSON: Bool) throws {
        let entries = MetricCatalog.families.flatMap { family in
            family.examples.prefix(1).map { metric in
                Entry(
                    id: "\(metric.id)", usage: family.usage, title: metric.title, convention: metric.convention, source: metric.source,
                    version: metric.version, higherIsBetter: metric.higherIsBetter)
            }
        }
        if asJSON { return try Terminal.json(entries) }
        for entry in entries {
            Terminal.say("\(entry.usage)  (such as \(entry.id))")
            Terminal.say(Paragraph.wrapped("\(entry.title). \(entry.convention)", indent: 4))
            Terminal.say(Paragraph.wrapped("Source: \(entry.source)", indent: 4))
            Terminal.say()
        }
    }
}
