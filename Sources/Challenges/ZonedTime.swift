public import Foundation

/// An instant as an organiser writes it: wall-clock time with the name of its time zone, `2026-12-01T09:00[Europe/Berlin]`.
///
/// The zone is a name of the IANA database, so that the hour stays right when the clocks change. Seconds may follow the minutes.
public struct ZonedTime: Sendable, Hashable {
    /// Why a text is no time.
    public enum Mistake: Error, Sendable, Equatable {
        /// The text has no zone in brackets; the time as far as it was read.
        case noZone(local: String?)
        /// The text is not `YYYY-MM-DDTHH:MM[Zone]`.
        case notATime
        /// Such as month 13, 30 February or 24:00.
        case noSuchDate
        /// The zone is not in the IANA database; the nearest name that is.
        case unknownZone(String, nearest: String?)
        /// The clocks jump over this time.
        case skipped
        /// The clocks show this time twice.
        case twice
    }

    /// The instant.
    public let date: Date
    /// The name of the zone.
    public let zone: String
    /// The wall-clock time as written, `2026-12-01T09:00`.
    public let local: String

    /// Reads `2026-12-01T09:00[Europe/Berlin]`.
    public init(_ text: String) throws(Mistake) {
        guard let open = text.firstIndex(of: "["), text.hasSuffix("]") else {
            throw .noZone(local: CivilTime(text).map { _ in text })
        }
        let local = String(text[..<open])
        let name = String(text[text.index(after: open)...].dropLast())
        guard let civil = CivilTime(local) else { throw .notATime }
        guard let seconds = civil.secondsAsIfUTC else { throw .noSuchDate }
        guard ZonedTime.isKnown(name), let zone = TimeZone(identifier: name) else {
            throw .unknownZone(name, nearest: ZonedTime.nearestZone(to: name))
        }
        // The offset that holds at the instant itself must be the one with which the instant was computed.
        // None fits where the clocks jump forward, two fit where they are set back.
        let probes = [-86_400, 86_400].map { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds + $0))) }
        let instants = Set(probes.map { seconds - $0 }).filter { instant in
            seconds - instant == zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
        }
        guard let instant = instants.first else { throw .skipped }
        guard instants.count == 1 else { throw .twice }
        date = Date(timeIntervalSince1970: Double(instant))
        self.zone = name
        self.local = local
    }

    /// Whether a text is `UTC` or a name of the form `Area/City` in the IANA database; abbreviations such as `CET` and offsets are not.
    public static func isKnown(_ name: String) -> Bool {
        // The list of known identifiers leaves out newer names such as Asia/Kolkata, so the zone itself is asked for.
        name == "UTC" || (name.contains("/") && TimeZone(identifier: name) != nil)
    }

    private static func nearestZone(to name: String) -> String? {
        // An offset is not near to any zone.
        guard !name.contains(where: \.isNumber) else { return nil }
        return Spelling.nearest(to: name, among: ["UTC"] + TimeZone.knownTimeZoneIdentifiers.filter(isKnown))
    }

    /// The time as it stands in the file.
    public var text: String { "\(local)[\(zone)]" }

    /// The time on the clocks of another zone, `2026-12-01 08:00`.
    public func text(in zone: TimeZone) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: date)
        return CivilTime(secondsAsIfUTC: seconds).text
    }
}
