import Imaging
import Testing

@Suite("Files written by tifffile, imagecodecs and numpy")
struct GoldenTests {
    @Test("The index names many files")
    func indexIsThere() {
        #expect(GoldenFile.readable.count > 100)
        #expect(GoldenFile.refused.count > 20)
    }

    @Test("A file reads to the values, axes and spacing that its writer gave it", arguments: GoldenFile.readable)
    func reads(_ golden: GoldenFile) throws {
        let image = try ImageFile.read(golden.path)
        #expect(image.shape == golden.expected.shape)
        #expect(image.axes.map(\.rawValue).joined() == golden.expected.axes)
        #expect(image.pixels.type == golden.expected.type)
        #expect(image.pixels.checksum == golden.expected.crc)
        let spacing = Dictionary(uniqueKeysWithValues: image.spacing.map { ($0.key.rawValue, $0.value) })
        #expect(spacing.keys.sorted() == golden.expected.spacing?.keys.sorted())
        for (axis, distance) in golden.expected.spacing ?? [:] { #expect(abs((spacing[axis] ?? 0) - distance) < 1e-9) }
    }

    @Test("The header says what reading gives", arguments: GoldenFile.readable)
    func header(_ golden: GoldenFile) throws {
        let header = try ImageFile.header(golden.path)
        let image = try ImageFile.read(golden.path)
        #expect(header.shape == image.shape)
        #expect(header.axes == image.axes)
        #expect(header.type == image.pixels.type)
        #expect(header.spacing == image.spacing)
        #expect(golden.name.hasSuffix(header.format == .tiff ? ".tif" : ".\(header.format.rawValue)"))
    }

    @Test("What is not read is refused with the reason", arguments: GoldenFile.refused)
    func refuses(_ golden: GoldenFile) throws {
        let error = #expect(throws: ImageError.self) { try ImageFile.read(golden.path) }
        let text = try #require(error?.description)
        #expect(text.contains(golden.expected.refused ?? "?"), "\(text)")
        #expect(text.hasPrefix(golden.name + ": "))
    }

    @Test("A truncated file is an error at every length", arguments: ["lzw-uint16-tiles.tif", "pages.tif", "rgb-uint8.png", "fortran.npy"])
    func truncated(_ name: String) throws {
        let folder = try TemporaryFolder()
        let whole = try bytes(of: GoldenFile.folder + "/" + name)
        let image = try ImageFile.read(GoldenFile.folder + "/" + name)
        for length in 0..<whole.count {
            let path = try folder.write(Array(whole[..<length]), "cut")
            // A byte of padding at the end may be missing without harm, nothing else.
            if length == whole.count - 1, let same = try? ImageFile.read(path) {
                #expect(same == image)
            } else {
                #expect(throws: ImageError.self, "\(length)") { try ImageFile.read(path) }
            }
        }
    }

    @Test("Damaged bytes give an error or an image, never a crash", arguments: GoldenFile.all.filter { !$0.name.hasSuffix("-be.tif") })
    func damaged(_ golden: GoldenFile) throws {
        let folder = try TemporaryFolder()
        let whole = try bytes(of: golden.path)
        var random = SeededGenerator(seed: UInt64(CRC32.of(Array(golden.name.utf8))))
        let limits = ImageLimits(pixelBytes: 1 << 22, pages: 100, metadataBytes: 1 << 16)
        for _ in 0..<12 {
            var damaged = whole
            // Mostly in the first part, where headers are.
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let reach = Bool.random(using: &random) ? damaged.count : min(damaged.count, 300)
                damaged[Int.random(in: 0..<reach, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
            let path = try folder.write(damaged, "damaged")
            do {
                let image = try ImageFile.read(path, limits: limits)
                #expect(image.pixels.count == image.shape.reduce(1, *))
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
