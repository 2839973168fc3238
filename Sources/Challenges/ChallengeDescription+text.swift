extension ChallengeDescription {
    private static let columns = 100

    /// The description for people, wrapped for a terminal of 100 columns.
    public var text: String {
        let people = organisers.map { [$0.name, $0.affiliation?.name].compactMap(\.self).joined(separator: ", ") }
        var lines = ["\(title) (\(id))", String(repeating: "=", count: title.count + id.count + 3)]
        if let summary { lines += Self.wrapped(summary) }
        lines += [""] + Self.wrapped("By \(people.joined(separator: "; ")). Data: \(licence).", indent: 0)
        lines += ["", "Task"] + Self.wrapped(task) + Self.wrapped("To write: " + output)
        lines += ["", "How to hand in: a folder or a zip of one of these kinds"] + handIn.flatMap { Self.wrapped($0, hanging: 4) }
        lines += ["", "Splits"]
        lines += splits.map { "  \($0.id): \($0.cases) cases in \($0.groups) groups, \($0.visibility.rawValue)" }
        lines += ["", "Phases"]
        for phase in phases {
            lines.append("  \(phase.id) [\(phase.state.words)]: \(phase.kind.rawValue) on \(phase.split); \(phase.quota)")
            lines += (phase.times.isEmpty ? ["always open"] : phase.times).flatMap { Self.wrapped($0, indent: 4, hanging: 4) }
        }
        lines += ["", "Limits for one case"] + Self.wrapped(limitsText, hanging: 2)
        lines += Self.wrapped("Elapsed time has one second of grace on top, for starting and ending the sandbox.")
        lines += ["", "Metrics (the first decides the ranking)"] + metricLines
        lines += ["", "Ranking"] + ranking.flatMap { Self.wrapped($0, hanging: 2) }
        for part in DesignField.parts { lines += ["", "Design: \(part.title.lowercased())"] + part.fields.flatMap(designLines) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The metrics in their order; those with one convention stand together, where the first of them stands.
    private var metricLines: [String] {
        var groups: [[MetricSummary]] = []
        for metric in metrics {
            func isAlike(_ group: [MetricSummary]) -> Bool {
                group[0].family == metric.family && group[0].convention == metric.convention && group[0].source == metric.source
            }
            if let index = groups.firstIndex(where: isAlike) { groups[index].append(metric) } else { groups.append([metric]) }
        }
        return groups.flatMap { group in
            group.flatMap { Self.wrapped("\($0.id): \($0.title)", hanging: 4) } + Self.wrapped(group[0].convention, indent: 4)
                + Self.wrapped("Source: " + group[0].source, indent: 4)
        }
    }

    /// A field with its label in a column of its own.
    private func designLines(_ field: DesignField) -> [String] {
        let width = (DesignField.allCases.map(\.label.count).max() ?? 0) + 2
        let lines = Self.wrapped(design[field.rawValue] ?? "", indent: 2 + width)
        guard let first = lines.first else { return [] }
        let label = field.label + String(repeating: " ", count: width - field.label.count)
        return ["  " + label + first.dropFirst(2 + width)] + lines.dropFirst()
    }

    private var limitsText: String {
        let seconds = [("wallSeconds", "elapsed"), ("cpuSeconds", "of processor")]
            .compactMap { key, words in limits[key].map { "\(Quantity.durationWords($0)) \(words)" } }
        let sizes = [("memoryBytes", "of memory"), ("outputBytes", "of output")]
            .compactMap { key, words in limits[key].map { "\(Quantity.sizeWords($0)) \(words)" } }
        return (seconds + sizes + [limits["processes"].map { "\($0) processes" }].compactMap(\.self)).joined(separator: ", ")
    }

    /// The text in lines of at most 100 columns: all begin with `indent` blanks, those after the first with `hanging` more.
    private static func wrapped(_ text: String, indent: Int = 2, hanging: Int = 0) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            let margin = indent + (lines.isEmpty ? 0 : hanging)
            if line.isEmpty {
                line = String(repeating: " ", count: margin) + word
            } else if line.count + 1 + word.count > columns {
                lines.append(line)
                line = String(repeating: " ", count: indent + hanging) + word
            } else {
                line += " " + word
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension ChallengeDescription.MetricSummary {
    /// The id without its parameter, such as `ap`.
    fileprivate var family: Substring { id.prefix { $0 != "@" } }
}
