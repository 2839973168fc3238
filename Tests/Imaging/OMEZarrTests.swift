import Foundation
import Imaging
import Testing

@Suite("OME-Zarr")
struct OMEZarrTests {
    /// The value that `Tests/Oracles/imaging_zarr.py` wrote.
    static func expected(_ y: Int, _ x: Int, first: Double) -> Double { y < 8 && x < 16 ? first : Double((y * 331 + x * 17) % 251 + 1) }

    static func golden(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Golden/zarr/\(name)", withExtension: nil)).path
    }

    @Test(
        "Images of the reference implementation come back value by value, absent chunks as the fill value",
        arguments: [
            ("v2-none", PixelType.uint16, 0.0), ("v2-zlib-big-endian", .uint16, 0), ("v2-gzip-dots", .uint8, 0),
            ("v2-zstd-int16", .int32, -3),
            ("v2-blosc-lz4-fortran", .uint16, 0), ("v2-blosc-zstd-float64", .float64, .nan), ("v3-plain", .uint16, 0),
            ("v3-gzip", .uint32, 0),
            ("v3-zstd-crc32c", .uint16, 0), ("v3-blosc-float32", .float32, .nan), ("v3-transpose-big-endian", .uint16, 0),
            ("v3-shards", .uint16, 0), ("v2-lz4", .uint16, 0), ("v2-bz2-int16", .int32, -3), ("v3-lz4", .uint16, 0),
            ("v3-zlib", .uint16, 0),
            ("v3-bz2-shards", .uint16, 0),
        ])
    func golden(_ name: String, _ type: PixelType, _ fill: Double) throws {
        let image = try ImageFile.blocks(Self.golden(name))
        #expect(image.shape == [20, 33] && image.axes == [.y, .x] && image.type == type)
        #expect(image.spacing == [.y: 0.5, .x: 0.25])
        for region in [[0..<20, 0..<33], [5..<13, 3..<30], [19..<20, 32..<33], [0..<8, 0..<16]] {
            let values = doubles(try image.read(region))
            let wanted = region[0].flatMap { y in region[1].map { x in Self.expected(y, x, first: fill) } }
            #expect(values.count == wanted.count)
            #expect(zip(values, wanted).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(region)")
        }
    }

    /// A copy of a golden image with changed metadata.
    private func changed(_ folder: TemporaryFolder, _ old: String, _ new: String) throws -> String {
        let path = folder.file("changed.zarr"), file = URL(fileURLWithPath: path + "/zarr.json")
        try FileManager.default.copyItem(atPath: Self.golden("v3-plain"), toPath: path)
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let squeezed = text.filter { !$0.isWhitespace }
        #expect(squeezed.contains(old), "\(squeezed)")
        try Data(squeezed.replacingOccurrences(of: old, with: new).utf8).write(to: file)
        return path
    }

    @Test("A group of another kind is told to be no OME-Zarr", arguments: ["\"ome\":", "\"multiscales\":"])
    func plainGroup(_ key: String) throws {
        let folder = try TemporaryFolder(), path = try changed(folder, key, "\"other\":")
        let error = try #require(throws: ImageError.self) { try ImageFile.blocks(path) }
        #expect("\(error)".contains("no `\(key.filter(\.isLetter))`; expected an OME-Zarr image"), "\(error)")
    }

    @Test("A distance of 0 or less is told and not taken; the other axis keeps its own", arguments: ["0", "-500"])
    func distances(_ distance: String) throws {
        let folder = try TemporaryFolder(), path = try changed(folder, "\"scale\":[500.0,250.0]", "\"scale\":[\(distance),250.0]")
        let image = try ImageFile.blocks(path)
        #expect(image.spacing == [.x: 0.25])
        #expect(image.notes.count == 1 && image.notes[0].contains("along y") && image.notes[0].contains("apart"), "\(image.notes)")
        #expect(try ImageFile.blocks(Self.golden("v3-plain")).notes.isEmpty)
    }

    @Test("Axes in another order, and axes of other names, are refused with what they are")
    func axes() throws {
        for (old, new, words) in [
            ("\"name\":\"y\"", "\"name\":\"c\"", "names the axes c, x; expected"),
            ("\"name\":\"y\"", "\"name\":\"angle\"", "is \"angle\"; expected one of"),
        ] {
            let folder = try TemporaryFolder(), path = try changed(folder, old, new)
            let error = try #require(throws: ImageError.self) { try ImageFile.blocks(path) }
            #expect("\(error)".contains(words), "\(error)")
        }
    }

    @Test("A writer reads what lies in its file, zeros where nothing does")
    func reread() throws {
        let folder = try TemporaryFolder(), region = [3..<9, 510..<530]
        let values = (0..<120).map { Float($0) - 7 }
        for name in ["a.zarr", "a.tif", "a.npy"] {
            let path = folder.file(name)
            let writer: any RereadableWriter =
                name.hasSuffix("npy")
                ? try NPYWriter(path, shape: [20, 600], type: .float32)
                : try ImageFile.blockWriter(path, shape: [20, 600], axes: [.y, .x], type: .float32)
            try writer.write(.float32(values), to: region)
            #expect(try writer.read(region) == .float32(values), "\(name)")
            #expect(try writer.read([0..<2, 0..<600]) == .float32([Float](repeating: 0, count: 1200)), "\(name)")
            #expect(try writer.read([3..<4, 508..<512]) == .float32([0, 0, -7, -6]), "\(name)")
        }
    }

    @Test("A stack in shards is read across planes, chunks and shards")
    func stack() throws {
        let image = try ImageFile.blocks(Self.golden("v3-stack-shards"))
        #expect(image.shape == [2, 3, 20, 33] && image.axes == [.channel, .z, .y, .x])
        #expect(image.spacing == [.z: 2, .y: 0.5, .x: 0.25])
        let region = [0..<2, 1..<3, 6..<18, 10..<33]
        var wanted: [Double] = []
        for c in region[0] {
            for z in region[1] {
                for y in region[2] { for x in region[3] { wanted.append(Self.expected(y, x, first: 0) + Double(300 * z + 1000 * c)) } }
            }
        }
        #expect(doubles(try image.read(region)) == wanted)
    }

    @Test("What is written region by region is read again, whatever the regions", arguments: OMEZarrWriter.Version.allCases)
    func roundTrip(_ version: OMEZarrWriter.Version) throws {
        let folder = try TemporaryFolder()
        let values = (0..<2 * 700 * 600).map { UInt16(truncatingIfNeeded: $0 &* 2_654_435) }
        let whole = try #require(Image(shape: [2, 700, 600], axes: [.channel, .y, .x], pixels: .uint16(values)))
        let source = WholeImageBlocks(whole)
        for (name, rows) in [("a.zarr", 700), ("b.zarr", 133)] {
            let writer = try OMEZarrWriter(
                folder.file(name), shape: [2, 700, 600], axes: [.channel, .y, .x], type: .uint16,
                geometry: ImageGeometry(spacing: [.y: 0.5, .x: 0.5]), version: version)
            for c in 0..<2 {
                for y in stride(from: 0, to: 700, by: rows) {
                    let region = [c..<c + 1, y..<min(700, y + rows), 0..<600]
                    try writer.write(try source.read(region), to: region)
                }
            }
            let read = try ImageFile.blocks(folder.file(name))
            #expect(try read.read([0..<2, 0..<700, 0..<600]) == .uint16(values))
            #expect(read.spacing == [.y: 0.5, .x: 0.5])
        }
        let chunk = version == .v05 ? "0/c/1/1/1" : "0/1/1/1"
        #expect(try bytes(of: folder.file("a.zarr/\(chunk)")) == bytes(of: folder.file("b.zarr/\(chunk)")))
    }

    @Test("A chunk of zeros alone is left out, also when it becomes one")
    func emptyChunks() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        let writer = try OMEZarrWriter(path, shape: [600, 600], axes: [.y, .x], type: .uint8)
        try writer.write(.uint8([1, 2]), to: [0..<1, 0..<2])
        #expect(FileManager.default.fileExists(atPath: path + "/0/c/0/0"))
        #expect(!FileManager.default.fileExists(atPath: path + "/0/c/1/1"))
        try writer.write(.uint8([0, 0]), to: [0..<1, 0..<2])
        #expect(!FileManager.default.fileExists(atPath: path + "/0/c/0/0"))
    }

    @Test("What a killed writer left half written goes when the image is written on, and nothing else goes")
    func leftovers() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        func writer() throws -> OMEZarrWriter { try OMEZarrWriter(path, shape: [2, 8, 8], axes: [.channel, .y, .x], type: .uint8) }
        try writer().write(.uint8([1, 2]), to: [0..<1, 0..<1, 0..<2])
        let kept = [".0.part", ".0.2-x.part", "0.2-17.part", ".0.2-17.parts"], gone = [".0.2-1870.part", ".zarr.json.17-5.part"]
        for name in kept + gone { try Data([1]).write(to: URL(fileURLWithPath: path + "/0/c/0/0/" + name)) }
        _ = try writer()
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/0/c/0/0").sorted() == (kept + ["0"]).sorted())
    }

    @Test(
        "Metadata that lies is refused before memory is taken",
        arguments: [
            ("s0/zarr.json", "[8,16]", "[9223372036854775808,16]", ImageError.Kind.malformed),
            ("s0/zarr.json", "[8,16]", "[9223372036854775807,16]", .malformed), ("s0/zarr.json", "[8,16]", "[1099511627776,16]", .limit),
            ("s0/zarr.json", "[8,16]", "[0,16]", .malformed), ("s0/zarr.json", "[8,16]", "[-8,16]", .malformed),
            ("s0/zarr.json", "[8,16]", "[8]", .malformed), ("s0/zarr.json", "[20,33]", "[1099511627776, 1099511627776]", .limit),
            ("s0/zarr.json", "uint32", "complex64", .unsupported), ("s0/zarr.json", "\"gzip\"", "\"rot13\"", .unsupported),
            ("zarr.json", "\"s0\"", "\"../s0\"", .malformed), ("zarr.json", "\"s0\"", "\"/etc\"", .malformed),
            ("zarr.json", "\"s0\"", "\"\"", .malformed), ("zarr.json", "\"0.5\"", "\"0.6\"", .unsupported),
            ("zarr.json", "\"y\"", "\"q\"", .unsupported), ("zarr.json", "{", "", .malformed),
        ])
    func lies(_ file: String, _ found: String, _ lie: String, _ kind: ImageError.Kind) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        try FileManager.default.copyItem(atPath: Self.golden("v3-gzip"), toPath: path)
        // Without white space, so that the search does not depend on the writer's layout.
        var text = String(String(decoding: try bytes(of: path + "/" + file), as: UTF8.self).filter { !$0.isWhitespace })
        let range = try #require(text.range(of: found))
        text.replaceSubrange(range, with: lie)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + file))
        #expect { try ImageFile.blocks(path) } throws: { ($0 as? ImageError)?.kind == kind }
    }

    @Test("Links inside the folder are refused: for metadata, folders and chunks")
    func links() throws {
        let folder = try TemporaryFolder()
        for link in ["zarr.json", "s0", "s0/c", "s0/c/1", "s0/c/1/1"] {
            let path = folder.file(UUID().uuidString + ".zarr")
            try FileManager.default.copyItem(atPath: Self.golden("v3-gzip"), toPath: path)
            let aside = folder.file(UUID().uuidString)
            try FileManager.default.moveItem(atPath: path + "/" + link, toPath: aside)
            try FileManager.default.createSymbolicLink(atPath: path + "/" + link, withDestinationPath: aside)
            #expect(throws: ImageError.self, "\(link)") { try ImageFile.blocks(path).read([0..<20, 0..<33]) }
        }
    }

    @Test(
        "Damaged chunks are errors: cut off, longer, of another size, with a wrong checksum",
        arguments: [
            "v3-gzip", "v3-zstd-crc32c", "v2-blosc-lz4-fortran", "v3-shards", "v2-none", "v2-lz4", "v2-bz2-int16", "v3-bz2-shards",
        ])
    func damage(_ name: String) throws {
        let folder = try TemporaryFolder()
        let inside = name.hasSuffix("shards") ? "s0/c/0/0" : name.hasPrefix("v3") ? "s0/c/1/1" : "s0/1/1"
        let good = try bytes(of: Self.golden(name) + "/" + inside)
        var flipped = good
        flipped[good.count - 2] ^= 0x40
        var damaged = [Array(good.dropLast(3)), [], good + [1, 2, 3]]
        // Bytes without compression or checksum are taken as they are.
        if name != "v2-none" { damaged.append([UInt8](repeating: 0x5A, count: good.count)) }
        if name == "v3-zstd-crc32c" || name.hasSuffix("shards") { damaged.append(flipped) }
        for (index, bytes) in damaged.enumerated() {
            let path = folder.file("\(index).zarr")
            try FileManager.default.copyItem(atPath: Self.golden(name), toPath: path)
            try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + inside))
            #expect(throws: ImageError.self, "\(index)") { try ImageFile.blocks(path).read([0..<20, 0..<33]) }
        }
    }

    @Test(
        "A chunk that states another size than it has, or is a bomb, is an error before memory is taken",
        arguments: [
            ("v2-lz4", 0, "is larger than the chunk"), ("v2-lz4", 1, "not of the size that it states"),
            ("v2-lz4", 2, "not of the size that it states"), ("v2-lz4", 3, "is too short"), ("v2-bz2-int16", 4, "larger than the chunk"),
        ])
    func bombs(_ name: String, _ lie: Int, _ words: String) throws {
        let folder = try TemporaryFolder(), path = folder.file("a.zarr"), chunk = path + "/s0/1/1"
        try FileManager.default.copyItem(atPath: Self.golden(name), toPath: path)
        let good = try bytes(of: chunk)
        let bad: [UInt8] =
            switch lie {
            case 0: [0xFF, 0xFF, 0xFF, 0xFF] + good[4...]
            case 1: [0xFF, 0, 0, 0] + good[4...]
            // Four literals, then one byte again and again, for more than is stated.
            case 2: [0, 1, 0, 0, 0x4F, 1, 2, 3, 4, 1, 0] + [UInt8](repeating: 0xFF, count: 4000) + [0, 0x50, 1, 2, 3, 4, 5]
            case 3: [0, 1]
            // A megabyte of zeros.
            default:
                try #require(
                    Data(
                        base64Encoded:
                            "QlpoOTFBWSZTWThXHOUACAhAAMAEAAggADDMBSmmCAbEIB4u5IpwoSBwrjnK")
                )
                .map { $0 }
            }
        try Data(bad).write(to: URL(fileURLWithPath: chunk))
        let error = #expect(throws: ImageError.self) { try ImageFile.blocks(path).read([0..<20, 0..<33]) }
        #expect(error?.kind == .malformed && error?.message.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("A chunk that cannot be written is named with the image")
    func unwritable() throws {
        let folder = try TemporaryFolder(), path = folder.path + "/a.zarr"
        let writer = try OMEZarrWriter(path, shape: [4, 4], axes: [.y, .x], type: .uint8),
            pixels = Pixels.uint8([UInt8](repeating: 1, count: 16))
        // A folder in the place of the chunk, then a file in that of the folder.
        try FileManager.default.createDirectory(atPath: path + "/0/c/0/0", withIntermediateDirectories: true)
        let chunk = try #require(throws: ImageError.self) { try writer.write(pixels, to: [0..<4, 0..<4]) }
        #expect(chunk.kind == .unwritable && chunk.file == "a.zarr" && chunk.message.hasPrefix("0/c/0/0: "), "\(chunk)")
        try FileManager.default.removeItem(atPath: path + "/0/c")
        try Data().write(to: URL(fileURLWithPath: path + "/0/c"))
        let place = try #require(throws: ImageError.self) { try writer.write(pixels, to: [0..<4, 0..<4]) }
        #expect(place.file == "a.zarr" && place.message.contains("0/c/0"), "\(place)")
    }

    @Test("The fixtures of another writer are read, 0.4 and 0.5, and agree", .enabled(if: shared != nil))
    func fixtures() throws {
        let old = try ImageFile.blocks(fixture("labelled-0.4.ome.zarr"))
        let new = try ImageFile.blocks(fixture("labelled-0.5.ome.zarr"))
        #expect(old.shape == [256, 256] && new.shape == old.shape)
        let region = [0..<256, 0..<256]
        #expect(try old.read(region) == new.read(region))
        let labels = try ImageFile.blocks(fixture("labelled-0.4.ome.zarr") + "/labels/nuclei")
        #expect(labels.type.isInteger && labels.shape == [256, 256])
    }

    private func fixture(_ name: String) throws -> String { try #require(shared) + "/fixtures/" + name }

    private func doubles(_ pixels: Pixels) -> [Double] {
        switch pixels {
        case .uint8(let values): values.map(Double.init)
        case .uint16(let values): values.map(Double.init)
        case .uint32(let values): values.map(Double.init)
        case .int32(let values): values.map(Double.init)
        case .float32(let values): values.map(Double.init)
        case .float64(let values): values
        }
    }
}
