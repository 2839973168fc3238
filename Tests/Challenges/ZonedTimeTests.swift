import Challenges
import Foundation
import Testing

@Suite("Times")
struct ZonedTimeTests {
    @Test(
        "A wall-clock time with its zone is an instant",
        arguments: [
            ("2026-12-01T09:00[Europe/Berlin]", 1_796_112_000), ("2026-07-01T09:00[Europe/Berlin]", 1_782_889_200),
            ("1970-01-01T00:00[UTC]", 0), ("2000-02-29T23:59:59[UTC]", 951_868_799), ("2026-12-01T09:00[Asia/Kolkata]", 1_796_095_800),
            ("2026-12-01T09:00[America/New_York]", 1_796_133_600), ("2026-03-29T01:59[Europe/Berlin]", 1_774_745_940),
            ("2026-03-29T03:00[Europe/Berlin]", 1_774_746_000), ("2026-10-25T01:59[Europe/Berlin]", 1_792_886_340),
            ("2026-10-25T03:00[Europe/Berlin]", 1_792_893_600), ("2026-12-01T09:00[Pacific/Kiritimati]", 1_796_065_200),
        ])
    func instants(text: String, seconds: Int) throws {
        let time = try ZonedTime(text)
        #expect(Int(time.date.timeIntervalSince1970) == seconds)
        #expect(time.text == text)
    }

    @Test(
        "What is no time says why",
        arguments: [
            ("2026-12-01T09:00", ZonedTime.Mistake.noZone(local: "2026-12-01T09:00")), ("2026-12-01", .noZone(local: nil)),
            ("2026-12-01T09:00Z", .noZone(local: nil)), ("2026-12-01 09:00[UTC]", .notATime), ("2026-12-1T09:00[UTC]", .notATime),
            ("2026-12-01T9:00[UTC]", .notATime), ("[UTC]", .notATime),
            ("2026-12-01T09:00[Area/City]", .unknownZone("Area/City", nearest: nil)), ("2026-13-01T09:00[UTC]", .noSuchDate),
            ("2026-04-31T09:00[UTC]", .noSuchDate), ("1900-02-29T09:00[UTC]", .noSuchDate), ("2026-12-01T09:60[UTC]", .noSuchDate),
            ("2026-12-01T09:00:60[UTC]", .noSuchDate), ("0000-12-01T09:00[UTC]", .noSuchDate),
            ("2026-12-01T09:00[]", .unknownZone("", nearest: nil)), ("2026-12-01T09:00[CEST]", .unknownZone("CEST", nearest: nil)),
            ("2026-12-01T09:00[GMT+1]", .unknownZone("GMT+1", nearest: nil)),
            ("2026-12-01T09:00[europe/berlin]", .unknownZone("europe/berlin", nearest: "Europe/Berlin")),
            ("2026-03-29T02:00[Europe/Berlin]", .skipped), ("2026-03-29T02:59:59[Europe/Berlin]", .skipped),
            ("2026-10-25T02:00[Europe/Berlin]", .twice), ("2026-10-25T02:59:59[Europe/Berlin]", .twice),
            // Samoa went without this day.
            ("2011-12-30T12:00[Pacific/Apia]", .skipped),
        ])
    func mistakes(text: String, mistake: ZonedTime.Mistake) {
        #expect(throws: mistake) { try ZonedTime(text) }
    }

    @Test("A time is told on the clocks of another zone")
    func otherZone() throws {
        let time = try ZonedTime("2026-12-31T23:30[Europe/Berlin]")
        let newYork = try #require(TimeZone(identifier: "America/New_York"))
        let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
        #expect(time.text(in: newYork) == "2026-12-31 17:30")
        #expect(time.text(in: tokyo) == "2027-01-01 07:30")
        #expect(try ZonedTime("1969-12-31T23:59:58[UTC]").text(in: newYork) == "1969-12-31 18:59:58")
    }

    @Test("Day numbers agree with Foundation's calendar over four centuries")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for year in stride(from: 1901, through: 2299, by: 7) {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
                let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)T12:34[UTC]"
                let components = DateComponents(year: year, month: month, day: day, hour: 12, minute: 34)
                let time = try ZonedTime(text)
                #expect(time.date == calendar.date(from: components), "\(text)")
                #expect(time.text(in: calendar.timeZone) == text.replacing("[UTC]", with: "").replacing("T", with: " "))
            }
        }
    }
}
