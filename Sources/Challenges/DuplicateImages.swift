import Records

/// The same picture as two cases.
enum DuplicateImages {
    static func diagnostics(for fingerprints: [DataCheck.Fingerprint]) -> [Diagnostic] {
        var byPixels: [Digest: Int] = [:]
        var byFile: [Digest: Int] = [:]
        var diagnostics: [Diagnostic] = []
        for (index, fingerprint) in fingerprints.enumerated() {
            guard let image = fingerprint.image else { continue }
            guard let earlier = byFile[image.file] ?? byPixels[image.pixels] else {
                byFile[image.file] = index
                byPixels[image.pixels] = index
                continue
            }
            let other = fingerprints[earlier]
            // The same path twice was reported when the lists were read.
            guard other.entry.image != fingerprint.entry.image else { continue }
            let how = byFile[image.file] == nil ? "the same pixels as" : "the same file as"
            let sides = Set([other.split.visibility, fingerprint.split.visibility].compactMap(\.self))
            let isLeak = sides.count == 2
            diagnostics.append(
                Diagnostic(
                    file: fingerprint.split.file, line: fingerprint.entry.line,
                    found: "case `\(fingerprint.entry.id)` with \(how) case `\(other.entry.id)` of "
                        + "\(other.split.words) (\(other.split.file):\(other.entry.line))",
                    write: isLeak
                        ? "remove it from one of them; what is public cannot be hidden" : "remove one of them; a case would count twice"))
        }
        return diagnostics
    }
}
