import Metrics

/// The metrics: known, different, fit to rank by, and enough of them.
extension ChallengeReader {
    /// The ids in the spelling of the catalogue; `nil` for each that is none.
    mutating func readMetrics(_ file: Section, kind: ChallengeTask.Kind?) -> [String?]? {
        guard let items = list(file, "metrics") else { return nil }
        var first: [String: Place] = [:]
        var ids: [String?] = []
        var metrics: [any Metric] = []
        for item in items {
            guard let metric = readMetric(item) else {
                ids.append(nil)
                continue
            }
            let id = "\(metric.id)"
            if let earlier = first[id] {
                report(item.place, found: "the metric `\(id)` a second time (first in line \(earlier.line))", write: "keep one of them")
            }
            first[id] = first[id] ?? item.place
            ids.append(id)
            metrics.append(metric)
        }
        if let primary = metrics.first, ids.first == "\(primary.id)", let place = items.first?.place {
            checkPrimary(primary, place: place)
        }
        if ids.count == metrics.count, let place = items.first?.place { checkSet(metrics, kind: kind, place: place) }
        for (item, id) in zip(items, ids) where id == nil {
            cannotSee(
                item.place == items.first?.place ? "whether the first metric can rank" : "what the metrics together cannot see",
                because: item.place)
        }
        return ids
    }

    private mutating func readMetric(_ item: YAMLValue) -> (any Metric)? {
        guard case .text(let text) = item.content, !Placeholder.isOne(text) else {
            report(item.place, found: "\(item.kindText) as a metric", write: "write an id such as `ap@1/2`")
            return nil
        }
        do {
            return try MetricCatalog.metric(for: text)
        } catch .unknownMetric(_, let nearMisses) {
            report(
                item.place, found: "the unknown metric \(Quoting.quoted(text))",
                write: nearMisses.isEmpty
                    ? "write one of the catalogue's, such as `ap@1/2`; `concours score --list` explains each"
                    : "write \(Quoting.choice(nearMisses))")
        } catch .malformedID(_, let found, let write) {
            report(item.place, found: "the metric \(Quoting.quoted(text)): \(found)", write: "write `\(write)`")
        } catch {
            report(item.place, found: "the metric \(Quoting.quoted(text)): \(error)", write: "write an id such as `ap@1/2`")
        }
        return nil
    }

    private mutating func checkPrimary(_ metric: any Metric, place: Place) {
        guard metric.higherIsBetter != nil, metric.worst?.isFinite == true else {
            let lack =
                metric.higherIsBetter == nil
                ? "neither of more and less is better" : "no finite value is the worst, so that `missing: worst` has no value"
            report(
                place, found: "the primary metric `\(metric.id)`, of which \(lack)",
                write: "write a metric first that can rank, such as `ap@1/2:19/20:1/20`")
            return
        }
    }

    /// What a set of metrics cannot see; after Maier-Hein, Reinke et al., "Metrics reloaded", Nature Methods 21 (2024).
    private mutating func checkSet(_ metrics: [any Metric], kind: ChallengeTask.Kind?, place: Place) {
        guard kind == .instanceSegmentation else { return }
        let families = Set(metrics.map { $0.id.name.prefix { $0 != "." } })
        if families.isSubset(of: ["dice", "iou", "count"]) {
            report(
                place, severity: .warning, found: "metrics that see foreground or numbers only, for the task instanceSegmentation",
                write: "add a metric that compares objects, such as `ap@1/2:19/20:1/20` or `pq`; merged objects go unseen")
            return
        }
        let hasOneThreshold = metrics.allSatisfy { metric in
            if case .threshold? = metric.id.parameter { return true }
            return false
        }
        if hasOneThreshold, Set(metrics.map(\.id.parameter)).count == 1 {
            report(
                place, severity: .warning, found: "one IoU threshold in all metrics",
                write: "add a range such as `ap@1/2:19/20:1/20`, or `pq`; one threshold says little about the outlines")
        }
    }
}
