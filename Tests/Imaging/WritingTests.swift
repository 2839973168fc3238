import Foundation
import Imaging
import Testing

@Suite("Writing")
struct WritingTests {
    private func labels(_ shape: [Int], largest: UInt32, spacing: [Double?]? = nil) throws -> LabelImage {
        var random = SeededGenerator(seed: 5)
        let count = shape.reduce(1, *)
        var values = [UInt32](repeating: 0, count: count)
        // Runs of equal labels, as objects have.
        var index = 0
        while index < count {
            let label = Bool.random(using: &random) ? 0 : UInt32.random(in: 0...largest, using: &random)
            for _ in 0..<Int.random(in: 1...40, using: &random) where index < count {
                values[index] = label
                index += 1
            }
        }
        values[0] = largest
        return try #require(LabelImage(shape: shape, labels: values, spacing: spacing))
    }

    @Test(
        "Labels come back as they were written",
        arguments: [
            ([37, 53], 300, "a.tif"), ([37, 53], 65535, "a.tiff"), ([37, 53], 65536, "a.TIF"), ([5, 37, 53], 9, "a.tif"),
            ([3, 600, 700], 4_000_000_000, "a.tif"), ([37, 53], 65535, "a.png"), ([1, 1], 1, "a.png"), ([1, 1], 1, "a.tif"),
        ] as [([Int], UInt32, String)])
    func labelRoundTrip(_ shape: [Int], _ largest: UInt32, _ name: String) throws {
        let folder = try TemporaryFolder()
        let labels = try labels(shape, largest: largest)
        try ImageFile.writeLabels(labels, to: folder.file(name))
        let image = try ImageFile.read(folder.file(name))
        #expect(image.pixels.type == (largest > 65535 ? .uint32 : .uint16))
        #expect(try LabelImage(image) == labels)
        #expect(try folder.contents() == [name])
    }

    @Test("Labels in TIFF keep the house profile: classic, little endian, strips, LZW, no predictor")
    func profile() throws {
        let folder = try TemporaryFolder()
        try ImageFile.writeLabels(try labels([300, 700], largest: 12), to: folder.file("a.tif"))
        let bytes = try bytes(of: folder.file("a.tif"))
        #expect(bytes.starts(with: [0x49, 0x49, 42, 0]))
        let tags = try TagReader(bytes).tags
        #expect(tags[258] == 16)
        #expect(tags[259] == 5)
        #expect(tags[262] == 1)
        #expect(tags[317] == nil && tags[322] == nil)
        #expect(bytes.count < 700 * 300 / 2)
    }

    @Test("Spacing survives exactly in TIFF, and to a millionth in PNG", arguments: [0.65, 0.1, 1.0 / 3, 0.162_500_1, 2.5e-3, 1234.5])
    func spacing(_ distance: Double) throws {
        let folder = try TemporaryFolder()
        let volume = try labels([2, 3, 4], largest: 5, spacing: [distance * 3, distance, distance * 2])
        try ImageFile.writeLabels(volume, to: folder.file("a.tif"))
        for (read, written) in zip(try LabelImage(ImageFile.read(folder.file("a.tif"))).spacing, volume.spacing) {
            #expect(abs(try #require(read) / (try #require(written)) - 1) < 1e-15)
        }
        let plane = try labels([3, 4], largest: 5, spacing: [distance, distance * 2])
        try ImageFile.writeLabels(plane, to: folder.file("a.png"))
        let spacing = try LabelImage(ImageFile.read(folder.file("a.png"))).spacing
        // Coarser than 10 um reads as a print resolution, which says nothing about the object.
        if distance < 5 { #expect(abs(try #require(spacing[0]) / distance - 1) < 1e-6) } else { #expect(spacing == [nil, nil]) }
    }

    @Test("Spacing that is known for one axis only does not appear on others")
    func partialSpacing() throws {
        let folder = try TemporaryFolder()
        for spacing in [[0.5, nil, nil], [nil, 0.5, nil], [nil, nil, nil], [nil, nil, 2]] as [[Double?]] {
            try ImageFile.writeLabels(try labels([2, 3, 4], largest: 5, spacing: spacing), to: folder.file("a.tif"))
            #expect(try LabelImage(ImageFile.read(folder.file("a.tif"))).spacing == spacing)
        }
    }

    static let images: [Image] = {
        func values(_ count: Int) -> [Int] { (0..<count).map { $0 * 2_654_435 % 60_001 } }
        let um: [Axis: Double] = [.z: 1.5, .y: 0.25, .x: 0.5]
        return [
            Image(shape: [5, 7], axes: [.y, .x], pixels: .uint8(values(35).map { UInt8($0 % 256) })),
            Image(shape: [5, 7], axes: [.y, .x], spacing: [.x: 0.5], pixels: .uint16(values(35).map { UInt16($0) })),
            Image(shape: [5, 7], axes: [.y, .x], pixels: .uint32(values(35).map { UInt32($0) << 15 })),
            Image(shape: [5, 7], axes: [.y, .x], pixels: .int32(values(35).map { Int32($0) - 30000 })),
            Image(shape: [5, 7], axes: [.y, .x], pixels: .float64(values(35).map { Double($0) / 7 })),
            Image(shape: [5, 7, 3], axes: [.y, .x, .channel], pixels: .uint8(values(105).map { UInt8($0 % 256) })),
            Image(shape: [5, 7, 4], axes: [.y, .x, .channel], pixels: .uint16(values(140).map { UInt16($0) })),
            Image(shape: [5, 7, 2], axes: [.y, .x, .channel], pixels: .float32(values(70).map { Float($0) / 3 })),
            Image(shape: [2, 5, 7, 3], axes: [.z, .y, .x, .channel], spacing: um, pixels: .uint8(values(210).map { UInt8($0 % 256) })),
            Image(shape: [4, 5, 7], axes: [.channel, .y, .x], pixels: .float32(values(140).map { Float($0) / 3 })),
            Image(shape: [4, 5, 7], axes: [.time, .y, .x], pixels: .uint8(values(140).map { UInt8($0 % 256) })),
            Image(
                shape: [2, 3, 4, 5, 7], axes: [.time, .channel, .z, .y, .x], spacing: um, pixels: .uint16(values(840).map { UInt16($0) })),
            Image(shape: [300, 1000], axes: [.y, .x], pixels: .uint16((0..<300_000).map { UInt16($0 % 65_521) })),
        ].compactMap { $0 }
    }()

    @Test("An image comes back as it was written to TIFF, with axes and spacing", arguments: images)
    func imageRoundTrip(_ image: Image) throws {
        let folder = try TemporaryFolder()
        try ImageFile.write(image, to: folder.file("a.tif"))
        #expect(try ImageFile.read(folder.file("a.tif")) == image)
    }

    @Test("Axes in another order are put in the order t, c, z")
    func reordered() throws {
        let folder = try TemporaryFolder()
        let image = try #require(Image(shape: [2, 3, 1, 1], axes: [.z, .channel, .y, .x], pixels: .uint8([0, 1, 2, 10, 11, 12])))
        try ImageFile.write(image, to: folder.file("a.tif"))
        let read = try ImageFile.read(folder.file("a.tif"))
        #expect(read.axes == [.channel, .z, .y, .x])
        #expect(read.pixels == .uint8([0, 10, 1, 11, 2, 12]))
    }

    @Test("An image comes back as it was written to PNG, or is refused", arguments: images)
    func pngRoundTrip(_ image: Image) throws {
        let folder = try TemporaryFolder()
        let isGray = image.axes == [.y, .x]
        let isColor = image.axes == [.y, .x, .channel]
        if isGray || isColor, image.pixels.type == .uint8 || image.pixels.type == .uint16 {
            try ImageFile.write(image, to: folder.file("a.png"))
            let read = try ImageFile.read(folder.file("a.png"))
            #expect(read.pixels == image.pixels)
            #expect(read.axes == image.axes)
        } else {
            #expect(throws: ImageError.self) { try ImageFile.write(image, to: folder.file("a.png")) }
            #expect(try folder.contents().isEmpty)
        }
    }

    @Test("An array comes back as it was written to NPY", arguments: images)
    func npyRoundTrip(_ image: Image) throws {
        let folder = try TemporaryFolder()
        try ImageFile.write(image, to: folder.file("a.npy"))
        #expect(try NPY.read(folder.file("a.npy")) == NPYArray(shape: image.shape, pixels: image.pixels))
        #expect(try bytes(of: folder.file("a.npy")).count % 64 == image.pixels.count * image.pixels.type.byteCount % 64)
    }

    @Test("Arrays without dimensions and without values are NPY files too")
    func npyEdges() throws {
        let folder = try TemporaryFolder()
        for array in [
            NPYArray(shape: [], pixels: .float32([1.5])), NPYArray(shape: [0, 3], pixels: .uint8([])),
            NPYArray(shape: [2], pixels: .int32([-1, 1])),
        ] {
            try NPY.write(array, to: folder.file("a.npy"))
            #expect(try NPY.read(folder.file("a.npy")) == array)
        }
        #expect(throws: ImageError.self) { try NPY.write(NPYArray(shape: [3], pixels: .uint8([1])), to: folder.file("b.npy")) }
    }

    @Test("A failed writing leaves nothing behind and an older file as it was")
    func atomic() throws {
        let folder = try TemporaryFolder()
        let small = try labels([4, 4], largest: 5)
        for name in ["a.png", "a.tif"] { try ImageFile.writeLabels(small, to: folder.file(name)) }
        let before = try bytes(of: folder.file("a.png"))
        #expect(throws: ImageError.self) { try ImageFile.writeLabels(try labels([4, 4], largest: 65536), to: folder.file("a.png")) }
        #expect(throws: ImageError.self) { try ImageFile.writeLabels(try labels([2, 4, 4], largest: 5), to: folder.file("a.png")) }
        #expect(throws: ImageError.self) { try ImageFile.writeLabels(small, to: folder.file("a.jpg")) }
        #expect(throws: ImageError.self) { try ImageFile.writeLabels(small, to: folder.file("a.npy")) }
        #expect(throws: ImageError.self) { try ImageFile.writeLabels(small, to: folder.file("missing/a.tif")) }
        #expect(try bytes(of: folder.file("a.png")) == before)
        // Rename onto a folder fails after everything was written.
        try FileManager.default.createDirectory(atPath: folder.file("b.tif"), withIntermediateDirectories: false)
        #expect(throws: ImageError.self) { try ImageFile.writeLabels(small, to: folder.file("b.tif")) }
        #expect(try folder.contents() == ["a.png", "a.tif", "b.tif"])
    }

    @Test("The same labels give the same bytes")
    func deterministic() throws {
        let folder = try TemporaryFolder()
        for name in ["a.tif", "b.tif", "a.png", "b.png"] {
            try ImageFile.writeLabels(try labels([64, 64], largest: 99), to: folder.file(name))
        }
        #expect(try bytes(of: folder.file("a.tif")) == bytes(of: folder.file("b.tif")))
        #expect(try bytes(of: folder.file("a.png")) == bytes(of: folder.file("b.png")))
    }

    @Test("LZW encodes incompressible rows, full tables and every length around a change of the code width")
    func lzw() throws {
        let folder = try TemporaryFolder()
        var random = SeededGenerator(seed: 8)
        for width in Array(240...270) + Array(500...520) + [1, 2, 3, 1020, 2040, 3835, 3836, 3837, 4096, 20000] {
            for isNoise in [true, false] {
                let values = (0..<width).map { isNoise ? UInt32.random(in: 1...65535, using: &random) : UInt32($0 / 700) }
                let labels = try #require(LabelImage(shape: [1, width], labels: values))
                try ImageFile.writeLabels(labels, to: folder.file("a.tif"))
                #expect(try LabelImage(ImageFile.read(folder.file("a.tif"))) == labels, "\(width) \(isNoise)")
            }
        }
    }
}

/// The first directory of a little-endian classic TIFF, values of at most four bytes only.
private struct TagReader {
    var tags: [Int: Int] = [:]

    init(_ bytes: [UInt8]) throws {
        func integer(_ offset: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
        let directory = integer(4, 4)
        for index in 0..<integer(directory, 2) {
            let entry = directory + 2 + index * 12
            tags[integer(entry, 2)] = integer(entry + 8, integer(entry + 2, 2) == 3 ? 2 : 4)
        }
    }
}
