internal import Records

/// The style sheet and the script, which stand in every page itself: a page can be saved, mailed and printed alone.
public enum PageStyle {
    /// The style sheet.
    public static let styleSheet = String(decoding: PackageResources.style_css, as: UTF8.self)
    /// The script: it makes columns sortable, and every page is complete without it.
    public static let script = String(decoding: PackageResources.sort_js, as: UTF8.self)

    /// The policy of a static page: nothing is loaded from anywhere, and only this style sheet and this script count.
    public static let contentSecurityPolicy =
        "default-src 'none'; style-src '\(hash(styleSheet))'; script-src '\(hash(script))'; "
        + "img-src data:; base-uri 'none'; form-action 'none'"

    private static func hash(_ text: String) -> String {
        "sha256-" + base64(Digest(of: Array(text.utf8)).bytes)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let padded = Array(group) + Array(repeating: 0, count: 3 - group.count)
            let bits = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
            for position in 0..<4 {
                text.append(position <= group.count ? alphabet[bits >> (18 - 6 * position) & 63] : "=")
            }
        }
        return text
    }
}
