import Foundation
import Imaging
import Testing

@Suite("TIFF files that lie")
struct HostileTIFFTests {
    @Test("The honest files that the lies are made from can be read", arguments: [TIFFLie.honest.bytes, TIFFLie.honestBig.bytes])
    func honestFiles(_ bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let image = try ImageFile.read(folder.write(bytes, "a.tif"))
        #expect(image.shape == [3, 4])
        #expect(image.pixels == .uint8(TIFFLie.pixels))
    }

    @Test("A lie is an error that names it", arguments: TIFFLie.all)
    func lies(_ lie: TIFFLie) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(lie.bytes, "lie.tif")
        let error = #expect(throws: ImageError.self) { try ImageFile.read(path) }
        #expect(error?.kind == lie.kind, "\(error?.description ?? "")")
        #expect(error?.message.contains(lie.message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(folder.path) == false)
    }

    @Test("A page that holds more than its pixels is an error")
    func surplus() throws {
        let folder = try TemporaryFolder()
        let file = TIFFBytes(width: 2, height: 2, pixels: [UInt8](repeating: 0, count: 2000), compression: 8)
        let error = #expect(throws: ImageError.self) { try ImageFile.read(folder.write(file.bytes, "a.tif")) }
        #expect(error?.message.contains("holds something else") == true)
    }

    @Test("A long chain of pages is refused at the limit, without decoding")
    func manyPages() throws {
        let folder = try TemporaryFolder()
        // Each page has a directory of its own and the same pixel.
        let page = TIFFBytes(width: 1, height: 1, pixels: []).with(279, 1)
        var bytes = TIFFBytes(width: 1, height: 1, pixels: [7]).bytes
        let size = page.bytes.count - 8
        let end = bytes.count - 4
        bytes.replaceSubrange(end..<end + 4, with: little(bytes.count))
        let tail = Array(page.bytes[8...])
        for index in 0..<2000 {
            var directory = tail
            directory.replaceSubrange(size - 4..<size, with: little(index == 1999 ? 0 : bytes.count + size))
            bytes += directory
        }
        let path = try folder.write(bytes, "pages.tif")
        let error = #expect(throws: ImageError.self) { try ImageFile.read(path, limits: ImageLimits(pages: 1000)) }
        #expect(error?.kind == .limit)
        #expect(try ImageFile.read(path).shape == [2001, 1, 1])
    }

    @Test("Limits hold for pixels, pages and metadata")
    func limits() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(TIFFLie.honest.bytes, "a.tif")
        #expect(try ImageFile.read(path, limits: ImageLimits(pixelBytes: 12)).pixels.count == 12)
        #expect(throws: ImageError.self) { try ImageFile.read(path, limits: ImageLimits(pixelBytes: 11)) }
        #expect(throws: ImageError.self) { try ImageFile.header(path, limits: ImageLimits(pixelBytes: 11)) }
        let described = TIFFLie.honest.with(270, 65, 66, 67, 68, 69, 0, type: 2)
        let second = try folder.write(described.bytes, "b.tif")
        #expect(try ImageFile.read(second).shape == [3, 4])
        #expect(throws: ImageError.self) { try ImageFile.read(second, limits: ImageLimits(metadataBytes: 5)) }
    }

    @Test("What is no regular file is refused without waiting")
    func notAFile() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ImageError.self) { try ImageFile.read(folder.path) }
        #expect(throws: ImageError.self) { try ImageFile.read(folder.file("missing.tif")) }
        #expect(mkfifo(folder.file("pipe.tif"), 0o600) == 0)
        let error = #expect(throws: ImageError.self) { try ImageFile.read(folder.file("pipe.tif")) }
        #expect(error?.kind == .unreadable)
    }

    private func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
}
