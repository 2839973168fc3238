import Foundation
import Imaging
import Testing

/// What the pages of a TIFF are: what the file says, else what the caller says, else z.
@Suite("Pages of a TIFF")
struct PageTests {
    private func golden(_ name: String) -> String { GoldenFile.folder + "/" + name }

    @Test("Pages of a file that does not say it are what the caller says, and z without", arguments: [nil, .z, .time, .channel] as [Axis?])
    func plain(_ named: Axis?) throws {
        let image = try ImageFile.blocks(golden("bits-pages.tif"), pages: named)
        #expect(image.axes == [named ?? .z, .y, .x] && image.shape == [3, 9, 11])
        let region = [1..<3, 2..<9, 0..<11]
        #expect(try image.read(region) == ImageFile.blocks(golden("bits-pages.tif")).read(region))
    }

    @Test(
        "A file that says something else is not overruled, one that says the same is taken",
        arguments: [
            ("imagej-frames.tif", Axis.z, "the ImageJ description says that they are t (4)"),
            ("imagej-z-nm.tif", .time, "the ImageJ description says that they are z (3)"),
            ("ome-xyzct.ome.tif", .channel, "the OME-XML says that they are t (2), c (3), z (2)"),
        ])
    func contradictions(_ name: String, _ named: Axis, _ words: String) throws {
        let error = #expect(throws: ImageError.self) { try ImageFile.blocks(golden(name), pages: named) }
        #expect(error?.kind == .unsuitable && error?.message.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("What the file says may be said again, and a single page counts nothing")
    func agreement() throws {
        #expect(try ImageFile.blocks(golden("imagej-frames.tif"), pages: .time).axes == [.time, .y, .x])
        #expect(try ImageFile.blocks(golden("bits-minisblack.tif"), pages: .channel).axes == [.y, .x])
    }

    @Test("What is no TIFF has no pages", arguments: ["zarr/v3-plain", "gray-uint8.png", "float32.npy"])
    func noPages(_ name: String) throws {
        let error = #expect(throws: ImageError.self) { try ImageFile.blocks(golden(name), pages: .z) }
        #expect(error?.message.contains("this is no TIFF") == true, "\(error?.description ?? "")")
    }

    @Test("The distance of ImageJ's frames is that of its frame interval, in its unit, and not of the speed of play")
    func frames() throws {
        let image = try ImageFile.blocks(golden("imagej-frames.tif"))
        #expect(image.axes == [.time, .y, .x] && image.geometry[.time] == .init(distance: 0.25, unit: "second"))
        let bytes = try bytes(of: golden("imagej-frames.tif")), folder = try TemporaryFolder()
        // The same text without an interval, with one that is none, and in a unit that nobody knows.
        for (old, new) in [("finterval", "fintervil"), ("finterval=2", "finterval=-"), ("tunit=msec", "tunit=moon")] {
            let place = try #require(Data(bytes).firstRange(of: Data(old.utf8)))
            var changed = bytes
            changed.replaceSubrange(place.lowerBound..<place.upperBound, with: new.utf8)
            #expect(try ImageFile.blocks(folder.write(changed, "\(new.prefix(6)).tif")).geometry[.time] == .pixels)
        }
    }

    @Test("Single bits are read region by region as whole, in strips, tiles and pages", arguments: ["strips", "tiles", "pages"])
    func bits(_ kind: String) throws {
        let names = GoldenFile.readable.map(\.name).filter { $0.hasPrefix("bits-") && $0.contains(kind) }
        #expect(names.count >= (kind == "pages" ? 1 : 3))
        for name in names {
            let whole = WholeImageBlocks(try ImageFile.read(golden(name))), blocks = try ImageFile.blocks(golden(name))
            #expect(blocks.type == .uint8 && blocks.shape == whole.shape)
            let leading = blocks.shape.dropLast(2).map { 0..<$0 }
            for region in [[0..<9, 0..<11], [3..<8, 5..<10], [8..<9, 10..<11]] {
                #expect(try blocks.read(leading + region) == whole.read(leading + region), "\(name)")
            }
        }
    }
}
