import ModelPackages
import Testing

@Suite("Descriptions are read up to their limits and not beyond") struct DescriptionLimitTests {
    private func isTooLarge(_ text: String) -> Bool {
        do throws(PackageError) {
            _ = try DescriptionNode.read(Array(text.utf8), file: "a.yaml")
            return false
        } catch {
            return error.code == .tooLarge
        }
    }

    @Test("256 KiB")
    func bytes() {
        let short = "a: " + String(repeating: "x", count: (1 << 18) - 3)
        #expect(!isTooLarge(short) && isTooLarge(short + "x"))
    }

    @Test("Less than 64 levels")
    func depth() {
        func nested(_ levels: Int) -> String { "a: " + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(!isTooLarge(nested(60)) && isTooLarge(nested(66)))
    }

    @Test("16 aliases")
    func aliases() {
        func list(_ uses: Int) -> String { "a: &a x\nb: [" + (0..<uses).map { _ in "*a" }.joined(separator: ", ") + "]\n" }
        #expect(!isTooLarge(list(16)) && isTooLarge(list(17)))
    }

    @Test("20,000 values, those behind aliases counted as often as they are used")
    func values() {
        func list(_ count: Int) -> String { "a: [" + (0..<count).map { _ in "1" }.joined(separator: ",") + "]" }
        #expect(!isTooLarge(list(19_900)) && isTooLarge(list(20_001)))
        let shared = "a: &a [" + (0..<4000).map { _ in "1" }.joined(separator: ",") + "]\n"
        #expect(!isTooLarge(shared + "b: [*a, *a, *a]\n") && isTooLarge(shared + "b: [*a, *a, *a, *a, *a]\n"))
    }

    private func refusalCode(_ yaml: String) -> PackageError.Code? {
        do {
            _ = try Fixture.package(yaml)
            return nil
        } catch {
            return (error as? PackageError)?.code
        }
    }

    @Test("32 steps and 8 axes of a tensor")
    func tensors() {
        func steps(_ count: Int) -> String {
            Fixture.description(preprocessing: "[" + (0..<count).map { _ in "{id: sigmoid}" }.joined(separator: ", ") + "]")
        }
        #expect(refusalCode(steps(32)) == nil && refusalCode(steps(33)) == .tooLarge)
        func axes(_ count: Int) -> String {
            let further = (0..<count - 4).map { ", {type: space, id: a\($0), size: 8}" }.joined()
            return Fixture.description().replacing("id: x, size: 8}]", with: "id: x, size: 8}\(further)]")
        }
        #expect(refusalCode(axes(8)) != .tooLarge && refusalCode(axes(9)) == .tooLarge)
    }
}
