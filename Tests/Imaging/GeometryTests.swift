import Foundation
import Imaging
import Testing

@Suite("Where the pixels of an image lie")
struct GeometryTests {
    /// Places of every kind: without a unit, from another origin than 0, in time, and a unit that nobody knows.
    private static let geometry: ImageGeometry = {
        var geometry = ImageGeometry(spacing: [.z: 2])
        geometry[.time] = .init(distance: 0.25, origin: 4, unit: "second")
        geometry[.y] = .init(distance: 0.5, origin: -3)
        geometry[.x] = .init(distance: 3, origin: 1.5, unit: "cubit")
        return geometry
    }()

    @Test(
        "An OME-Zarr keeps distances, origins and units, the translation behind the only scale", arguments: OMEZarrWriter.Version.allCases)
    func zarr(_ version: OMEZarrWriter.Version) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        _ = try OMEZarrWriter(
            path, shape: [2, 3, 20, 30], axes: [.time, .z, .y, .x], type: .uint8, geometry: Self.geometry, version: version)
        #expect(try ImageFile.blocks(path).geometry == Self.geometry)
        #expect(try ImageFile.blocks(path).spacing == [.z: 2])
        let text = try text(of: path + (version == .v05 ? "/zarr.json" : "/.zattrs"))
        #expect(
            text.contains(#""coordinateTransformations":[{"scale":[0.25,2,0.5,3],"type":"scale"},"#)
                && text.contains(#"{"translation":[4,0,-3,1.5],"type":"translation"}]"#), "\(text)")
        #expect(text.contains(#"{"name":"y","type":"space"}"#) && text.contains(#"{"name":"x","type":"space","unit":"cubit"}"#))
    }

    @Test("An image that begins at 0 has no translation")
    func noTranslation() throws {
        let folder = try TemporaryFolder()
        _ = try OMEZarrWriter(
            folder.file("a.zarr"), shape: [20, 30], axes: [.y, .x], type: .uint8, geometry: ImageGeometry(spacing: [.y: 2, .x: 2]))
        #expect(try !text(of: folder.file("a.zarr/zarr.json")).contains("translation"))
    }

    @Test("Scales and translations of a level and of all levels are carried out one after another, lengths become micrometres")
    func transformations() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        var geometry = ImageGeometry()
        geometry[.y] = .init(distance: 0.5, origin: 2, unit: "millimeter")
        _ = try OMEZarrWriter(path, shape: [20, 30], axes: [.y, .x], type: .uint8, geometry: geometry)
        let changed = try text(of: path + "/zarr.json").replacing(
            #""datasets""#,
            with: #""coordinateTransformations":[{"type":"scale","scale":[3,2]},{"type":"translation","translation":[1,7]}],"datasets""#)
        try Data(changed.utf8).write(to: URL(fileURLWithPath: path + "/zarr.json"))
        let read = try ImageFile.blocks(path).geometry
        #expect(read[.y] == .init(distance: 1500, origin: 7000, unit: "micrometer"))
        #expect(read[.x] == .init(distance: 2, origin: 7))
    }

    @Test("A BigTIFF says in OME-XML where its planes lie, in units of the schema, and is still read")
    func bigTIFF() throws {
        let folder = try TemporaryFolder()
        var geometry = Self.geometry
        geometry[.x] = .init(distance: 0.25, origin: 1.5, unit: ImageGeometry.micrometre)
        _ = try BigTIFFWriter(folder.file("a.tif"), shape: [2, 3, 20, 30], axes: [.time, .z, .y, .x], type: .uint8, geometry: geometry)
        let text = try text(of: folder.file("a.tif"))
        for words in [
            #"PhysicalSizeX="0.25" PhysicalSizeY="0.5" PhysicalSizeYUnit="reference frame" PhysicalSizeZ="2.0" TimeIncrement="0.25""#,
            "<Plane TheZ=\"2\" TheT=\"1\" TheC=\"0\" PositionX=\"1.5\" PositionXUnit=\"\u{B5}m\" PositionY=\"-3.0\" PositionYUnit=\"reference frame\"/>",
        ] { #expect(text.contains(words), "\(words)") }
        let image = try ImageFile.read(folder.file("a.tif"))
        #expect(image.shape == [2, 3, 20, 30] && image.spacing == [.z: 2, .x: 0.25])
        // OME-XML says when planes were taken, and not when the first one was.
        geometry[.time].origin = 0
        #expect(try ImageFile.blocks(folder.file("a.tif")).geometry == geometry)
    }

    @Test("A stage's position counts where it is measured as the pixels are")
    func positions() throws {
        let folder = try TemporaryFolder()
        var geometry = ImageGeometry(spacing: [.y: 0.5, .x: 0.25])
        geometry.leaveOut(80, of: .x)
        geometry.leaveOut(20, of: .y)
        _ = try BigTIFFWriter(folder.file("a.tif"), shape: [20, 30], axes: [.y, .x], type: .uint8, geometry: geometry)
        var changed = try bytes(of: folder.file("a.tif"))
        #expect(try ImageFile.blocks(folder.file("a.tif")).geometry == geometry)
        // The same file with a unit that cannot be compared, of as many bytes.
        let unit = Array("PositionXUnit=\"\u{B5}m\"".utf8), other = Array("PositionXUnit=\"foo\"".utf8)
        let place = try #require(changed.firstRange(of: unit))
        changed.replaceSubrange(place, with: other)
        try Data(changed).write(to: URL(fileURLWithPath: folder.file("b.tif")))
        geometry[.x].origin = 0
        #expect(try ImageFile.blocks(folder.file("b.tif")).geometry == geometry)
    }

    @Test("Longer pixels begin where the first one began")
    func stretching() {
        var geometry = ImageGeometry(spacing: [.x: 0.5])
        geometry.leaveOut(4, of: .x)
        geometry.stretch(.x, by: 2)
        #expect(geometry[.x] == .init(distance: 1, origin: 2.25, unit: ImageGeometry.micrometre))
        geometry.stretch(.x, by: 0.5)
        geometry.leaveOut(-4, of: .x)
        #expect(geometry == ImageGeometry(spacing: [.x: 0.5]))
    }

    private func text(of path: String) throws -> String { String(decoding: try bytes(of: path), as: UTF8.self) }
}
