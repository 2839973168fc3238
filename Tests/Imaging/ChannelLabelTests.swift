import Foundation
import Imaging
import Testing

@Suite("Names of channels in files")
struct ChannelLabelTests {
    private let labels = [ChannelLabel("interior"), ChannelLabel("rim <\"1\"> & \u{1}more", window: -1...3.5)]

    @Test("A BigTIFF names its channels in OME-XML, markup escaped, and is still read")
    func bigTIFF() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.tif")
        _ = try ImageFile.blockWriter(path, shape: [2, 20, 30], axes: [.channel, .y, .x], type: .float32, channels: labels)
        let text = String(decoding: try bytes(of: path), as: UTF8.self)
        #expect(text.contains(#"<Channel ID="Channel:0:0" Name="interior" SamplesPerPixel="1"/>"#))
        #expect(text.contains("Name=\"rim &lt;&quot;1&quot;&gt; &amp; \u{FFFD}more\""))
        let image = try ImageFile.read(path)
        #expect(image.shape == [2, 20, 30] && image.axes == [.channel, .y, .x])
    }

    @Test(
        "An OME-Zarr names its channels in `omero`, with all that the specification asks of one", arguments: OMEZarrWriter.Version.allCases)
    func zarr(_ version: OMEZarrWriter.Version) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        _ = try OMEZarrWriter(
            path, shape: [2, 20, 30], axes: [.channel, .y, .x], type: .float32, channels: labels, version: version)
        let bytes = try bytes(of: path + (version == .v05 ? "/zarr.json" : "/.zattrs"))
        var root = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        if version == .v05 { root = try #require((root["attributes"] as? [String: Any])?["ome"] as? [String: Any]) }
        let channels = try #require((root["omero"] as? [String: Any])?["channels"] as? [[String: Any]])
        #expect(channels.map { $0["label"] as? String } == labels.map(\.name))
        let colours = channels.compactMap { $0["color"] as? String }
        #expect(Set(colours).count == 2 && colours.allSatisfy { $0.count == 6 && Int($0, radix: 16) != nil })
        let window = try #require(channels[1]["window"] as? [String: Double])
        #expect(window == ["min": -1, "start": -1, "max": 3.5, "end": 3.5])
        #expect(try ImageFile.blocks(path).shape == [2, 20, 30])
    }

    @Test("Without names nothing is said about channels, and another number of names is refused", arguments: ["a.tif", "a.zarr"])
    func numbers(_ name: String) throws {
        let folder = try TemporaryFolder()
        func begin(_ axes: [Axis], _ shape: [Int], _ labels: [ChannelLabel]) throws {
            _ = try ImageFile.blockWriter(folder.file(name), shape: shape, axes: axes, type: .uint8, channels: labels)
        }
        #expect(throws: ImageError.self) { try begin([.channel, .y, .x], [3, 20, 30], labels) }
        #expect(throws: ImageError.self) { try begin([.y, .x], [20, 30], labels) }
        try begin([.channel, .y, .x], [2, 20, 30], [])
        let file = name == "a.tif" ? folder.file(name) : folder.file(name) + "/zarr.json"
        let text = String(decoding: try bytes(of: file), as: UTF8.self)
        #expect(!text.contains("omero") && !text.contains("Name="))
    }
}
