/// The licences that a challenge may name: SPDX identifiers usual for data, models and code.
enum Licences {
    static let identifiers: [String] = [
        "0BSD", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0",
        "C-UDA-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-3.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-3.0", "CC-BY-NC-ND-4.0",
        "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-3.0", "CC-BY-ND-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-PDDC", "CC0-1.0",
        "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "DL-DE-BY-2.0", "DL-DE-ZERO-2.0", "ECL-2.0", "EPL-2.0",
        "EUPL-1.2", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "LGPL-2.1-only",
        "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0", "O-UDA-1.0", "ODC-By-1.0", "ODbL-1.0",
        "OGL-UK-3.0", "PDDL-1.0", "Unlicense", "Zlib", "etalab-2.0",
    ]

    /// Whether a licence is in the list, or the organiser's own in SPDX's form `LicenseRef-name`.
    static func isKnown(_ text: String) -> Bool {
        if identifiers.contains(text) { return true }
        let own = "LicenseRef-"
        return text.hasPrefix(own) && text.count > own.count
            && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46 }
    }

    /// The identifier that was probably meant: usual short forms first, then the spelling.
    static func nearest(to text: String) -> String? {
        let folded = text.lowercased().split { $0 == " " || $0 == "_" || $0 == "-" }.joined(separator: "-")
        let shortForms = [
            "cc0": "CC0-1.0", "cc-0": "CC0-1.0", "public-domain": "CC0-1.0", "cc-by": "CC-BY-4.0", "ccby": "CC-BY-4.0",
            "cc-by-sa": "CC-BY-SA-4.0", "cc-by-nc": "CC-BY-NC-4.0", "cc-by-nc-sa": "CC-BY-NC-SA-4.0", "cc-by-nd": "CC-BY-ND-4.0",
            "bsd": "BSD-3-Clause", "bsd-3": "BSD-3-Clause", "bsd3": "BSD-3-Clause", "bsd-2": "BSD-2-Clause", "bsd2": "BSD-2-Clause",
            "apache": "Apache-2.0", "apache-2": "Apache-2.0",
            "gpl": "GPL-3.0-or-later", "gpl-3.0": "GPL-3.0-or-later", "gpl-2.0": "GPL-2.0-or-later", "odbl": "ODbL-1.0",
        ]
        return shortForms[folded] ?? identifiers.first { $0.lowercased() == folded } ?? Spelling.nearest(to: folded, among: identifiers)
    }
}
