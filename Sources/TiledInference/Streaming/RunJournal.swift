internal import Imaging
internal import ModelPackages
internal import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What of a run is finished: a text file whose first line says which run. Each further line, whose last word is its check, is one of
///
/// - the number of a tile that is finished, with checksums of all sums behind it where windows are averaged;
/// - `undo`, the number of the window whose sums are being changed, and checksums of what was kept of them;
/// - `wrote`, a file, a region and the checksum of the values that were written there;
/// - `pass`, a pass' number and the statistics that it took;
/// - `rounded`, the number of an input, before the first tile for which values of the image were rounded, whatever its sample;
/// - `narrowed`, the number of an output, before the first tile for which the network's whole numbers were rounded, whatever its sample;
/// - `cut`, the number of an input, before the first tile of a sample for which fractions of its values are cut off;
/// - `sample`, which begins a sample, with what those before it came to; lines without one in front are of the first. In front of it
///   stand lines `unusual` for the inputs of which the sample before was the first with values that are not finite;
/// - `placing`: results are about to get their names.
///
/// A line is written after what it speaks of is in its file, so that a run that is killed at any moment goes on where it stopped. After
/// a power loss files may lack what lines speak of: regions are read and compared before a run goes on with a file, and the lines end in
/// front of the first that does not hold.
final class RunJournal {
    /// A region of a file that was written.
    struct Written {
        let file: String
        let region: [Range<Int>]
        let checksum: UInt64
    }

    /// The sample that is not finished, counted from 0.
    private(set) var sample = 0
    /// What the samples before it came to.
    private(set) var totals: RunTotals
    /// The sample's tiles that an earlier run finished.
    private(set) var finished: Set<Int> = []
    /// The window whose sums an earlier run was changing when it ended; `nil` if there is none.
    private(set) var changing: Int?
    /// Checksums of what was kept under that window, sum by sum.
    private(set) var kept: [UInt64] = []
    /// Checksums of the sums behind the last finished window; none in front of the first.
    private(set) var sums: [UInt64] = []
    /// The statistics that an earlier run took, pass by pass.
    private(set) var statistics: [ChannelStatistics] = []
    /// The inputs of which an earlier run or this one rounded values, by their numbers.
    private(set) var rounded: Set<Int> = []
    /// The outputs of which an earlier run or this one rounded whole numbers, by their numbers.
    private(set) var narrowed: Set<Int> = []
    /// The inputs of which an earlier run or this one cut off fractions of values, by their numbers.
    private(set) var withoutFractions: Set<Int> = []
    /// Whether an earlier run was giving results their names.
    private(set) var isPlacing = false
    /// Whether lines were given up, since a file did not hold what they say; the run has to begin with what is left.
    private(set) var isShortened = false
    /// Whether an earlier run's journal does not end where its last line does, or holds nothing.
    private(set) var isDamaged = false
    /// The files into which earlier runs wrote, as far as the lines tell.
    private(set) var writtenFiles: Set<String> = []
    /// What messages call the folder of the work in progress.
    let workName: String

    private let descriptor: Int32
    private let head: String
    private let targets: Int
    /// Where the lines of earlier runs end, and the sample that they did not finish.
    private var earlier = (end: 0, sample: 0)
    /// Files that were compared with the lines of earlier runs.
    private var compared: Set<String> = []
    private var check: UInt64 = 0
    /// Lines that stand in the file with the next one that ends something.
    private var waiting: [UInt8] = []
    /// Where what counts of the file ends, until this run writes there: a file that another look has to judge stays as it is.
    private var cut: Int?

    /// Opens the journal of a run or begins it.
    ///
    /// - Parameters:
    ///   - key: what the result depends on, in one line.
    ///   - targets: the number of files that the run makes.
    ///   - workName: what messages call the folder of the work in progress.
    init(_ path: String, key: String, targets: Int, workName: String) throws(InferenceError) {
        self.workName = workName
        self.targets = targets
        head = "concours-run 7 \(key)"
        totals = RunTotals(objects: [Int?](repeating: nil, count: targets))
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0o666)
        guard descriptor >= 0 else { throw RunJournal.failure("cannot be opened") }
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .work(found: "another run is writing this output, its work lies in \(workName)", remedy: "wait until it has ended")
        }
        try load()
    }

    deinit { close(descriptor) }

    /// Begins again with the lines that the file has.
    func load() throws(InferenceError) {
        let bytes = bytes(), known = JournalLines(bytes)
        guard known.head.isEmpty || known.head == head else {
            throw .work(
                found: RunJournal.differsInImages(known.head, head)
                    ? "an interrupted run left its work in \(workName), and the image was changed or replaced since"
                    : "an interrupted run of another model, image, tile or option left its work in \(workName)",
                remedy: "repeat that run, or remove that folder to begin anew")
        }
        (check, waiting, compared, isShortened, cut) = (known.check, [], [], false, known.end)
        isDamaged = known.end < bytes.count || known.head.isEmpty
        writtenFiles = Set(known.lines.compactMap { Written($0.words)?.file })
        isPlacing = known.lines.contains { $0.words == ["placing"] }
        settle(known.lines.map(\.words))
        earlier = (known.end, sample)
        guard known.head.isEmpty else { return }
        waiting = Array((head + "\n").utf8)
        check = JournalLines.check(ofHead: head)
    }

    private func settle(_ lines: [[Substring]]) {
        (sample, finished, changing, kept, sums, statistics) = (0, [], nil, [], [], [])
        (rounded, withoutFractions, narrowed, totals) = ([], [], [], RunTotals(objects: [Int?](repeating: nil, count: targets)))
        // Those behind the last sample's beginning are of a sample that did not end.
        var unusual: [RunTotals.UnusualSample] = []
        for words in lines {
            switch words.first {
            case "sample":
                guard words.count == targets + 3, let number = Int(words[1]), let nonFinite = Int(words[2]) else { continue }
                (sample, finished, changing, kept, sums, statistics) = (number, [], nil, [], [], [])
                totals = RunTotals(nonFinite: nonFinite, objects: words[3...].map { Int($0) })
                for sample in unusual { totals.add(sample) }
            case "unusual":
                if let sample = RunTotals.UnusualSample(words) { unusual.append(sample) }
            case "rounded":
                if let input = words.dropFirst().first.flatMap({ Int($0) }) { rounded.insert(input) }
            case "narrowed":
                if let output = words.dropFirst().first.flatMap({ Int($0) }) { narrowed.insert(output) }
            case "cut":
                if let input = words.dropFirst().first.flatMap({ Int($0) }) { withoutFractions.insert(input) }
            case "undo":
                guard words.count > 1, let window = Int(words[1]) else { continue }
                (changing, kept) = (window, words[2...].compactMap { UInt64($0, radix: 16) })
            case "pass":
                guard words.count > 2, Int(words[1]) == statistics.count, let pass = ChannelStatistics(words[2...]) else { continue }
                statistics.append(pass)
            case .some(let word):
                guard let tile = Int(word) else { continue }
                finished.insert(tile)
                sums = words[1...].compactMap { UInt64($0, radix: 16) }
                if changing == tile { changing = nil }
            case nil: continue
            }
        }
    }

    /// Whether nothing of the sample is finished or begun by an earlier run.
    var isFresh: Bool { finished.isEmpty && changing == nil }

    /// Notes that a sample begins, and that those before it are finished.
    func begin(sample number: Int, _ totals: RunTotals) throws(InferenceError) {
        let objects = totals.objects.map { $0.map(String.init) ?? "-" }.joined(separator: " ")
        for unusual in totals.unusual where unusual.sample == sample { add(unusual.line) }
        try append("sample \(number) \(totals.nonFinite) \(objects)")
        (sample, finished, changing, kept, sums, statistics) = (number, [], nil, [], [], [])
    }

    /// Notes a finished tile, with checksums of the sums of averaged windows.
    func note(_ tile: Int, sums: [UInt64]) throws(InferenceError) {
        try append("\(([String(tile)] + sums.map(RunJournal.text)).joined(separator: " "))")
    }

    /// Notes that the sums of a window are about to be changed, and that what they were is kept, with checksums of that.
    func note(changing window: Int, kept: [UInt64]) throws(InferenceError) {
        try append("undo \(([String(window)] + kept.map(RunJournal.text)).joined(separator: " "))")
    }

    /// Notes that values of an input are rounded; it stands in the file with the next line that ends something.
    func note(rounding input: Int) {
        if rounded.insert(input).inserted { add("rounded \(input)") }
    }

    /// Notes that fractions of an input's values are cut off, in the same way.
    func note(cutting input: Int) {
        if withoutFractions.insert(input).inserted { add("cut \(input)") }
    }

    /// Notes that an output's whole numbers are rounded, in the same way.
    func note(narrowing output: Int) {
        if narrowed.insert(output).inserted { add("narrowed \(output)") }
    }

    /// Notes the statistics of a finished pass.
    func note(_ statistics: ChannelStatistics, ofPass pass: Int) throws(InferenceError) {
        try append("pass \(pass) \(statistics.line)")
    }

    /// Notes that the results are about to get their names.
    func notePlacing() throws(InferenceError) { try append("placing") }

    /// Notes what was written; it stands in the file with the next line of another kind, which is the first that relies on it.
    func note(written: Written) { add("wrote \(written.line)") }

    /// Compares a file with what earlier runs wrote into it, before this one writes there.
    ///
    /// - Parameters:
    ///   - isOfSample: whether the file is made anew for each sample.
    ///   - file: the file, opened for this run.
    /// - Throws: where it is not what it was. Lines that speak of it are given up then, and `isShortened` says so, unless the file cannot
    ///   be read.
    func compare(_ name: String, isOfSample: Bool, with file: any RereadableWriter) throws(InferenceError) {
        guard compared.insert(name).inserted, earlier.end > 0, !isOfSample || sample == earlier.sample else { return }
        var current = 0
        for line in JournalLines(Array(bytes().prefix(earlier.end))).lines {
            if line.words.first == "sample", line.words.count > 1, let number = Int(line.words[1]) { current = number }
            guard let written = Written(line.words), written.file == name, !isOfSample || current == earlier.sample else { continue }
            let values: Pixels
            do throws(ImageError) { values = try file.read(written.region) } catch {
                throw .work(
                    found: "\(name), into which an interrupted run wrote, is damaged: \(error)",
                    remedy: "remove the folder \(workName) to start anew")
            }
            guard Checksum.of(values) == written.checksum else {
                ftruncate(descriptor, off_t(line.start))
                (isShortened, waiting) = (true, [])
                throw .work(
                    found: "\(name) does not hold what an interrupted run wrote into it",
                    remedy: "remove the folder \(workName) to start anew")
            }
        }
    }

    /// Whether two runs are the same but for the images, as a word of their keys tells.
    private static func differsInImages(_ one: String, _ other: String) -> Bool {
        let words = one.split(separator: " "), others = other.split(separator: " ")
        guard words.count == others.count else { return false }
        return zip(words, others).allSatisfy { $0 == $1 || $0.hasPrefix("images=") && $1.hasPrefix("images=") }
    }

    private func bytes() -> [UInt8] {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(text.count))
            guard count > 0 else { return text }
            text += buffer.prefix(count)
        }
    }

    private func add(_ line: String) { waiting += JournalLines.encoded(line, &check) }

    private func append(_ line: String) throws(InferenceError) {
        add(line)
        let lines = waiting
        waiting = []
        try put(lines)
    }

    private func put(_ bytes: [UInt8]) throws(InferenceError) {
        if let end = cut { ftruncate(descriptor, off_t(end)) }
        cut = nil
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw RunJournal.failure("cannot be written") }
    }

    private static func text(_ checksum: UInt64) -> String { String(checksum, radix: 16) }

    private static func failure(_ what: String) -> InferenceError {
        .work(found: "the journal of the run \(what): \(String(cString: strerror(errno)))", remedy: "make the output's folder writable")
    }
}

extension RunJournal.Written {
    /// The file, the first place and the one behind the last along each axis, and the checksum in hexadecimal digits.
    fileprivate var line: String {
        "\(file) \(region.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")) \(String(checksum, radix: 16))"
    }

    /// Reads a line `wrote`; `nil` if it is none.
    fileprivate init?(_ words: [Substring]) {
        guard words.count == 4, words[0] == "wrote", let checksum = UInt64(words[3], radix: 16) else { return nil }
        var region: [Range<Int>] = []
        for axis in words[2].split(separator: ",") {
            let ends = axis.split(separator: "-").compactMap { Int($0) }
            guard ends.count == 2, ends[0] <= ends[1] else { return nil }
            region.append(ends[0]..<ends[1])
        }
        self.init(file: String(words[1]), region: region, checksum: checksum)
    }
}

extension RunTotals.UnusualSample {
    /// The word `unusual`, then the sample, the input, the numbers of NaNs and of infinities and the place of the first of them.
    fileprivate var line: String {
        "unusual " + ([sample, input, notANumber, infinite] + first).map(String.init).joined(separator: " ")
    }

    /// Reads such a line; `nil` if it is none.
    fileprivate init?(_ words: [Substring]) {
        let numbers = words.dropFirst().compactMap { Int($0) }
        guard numbers.count == words.count - 1, numbers.count >= 4 else { return nil }
        self.init(
            sample: numbers[0], input: numbers[1], notANumber: numbers[2], infinite: numbers[3], first: Array(numbers.dropFirst(4)))
    }
}

extension ChannelStatistics {
    /// The number of places, then for each channel sum, sum of squares, minimum and maximum: the bits of the numbers in hexadecimal digits, so
    /// that none is rounded.
    fileprivate var line: String {
        let channels = sums.indices.map { channel in
            [sums[channel], squares[channel], minima[channel], maxima[channel]].map(\.bitPattern)
                .map { String($0, radix: 16) }.joined(separator: " ")
        }
        return "\(places) \(channels.joined(separator: " "))"
    }

    /// Reads such a line; `nil` if it is none.
    fileprivate init?(_ words: ArraySlice<Substring>) {
        guard let places = words.first.flatMap({ Int($0) }) else { return nil }
        let bits = words.dropFirst().compactMap { UInt64($0, radix: 16) }
        guard bits.count == words.count - 1, bits.count % 4 == 0 else { return nil }
        let channels = stride(from: 0, to: bits.count, by: 4)
        self.init(
            places: places, sums: channels.map { Double(bitPattern: bits[$0]) }, squares: channels.map { Double(bitPattern: bits[$0 + 1]) },
            minima: channels.map { Double(bitPattern: bits[$0 + 2]) }, maxima: channels.map { Double(bitPattern: bits[$0 + 3]) })
    }
}
