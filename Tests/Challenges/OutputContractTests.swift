import Challenges
import Imaging
import Testing

@Suite("Output contract")
struct OutputContractTests {
    private func contract(_ input: String, _ output: String, formats: [ImageFormat] = [.tiff, .png]) throws -> OutputContract {
        let inputAxes = try #require(Axis.list(input))
        let outputAxes = try #require(Axis.list(output))
        return OutputContract(
            task: ChallengeTask(
                kind: .instanceSegmentation, input: Slot(name: "image", axes: inputAxes, formats: [.tiff]),
                output: Slot(name: "labels", axes: outputAxes, formats: formats)))
    }

    @Test("The file is named after the slot, with the endings of the formats in their order")
    func names() throws {
        let both = try contract("yx", "yx")
        #expect(both.fileNames == ["labels.tiff", "labels.tif", "labels.png"])
        #expect(both.fileNames(forCase: "t01") == ["t01.tiff", "t01.tif", "t01.png"])
        #expect(both.accepts(fileName: "labels.tif"))
        for name in ["labels.TIF", "labels.npy", "Labels.tif", "labels", "x/labels.tif", "labels.tif "] {
            #expect(!both.accepts(fileName: name))
        }
        #expect(try contract("yx", "yx", formats: [.npy]).fileNames == ["labels.npy"])
    }

    @Test("The output has the input's extents along its own axes")
    func shapes() throws {
        #expect(try contract("yx", "yx").expectedShape(inputShape: [3, 5]) == [3, 5])
        #expect(try contract("yxc", "yx").expectedShape(inputShape: [3, 5, 4]) == [3, 5])
        #expect(try contract("cyx", "yx").expectedShape(inputShape: [4, 3, 5]) == [3, 5])
        #expect(try contract("zyx", "zyx").expectedShape(inputShape: [2, 3, 5]) == [2, 3, 5])
        #expect(try contract("yx", "yx").expectedShape(inputShape: [3, 5, 4]) == nil)
        #expect(try contract("yx", "zyx").expectedShape(inputShape: [3, 5]) == nil)
    }
}
