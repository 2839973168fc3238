import Foundation
import Imaging
import Testing

/// The folder of shared data beside the checkout, if it is there.
let shared: String? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let shared = folder.deletingLastPathComponent().appendingPathComponent("shared/data").path
    return FileManager.default.fileExists(atPath: shared + "/fixtures") ? shared : nil
}()

@Suite("Files of the shared data folder", .enabled(if: shared != nil))
struct FixtureTests {
    private func labels() throws -> LabelImage {
        try LabelImage(ImageFile.read(try #require(shared) + "/nuclei-2d/labels/fluo-256_01.png"))
    }

    private func fixture(_ name: String) throws -> Image { try ImageFile.read(try #require(shared) + "/fixtures/" + name) }

    @Test("The labels are those that the description of the data states")
    func reference() throws {
        let labels = try labels()
        #expect(labels.shape == [256, 256])
        #expect(labels.labels.max() == 16)
        #expect(Double(labels.labels.reduce(0, +)) / 65536 == 0.7872314453125)
    }

    @Test(
        "Every label TIFF holds the same labels",
        arguments: [
            "lab_ij", "lab_lzw", "lzw_pred", "d_nopred", "lab_deflate", "lab_zstd", "lab_tiled", "lab_big", "u32", "bigend",
        ])
    func label(_ name: String) throws {
        let image = try fixture(name + ".tif")
        #expect(try LabelImage(image).labels == labels().labels)
        #expect(image.axes == [.y, .x])
        #expect(image.spacing == (name == "lab_ij" ? [.y: 0.65, .x: 0.65] : [:]))
        #expect(image.pixels.type == (name == "u32" ? .uint32 : .uint16))
    }

    @Test("Float pixels are the labels, but no label image")
    func float() throws {
        let image = try fixture("f32.tif")
        guard case .float32(let values) = image.pixels else {
            Issue.record("not float32")
            return
        }
        #expect(try values.map { UInt32($0) } == labels().labels)
        #expect(throws: ImageError.self) { try LabelImage(image) }
    }

    @Test("Planar samples become channels before y and x")
    func planar() throws {
        let image = try fixture("d_multi.tif")
        #expect(image.shape == [3, 256, 256])
        #expect(image.axes == [.channel, .y, .x])
        guard case .uint16(let values) = image.pixels else {
            Issue.record("not uint16")
            return
        }
        #expect(try values[..<65536].map(UInt32.init) == labels().labels)
    }

    @Test("A hyperstack has its axes and calibration")
    func hyperstack() throws {
        let image = try fixture("hyper.tif")
        #expect(image.shape == [3, 2, 5, 32, 40])
        #expect(image.axes == [.time, .channel, .z, .y, .x])
        #expect(image.spacing == [.z: 0.5, .y: 0.1, .x: 0.1])
        let ome = try fixture("h.ome.tif")
        #expect(ome.shape == image.shape)
        #expect(ome.axes == image.axes)
        #expect(ome.spacing == [.x: 0.1])
    }

    @Test("Of a pyramid the largest level is read")
    func pyramid() throws {
        let image = try fixture("pyr.ome.tif")
        #expect(image.shape == [256, 256])
        #expect(image.pixels == .uint16([UInt16](repeating: 0, count: 65536)))
    }

    @Test("Every PNG of the nuclei reads, labels as labels")
    func nuclei() throws {
        let folder = try #require(shared) + "/nuclei-2d"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/images") where name.hasSuffix(".png") {
            let image = try ImageFile.read(folder + "/images/" + name)
            let labels = try LabelImage(ImageFile.read(folder + "/labels/" + name))
            #expect(image.extent(of: .y) == labels.shape[0])
            #expect(image.extent(of: .x) == labels.shape[1])
            #expect(image.extent(of: .channel) == (name.hasPrefix("he") ? 3 : image.extent(of: .channel)))
        }
    }
}
