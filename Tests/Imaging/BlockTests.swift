import Foundation
import Imaging
import Testing

@Suite("Images block by block")
struct BlockTests {
    @Test("Single bits are read as 1 for white, with a note where the file stores them turned over", arguments: [0, 1])
    func bits(_ photometric: Int) throws {
        let folder = try TemporaryFolder(), path = folder.file("bits.tif")
        let tiff = TIFFBytes(width: 8, height: 1, pixels: [0b1010_0000]).with(258, 1, type: 3).with(262, photometric, type: 3)
        try Data(tiff.bytes).write(to: URL(fileURLWithPath: path))
        let image = try ImageFile.blocks(path)
        let stored: [UInt8] = [1, 0, 1, 0, 0, 0, 0, 0]
        #expect(try image.read([0..<1, 0..<8]) == .uint8(photometric == 1 ? stored : stored.map { 1 - $0 }))
        #expect(image.notes.contains { $0.contains("WhiteIsZero") } == (photometric == 0))
    }

    @Test("An image that has to be read as a whole and is too large is refused with what to use instead", arguments: ["a.npy", "a.png"])
    func wholeImages(_ name: String) throws {
        let folder = try TemporaryFolder()
        let image = try #require(Image(shape: [300, 1000], axes: [.y, .x], pixels: .uint16([UInt16](repeating: 7, count: 300_000))))
        try ImageFile.write(image, to: folder.file(name))
        #expect(try ImageFile.blocks(folder.file(name), limits: BlockLimits(blockBytes: 600_000)).shape == [300, 1000])
        #expect {
            try ImageFile.blocks(folder.file(name), limits: BlockLimits(blockBytes: 599_999))
        } throws: { error in
            let text = "\(error)"
            return (error as? ImageError)?.kind == .limit && text.contains("read as a whole") && text.contains("TIFF or OME-Zarr")
        }
    }

    @Test("Every golden TIFF that can be read whole gives the same pixels region by region")
    func tiffs() throws {
        let folder = try #require(Bundle.module.url(forResource: "Golden", withExtension: nil)).path
        var compared = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.contains(".tif") {
            guard let image = try? ImageFile.read(folder + "/" + name) else { continue }
            let blocks: any ImageBlocks
            do { blocks = try ImageFile.blocks(folder + "/" + name) } catch {
                #expect(error.message.contains("stored in different ways"), "\(name): \(error)")
                continue
            }
            #expect(
                blocks.shape == image.shape && blocks.axes == image.axes && blocks.spacing == image.spacing
                    && blocks.type == image.pixels.type)
            let whole = WholeImageBlocks(image)
            for region in Self.regions(image.shape) {
                #expect(try blocks.read(region) == whole.read(region), "\(name) \(region)")
            }
            compared += 1
        }
        #expect(compared > 30)
    }

    @Test("A tiled BigTIFF written in regions is read whole by the TIFF reader, and its bytes do not depend on the order")
    func bigTIFF() throws {
        let folder = try TemporaryFolder()
        let shape = [2, 3, 530, 1030]
        let axes: [Axis] = [.channel, .z, .y, .x]
        let values = (0..<shape.reduce(1, *)).map { UInt16(truncatingIfNeeded: $0 &* 2_654_435) }
        let image = try #require(Image(shape: shape, axes: axes, pixels: .uint16(values)))
        let source = WholeImageBlocks(image)
        let geometry = ImageGeometry(spacing: [.z: 2, .y: 0.5, .x: 0.25])
        var regions: [[Range<Int>]] = []
        for y in stride(from: 0, to: 530, by: 100) {
            for x in stride(from: 0, to: 1030, by: 400) { regions.append([0..<2, 0..<3, y..<min(530, y + 100), x..<min(1030, x + 400)]) }
        }
        for (name, order) in [("a.tif", regions), ("b.tif", Array(regions.reversed()))] {
            let writer = try BigTIFFWriter(folder.file(name), shape: shape, axes: axes, type: .uint16, geometry: geometry)
            for region in order { try writer.write(try source.read(region), to: region) }
        }
        let read = try ImageFile.read(folder.file("a.tif"))
        #expect(read.shape == shape && read.axes == axes && read.pixels == image.pixels)
        #expect(read.spacing == [.z: 2, .y: 0.5, .x: 0.25])
        #expect(try bytes(of: folder.file("a.tif")) == bytes(of: folder.file("b.tif")))
        let blocks = try ImageFile.blocks(folder.file("a.tif"))
        for region in Self.regions(shape) { #expect(try blocks.read(region) == source.read(region)) }
    }

    @Test("A file that is begun again keeps what was written")
    func continued() throws {
        let folder = try TemporaryFolder()
        for name in ["a.tif", "a.zarr"] {
            let path = folder.file(name)
            let first = try ImageFile.blockWriter(path, shape: [700, 600], axes: [.y, .x], type: .uint8)
            try first.write(.uint8([7]), to: [3..<4, 4..<5])
            let second = try ImageFile.blockWriter(path, shape: [700, 600], axes: [.y, .x], type: .uint8)
            try second.write(.uint8([9]), to: [3..<4, 5..<6])
            #expect(try ImageFile.blocks(path).read([3..<4, 3..<7]) == .uint8([0, 7, 9, 0]), "\(name)")
        }
    }

    @Test("Regions outside of the image, empty ones and values of another type or number are refused")
    func wrongRegions() throws {
        let folder = try TemporaryFolder()
        let writer = try ImageFile.blockWriter(folder.file("a.zarr"), shape: [20, 30], axes: [.y, .x], type: .uint8)
        let image = try ImageFile.blocks(folder.file("a.zarr"))
        for region in [[0..<21, 0..<1], [0..<1], [0..<0, 0..<1], [-1..<1, 0..<1]] {
            #expect(throws: ImageError.self) { try image.read(region) }
            #expect(throws: ImageError.self) { try writer.write(.uint8([0]), to: region) }
        }
        #expect(throws: ImageError.self) { try writer.write(.uint16([0]), to: [0..<1, 0..<1]) }
        #expect(throws: ImageError.self) { try writer.write(.uint8([0, 1]), to: [0..<1, 0..<1]) }
        #expect(throws: ImageError.self) { try ImageFile.blockWriter(folder.file("a.jpg"), shape: [2, 2], axes: [.y, .x], type: .uint8) }
    }

    @Test("A block above the limit is refused with the advice to store smaller ones")
    func largeBlock() throws {
        let path = try #require(Bundle.module.url(forResource: "Golden/deflate-uint16-strips", withExtension: "tif")).path
        #expect { try ImageFile.blocks(path, limits: BlockLimits(blockBytes: 16)) } throws: { ($0 as? ImageError)?.kind == .limit }
    }

    /// The whole image and some odd parts of it.
    private static func regions(_ shape: [Int]) -> [[Range<Int>]] {
        let whole = shape.map { 0..<$0 }
        let middle = shape.map { $0 / 3..<max($0 / 3 + 1, $0 * 3 / 4) }
        let corner = shape.map { $0 - 1..<$0 }
        return [whole, middle, corner]
    }
}
