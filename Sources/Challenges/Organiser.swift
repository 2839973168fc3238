/// A person who runs a challenge.
public struct Organiser: Sendable, Equatable, Codable {
    /// An institution.
    public struct Affiliation: Sendable, Equatable, Codable {
        /// Its name.
        public let name: String
        /// Its address in the Research Organization Registry, such as `https://ror.org/02catss52`.
        public let ror: String?

        /// Names an institution.
        public init(name: String, ror: String? = nil) {
            self.name = name
            self.ror = ror
        }
    }

    /// The person's name.
    public let name: String
    /// The ORCID iD, four groups of four, the last digit checked (ISO 7064 MOD 11-2).
    public let orcid: String?
    /// Where the person works.
    public let affiliation: Affiliation?

    /// Names an organiser.
    public init(name: String, orcid: String? = nil, affiliation: Affiliation? = nil) {
        self.name = name
        self.orcid = orcid
        self.affiliation = affiliation
    }

    /// Whether a text is an ORCID iD with the right check digit.
    public static func isORCID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.count == 4, groups.allSatisfy({ $0.utf8.count == 4 }) else { return false }
        let digits = Array(groups.joined().utf8)
        var total = 0
        for digit in digits.dropLast() {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return false }
            total = (total + Int(digit - UInt8(ascii: "0"))) * 2
        }
        let check = (12 - total % 11) % 11
        return digits.last == (check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check))
    }

    /// Whether a text is the address of an entry of the Research Organization Registry.
    public static func isROR(_ text: String) -> Bool {
        let start = "https://ror.org/0"
        guard text.hasPrefix(start) else { return false }
        let rest = text.dropFirst(start.count)
        return rest.utf8.count == 8
            && rest.utf8.allSatisfy { byte in
                (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            }
    }
}
