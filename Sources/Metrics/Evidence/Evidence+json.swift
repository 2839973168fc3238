#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Evidence: Codable {
    /// Reads and checks the stored form; a key that this version does not know is an error, never dropped.
    public init(from decoder: any Decoder) throws {
        let known = ["overlap", "shape", "spacing", "version"]
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
            let expected = "only \(known.joined(separator: ", "))"
            throw MetricError.invalidEvidence(place: "keys", found: "'\(key.stringValue.prefix(40))'", expected: expected)
        }
        self = try EvidenceForm(from: decoder).evidence(limits: .standard)
    }

    /// Writes the stored form.
    public func encode(to encoder: any Encoder) throws {
        try EvidenceForm(self).encode(to: encoder)
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension Evidence {
    /// The canonical JSON (RFC 8785) of the evidence: the same evidence has the same bytes everywhere.
    public func json() -> [UInt8] {
        var writer = CanonicalWriter()
        let form = EvidenceForm(self)
        writer.text("{")
        if let overlap = form.overlap {
            writer.text("\"overlap\":{\"cells\":{\"prediction\":")
            writer.list(overlap.cells.prediction)
            writer.text(",\"truth\":")
            writer.list(overlap.cells.truth)
            writer.text(",\"voxels\":")
            writer.list(overlap.cells.voxels)
            writer.text("},\"prediction\":")
            writer.objects(overlap.prediction)
            writer.text(",\"truth\":")
            writer.objects(overlap.truth)
            writer.text("},")
        }
        writer.text("\"shape\":")
        writer.list(form.shape)
        writer.text(",\"spacing\":")
        writer.list(form.spacing)
        writer.text(",\"version\":\(form.version)}")
        return writer.bytes
    }

    /// Reads canonical JSON, and nothing else: bytes that differ from `json()` of what they say are refused, which leaves no room
    /// for duplicate or unknown keys.
    ///
    /// Throws `MetricError.invalidEvidence` with the place, `tooManyObjects` or `tooManyCells` above the limits.
    public init(json bytes: [UInt8], limits: EvidenceLimits = .standard) throws(MetricError) {
        guard bytes.count <= limits.jsonBytes else {
            throw .invalidEvidence(place: "file", found: "\(bytes.count) bytes", expected: "at most \(limits.jsonBytes)")
        }
        let form: EvidenceForm
        do {
            form = try JSONDecoder().decode(EvidenceForm.self, from: Data(bytes))
        } catch {
            throw .invalidEvidence(
                place: "JSON", found: "text that does not decode", expected: "the stored form of version \(Self.version)")
        }
        self = try form.evidence(limits: limits)
        guard json() == bytes else {
            throw .invalidEvidence(place: "JSON", found: "another form of writing or further keys", expected: "canonical JSON")
        }
    }
}
