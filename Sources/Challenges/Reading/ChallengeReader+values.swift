/// Reading of single values: each reports what is wrong with its place and answers `nil` then.
extension ChallengeReader {
    /// A mapping with known keys; unknown and missing ones are reported.
    mutating func section(_ value: YAMLValue, named name: String, at place: Place, keys: [Section.Key]) -> Section? {
        guard case .mapping(let pairs) = value.content else {
            report(
                value.place, found: "\(value.kindText) as \(name)",
                write: "write a mapping: \(keys.filter(\.isRequired).map { "`\($0.name): …`" }.joined(separator: ", "))")
            return nil
        }
        var section = Section(name: name, place: place, keys: keys)
        for pair in pairs {
            guard keys.contains(where: { $0.name == pair.key }) else {
                let free = keys.map(\.name).filter { key in !pairs.contains { $0.key == key } }
                let nearest = Spelling.nearest(to: pair.key, among: free) ?? Spelling.nearest(to: pair.key, among: keys.map(\.name))
                report(
                    pair.place, found: "the unknown key \(Quoting.quoted(pair.key)) in \(name)",
                    write: nearest.map { "write `\($0)`" } ?? "remove it; the keys are \(keys.map(\.name).joined(separator: ", "))")
                continue
            }
            section.pairs[pair.key] = pair
        }
        for key in keys where key.isRequired && section.pairs[key.name] == nil && !lostKeys.contains(key.name) {
            report(place, found: "no `\(key.name)` in \(name)", write: "write `\(key.example)`")
        }
        return section
    }

    /// A text that is not empty and no placeholder.
    mutating func text(_ section: Section, _ key: String) -> String? {
        guard let pair = section[key] else { return nil }
        guard case .text(let text) = pair.value.content else {
            report(pair.value.place, found: "\(pair.value.kindText) as `\(key)`", write: "write a text: `\(section.example(key))`")
            return nil
        }
        guard !Placeholder.isOne(text) else {
            let what = text.isEmpty ? "nothing" : "the placeholder \(Quoting.quoted(text))"
            report(pair.value.place, found: "\(what) as `\(key)` in \(section.name)", write: "write `\(section.example(key))`")
            return nil
        }
        return text
    }

    /// A text that can be an id.
    mutating func identifier(_ section: Section, _ key: String) -> String? {
        guard let text = text(section, key), let place = section[key]?.value.place else { return nil }
        guard Identifier.isValid(text) else {
            report(place, found: "`\(key): \(Quoting.visible(text))`", write: "write \(Identifier.rule), such as `\(section.example(key))`")
            return nil
        }
        return text
    }

    /// One word of a closed list.
    mutating func word<Word: RawRepresentable<String>>(_ section: Section, _ key: String, among words: [Word]) -> Word? {
        guard let text = text(section, key), let place = section[key]?.value.place else { return nil }
        if let word = words.first(where: { $0.rawValue == text }) { return word }
        let texts = words.map(\.rawValue)
        report(
            place, found: "`\(key): \(Quoting.visible(text))`",
            write: Spelling.nearest(to: text, among: texts).map { "write `\(key): \($0)`" } ?? "write \(Quoting.choice(texts))")
        return nil
    }

    /// A whole number in a range.
    mutating func count(_ section: Section, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(section, key), let place = section[key]?.value.place else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "-") }), let number = Int(text) else {
            report(place, found: "`\(key): \(Quoting.visible(text))`", write: "write a whole number: `\(section.example(key))`")
            return nil
        }
        guard range.contains(number) else {
            report(place, found: "`\(key): \(number)`", write: "write a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// A duration in seconds.
    mutating func duration(_ section: Section, _ key: String, in range: ClosedRange<Int>) -> Int? {
        quantity(section, key, in: range, units: Quantity.durations, print: Quantity.duration)
    }

    /// A size in bytes.
    mutating func size(_ section: Section, _ key: String, in range: ClosedRange<Int>) -> Int? {
        quantity(section, key, in: range, units: Quantity.sizes, print: Quantity.size)
    }

    private mutating func quantity(
        _ section: Section, _ key: String, in range: ClosedRange<Int>, units: [(unit: String, factor: Int)], print: (Int) -> String
    ) -> Int? {
        guard let text = text(section, key), let place = section[key]?.value.place else { return nil }
        let list = units.map(\.unit).joined(separator: ", ")
        let found = "`\(key): \(Quoting.visible(text))`"
        do {
            let value = try Quantity.read(text, units: units)
            guard range.contains(value) else {
                report(place, found: found, write: "write a value from \(print(range.lowerBound)) to \(print(range.upperBound))")
                return nil
            }
            return value
        } catch {
            switch error {
            case .noUnit(let number):
                let unit = units.first { section.example(key).hasSuffix($0.unit) }?.unit ?? units[0].unit
                report(place, found: "\(found) without a unit", write: "write `\(key): \(number)\(unit)` if that is meant (units: \(list))")
            case .unknownUnit(let unit):
                let nearest = units.map(\.unit).first { $0.lowercased() == unit.lowercased() }
                report(
                    place, found: "\(found) with the unknown unit \(Quoting.quoted(unit))",
                    write: nearest.map { "write `\(key): \(text.prefix { $0.isNumber })\($0)`" } ?? "use one of the units \(list)")
            case .notAQuantity:
                report(place, found: found, write: "write a whole number with a unit (\(list)): `\(section.example(key))`")
            }
            return nil
        }
    }

    /// A list that is not empty.
    mutating func list(_ section: Section, _ key: String) -> [YAMLValue]? {
        guard let pair = section[key] else { return nil }
        guard case .list(let items) = pair.value.content, !items.isEmpty else {
            let what: String
            if case .list = pair.value.content { what = "an empty list" } else { what = pair.value.kindText }
            report(pair.value.place, found: "\(what) as `\(key)`", write: "write a list: `\(section.example(key))`")
            return nil
        }
        return items
    }

    /// The pairs of a mapping whose keys are ids of the organiser's choice; never empty.
    mutating func named(_ section: Section, _ key: String) -> [YAMLPair]? {
        guard let pair = section[key] else { return nil }
        guard case .mapping(let pairs) = pair.value.content, !pairs.isEmpty else {
            report(pair.value.place, found: "\(pair.value.kindText) as `\(key)`", write: "write a mapping: `\(section.example(key))`")
            return nil
        }
        for pair in pairs where !Identifier.isValid(pair.key) {
            report(pair.place, found: "the name \(Quoting.quoted(pair.key)) in `\(key)`", write: "use \(Identifier.rule)")
        }
        return pairs
    }

    /// A path inside the challenge folder.
    mutating func path(_ section: Section, _ key: String) -> String? {
        guard let text = text(section, key), let place = section[key]?.value.place else { return nil }
        if let mistake = RelativePath.mistake(in: text) {
            report(place, found: "the path \(Quoting.quoted(text)), which \(mistake)", write: "write `\(section.example(key))`")
            return nil
        }
        return text
    }

    /// An instant with its zone.
    mutating func time(_ section: Section, _ key: String) -> ZonedTime? {
        guard let text = text(section, key), let place = section[key]?.value.place else { return nil }
        do {
            return try ZonedTime(text)
        } catch {
            let found = "`\(key): \(Quoting.visible(text))`"
            switch error {
            case .noZone(let local):
                report(
                    place, found: "\(found), a time without a zone",
                    write: "write `\(key): \(local ?? "2026-12-01T09:00")[Europe/Berlin]` with the zone that is meant")
            case .notATime:
                report(place, found: "\(found), which is no time", write: "write `\(key): 2026-12-01T09:00[Europe/Berlin]`")
            case .noSuchDate:
                report(place, found: "\(found), which is in no calendar", write: "write a date and an hour (00:00 to 23:59) that exist")
            case .unknownZone(let zone, let nearest):
                report(
                    place, found: "\(found) with the unknown zone \(Quoting.quoted(zone))",
                    write: nearest.map { "write `[\($0)]`" } ?? "write a zone of the IANA list such as `[Europe/Berlin]` or `[UTC]`")
            case .skipped:
                report(
                    place, found: "\(found), an hour that does not exist there (the clocks are set forward)",
                    write: "write a time before or after the change")
            case .twice:
                report(
                    place, found: "\(found), an hour that comes twice there (the clocks are set back)",
                    write: "write a time before or after the change, or the same instant with `[UTC]`")
            }
            return nil
        }
    }
}
