internal import ModelPackages
internal import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What of a run is finished: a text file whose first line says which run; each further line is the number of a tile, `undo` and the
/// number of the window whose sums are being changed, or `pass` with a pass' number and the statistics that it took. All these are of the
/// sample that the last line `sample` begins, with what the samples before it came to; without one, of the first. In front of such a line
/// stand lines `unusual` for the inputs of which the sample before it was the first with values that are not finite. A line `rounded`
/// with the number of an input stands before the first tile for which values of the image were rounded, whatever its sample.
///
/// A line is written after what it speaks of is in its file, so that a run that is killed at any moment goes on where it
/// stopped. A last line without its end is a line that was being written; it does not count.
final class RunJournal {
    /// The sample that is not finished, counted from 0.
    private(set) var sample = 0
    /// What the samples before it came to.
    let totals: RunTotals
    /// The sample's tiles that an earlier run finished.
    private(set) var finished: Set<Int>
    /// The window whose sums an earlier run was changing when it ended; `nil` if there is none.
    private(set) var changing: Int?
    /// The statistics that an earlier run took, pass by pass.
    private(set) var statistics: [ChannelStatistics]
    /// The inputs of which an earlier run or this one rounded values, by their numbers.
    private(set) var rounded: Set<Int>
    /// What messages call the folder of the work in progress.
    let workName: String
    private let descriptor: Int32

    /// Opens the journal of a run or begins it.
    ///
    /// - Parameters:
    ///   - key: what the result depends on, in one line.
    ///   - targets: the number of files that the run makes.
    ///   - workName: what messages call the folder of the work in progress.
    init(_ path: String, key: String, targets: Int, workName: String) throws(InferenceError) {
        self.workName = workName
        let head = "concours-run 4 \(key)"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0o666)
        guard descriptor >= 0 else { throw RunJournal.failure("cannot be opened") }
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .work(found: "another run is writing this output, its work lies in \(workName)", remedy: "wait until it has ended")
        }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            text += buffer.prefix(count)
        }
        let complete = text.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let begun = String(decoding: text[..<complete].prefix { $0 != 0x0A }, as: UTF8.self)
        guard begun.isEmpty || begun == head else {
            close(descriptor)
            throw .work(
                found: "an interrupted run of another model, image, tile or option left its work in \(workName)",
                remedy: "repeat that run, or remove that folder")
        }
        rounded = RunJournal.roundedInputs(in: text[..<complete])
        let (start, unusual) = RunJournal.lastSample(in: text[..<complete])
        var lines = text[start..<complete].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let beginning = lines.isEmpty ? [] : lines.removeFirst().split(separator: " ")
        var totals = RunTotals(objects: [Int?](repeating: nil, count: targets))
        if beginning.first == "sample", beginning.count == targets + 3, let number = Int(beginning[1]), let nonFinite = Int(beginning[2]) {
            sample = number
            totals = RunTotals(nonFinite: nonFinite, objects: beginning[3...].map { Int($0) })
            for sample in unusual.compactMap(RunTotals.UnusualSample.init) { totals.add(sample) }
        }
        self.totals = totals
        let entries = lines.map { $0.split(separator: " ") }
        let finished = Set(entries.compactMap { $0.count == 1 ? Int($0[0]) : nil })
        self.finished = finished
        let changed = entries.last { $0.first == "undo" }.flatMap { $0.count == 2 ? Int($0[1]) : nil }
        changing = changed.flatMap { finished.contains($0) ? nil : $0 }
        var statistics: [ChannelStatistics] = []
        for entry in entries where entry.first == "pass" {
            guard entry.count > 2, Int(entry[1]) == statistics.count, let pass = ChannelStatistics(entry.dropFirst(2)) else { continue }
            statistics.append(pass)
        }
        self.statistics = statistics
        ftruncate(descriptor, off_t(complete))
        if begun.isEmpty { try append(head) }
    }

    deinit { close(descriptor) }

    /// Whether nothing of the sample is finished or begun by an earlier run.
    var isFresh: Bool { finished.isEmpty && changing == nil }

    /// Notes that a sample begins, and that those before it are finished.
    func begin(sample number: Int, _ totals: RunTotals) throws(InferenceError) {
        let objects = totals.objects.map { $0.map(String.init) ?? "-" }.joined(separator: " ")
        let unusual = totals.unusual.filter { $0.sample == sample }.map { $0.line + "\n" }.joined()
        try append("\(unusual)sample \(number) \(totals.nonFinite) \(objects)")
        (sample, finished, changing, statistics) = (number, [], nil, [])
    }

    /// Notes that values of an input are rounded.
    func note(rounding input: Int) throws(InferenceError) {
        guard rounded.insert(input).inserted else { return }
        try append("rounded \(input)")
    }

    /// Notes a finished tile.
    func note(_ tile: Int) throws(InferenceError) { try append("\(tile)") }

    /// Notes that the sums of a window are about to be changed, and that what they were is kept.
    func note(changing window: Int) throws(InferenceError) { try append("undo \(window)") }

    /// Notes the statistics of a finished pass.
    func note(_ statistics: ChannelStatistics, ofPass pass: Int) throws(InferenceError) {
        try append("pass \(pass) \(statistics.line)")
    }

    private static func roundedInputs(in text: ArraySlice<UInt8>) -> Set<Int> {
        let word = Array("rounded ".utf8)
        let lines = text.split(separator: 0x0A).filter { $0.starts(with: word) }
        return Set(lines.compactMap { Int(String(decoding: $0.dropFirst(word.count), as: UTF8.self)) })
    }

    /// Where the last line begins that begins a sample, or else the first line; and the lines `unusual` in front of it.
    private static func lastSample(in text: ArraySlice<UInt8>) -> (start: Int, unusual: [String]) {
        let sample = Array("sample ".utf8), unusual = Array("unusual ".utf8)
        var (found, start) = (text.startIndex, text.startIndex)
        // Those behind the last sample's beginning are of a sample that did not end.
        var (lines, waiting) = ([String](), [String]())
        while let end = text[start...].firstIndex(of: 0x0A) {
            if text[start...].starts(with: sample) {
                found = start
                lines += waiting
                waiting = []
            }
            if text[start...].starts(with: unusual) { waiting.append(String(decoding: text[start..<end], as: UTF8.self)) }
            start = end + 1
        }
        return (found, lines)
    }

    private func append(_ line: String) throws(InferenceError) {
        let bytes = Array((line + "\n").utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw RunJournal.failure("cannot be written") }
    }

    private static func failure(_ what: String) -> InferenceError {
        .work(found: "the journal of the run \(what): \(String(cString: strerror(errno)))", remedy: "make the output's folder writable")
    }
}

extension RunTotals.UnusualSample {
    /// The word `unusual`, then the sample, the input, the numbers of NaNs and of infinities and the place of the first of them.
    fileprivate var line: String {
        "unusual " + ([sample, input, notANumber, infinite] + first).map(String.init).joined(separator: " ")
    }

    /// Reads such a line; `nil` if it is none.
    fileprivate init?(_ line: String) {
        let words = line.split(separator: " ").dropFirst(), numbers = words.compactMap { Int($0) }
        guard numbers.count == words.count, numbers.count >= 4 else { return nil }
        self.init(
            sample: numbers[0], input: numbers[1], notANumber: numbers[2], infinite: numbers[3], first: Array(numbers.dropFirst(4)))
    }
}

extension ChannelStatistics {
    /// The number of places, then for each channel sum, sum of squares and maximum: the bits of the numbers in hexadecimal digits, so
    /// that none is rounded.
    fileprivate var line: String {
        let channels = sums.indices.map { channel in
            [sums[channel].bitPattern, squares[channel].bitPattern, UInt64(maxima[channel].bitPattern)]
                .map { String($0, radix: 16) }.joined(separator: " ")
        }
        return "\(places) \(channels.joined(separator: " "))"
    }

    /// Reads such a line; `nil` if it is none.
    fileprivate init?(_ words: ArraySlice<Substring>) {
        guard let places = words.first.flatMap({ Int($0) }) else { return nil }
        let bits = words.dropFirst().compactMap { UInt64($0, radix: 16) }
        guard bits.count == words.count - 1, bits.count % 3 == 0 else { return nil }
        let channels = stride(from: 0, to: bits.count, by: 3)
        self.init(
            places: places, sums: channels.map { Double(bitPattern: bits[$0]) }, squares: channels.map { Double(bitPattern: bits[$0 + 1]) },
            maxima: channels.map { Float(bitPattern: UInt32(truncatingIfNeeded: bits[$0 + 2])) })
    }
}
