internal import Records

/// The board for search engines and catalogues: a schema.org `Dataset` with the ranking as an `ItemList`.
enum StructuredData {
    /// A JSON-LD block; nothing in it can end the script element.
    static func markup(_ model: BoardModel, addresses: [(entry: BoardEntry, address: String)]) -> String {
        guard let bytes = try? document(model, addresses).canonicalBytes() else { return "" }
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isPlain = !"<>&".unicodeScalars.contains(scalar) && !invisible.contains(scalar.properties.generalCategory)
            guard !isPlain, scalar.value <= 0xFFFF else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "<script type=\"application/ld+json\">\(text)</script>"
    }

    private static let invisible: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]

    private static func document(_ model: BoardModel, _ addresses: [(entry: BoardEntry, address: String)]) -> JSONValue {
        var dataset: [String: JSONValue] = [
            "@type": "Dataset", "name": .string("\(model.challenge.title): leaderboard, \(model.phase.title)"),
            "description": .string(model.challenge.summary ?? "Scores of submissions to \(model.challenge.title)."),
            "creator": .array(model.challenge.organisers.map(person)),
            "variableMeasured": .array(
                model.metrics.map {
                    .object(["@type": "PropertyValue", "name": .string($0.id), "description": .string($0.convention)])
                }),
            "distribution": .array([download("leaderboard.csv", "text/csv"), download("leaderboard.json", "application/json")]),
            "isAccessibleForFree": true,
        ]
        if let address = licenceAddress(model.challenge.licence) { dataset["license"] = .string(address) }
        let ranked = addresses.filter { $0.entry.standing != nil }
        let list: JSONValue = .object([
            "@type": "ItemList", "name": "Ranking", "itemListOrder": "https://schema.org/ItemListOrderAscending",
            "numberOfItems": .integer(Int64(ranked.count)),
            "itemListElement": .array(
                ranked.map { entry, address in
                    .object([
                        "@type": "ListItem", "position": .integer(Int64(entry.standing?.rank ?? 0)), "name": .string(entry.name),
                        "url": .string("submissions/\(address).html"),
                    ])
                }),
        ])
        return .object(["@context": "https://schema.org", "@graph": .array([.object(dataset), list])])
    }

    private static func person(_ person: BoardPerson) -> JSONValue {
        var members: [String: JSONValue] = ["@type": "Person", "name": .string(person.name)]
        if let orcid = person.orcid { members["@id"] = .string("https://orcid.org/\(orcid)") }
        if let affiliation = person.affiliation {
            members["affiliation"] = .object(["@type": "Organization", "name": .string(affiliation)])
        }
        return .object(members)
    }

    private static func download(_ path: String, _ type: String) -> JSONValue {
        .object(["@type": "DataDownload", "contentUrl": .string(path), "encodingFormat": .string(type)])
    }

    /// Where an SPDX identifier is explained; `nil` for a text that is none.
    static func licenceAddress(_ licence: String) -> String? {
        let isIdentifier =
            !licence.isEmpty
            && licence.utf8.allSatisfy {
                ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || ($0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z"))
                    || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z")) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
            }
        return isIdentifier ? "https://spdx.org/licenses/\(licence).html" : nil
    }
}
