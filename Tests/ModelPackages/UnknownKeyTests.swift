import ModelPackages
import Testing

/// Keys that the format does not have.
@Suite struct UnknownKeyTests {
    private func remarks(_ change: (inout String) -> Void) throws -> [String] {
        var text = Fixture.description(preprocessing: "[{id: zero_mean_unit_variance, kwargs: {axes: [y, x]}}]")
        change(&text)
        return try Fixture.package(text).notes.filter { $0.contains("ignored") }
    }

    @Test(
        "A misspelt key is ignored and told with its line and place",
        arguments: [
            ("name: A model", "name: A model\nlicence: MIT", "line 4: `licence` is no key"),
            ("preprocessing:", "prepocessing:", "line 11: `prepocessing` in inputs[0] is no key"),
            ("- {type: batch}", "- {type: batch, typ: b}", "line 7: `typ` in inputs[0].axes[0] is no key"),
            ("halo: 4", "hallo: 4", "line 20: `hallo` in outputs[0].axes[2] is no key"),
            ("size: {min: 16, step: 8}", "size: {min: 16, step: 8, mx: 9}", "`mx` in inputs[0].axes[2].size is no key"),
            ("onnx: {source", "onnx: {sha265: ab, source", "`sha265` in weights.onnx is no key"),
            ("weights: {onnx", "weights: {onxx: {}, onnx", "`onxx` in weights is no key"),
            ("{id: zero", "{ids: a, id: zero", "`ids` in inputs[0].preprocessing[0] is no key"),
        ])
    func misspelt(old: String, new: String, remark: String) throws {
        let remarks = try remarks { text in
            guard let place = text.firstRange(of: old) else { return }
            text.replaceSubrange(place, with: new)
        }
        #expect(remarks.contains { $0.contains(remark) }, "\(remarks)")
    }

    @Test("What the format has is not told, and many unknown keys are told by their number")
    func known() throws {
        #expect(try remarks { _ in }.isEmpty)
        let many = try remarks { $0 += "\n" + (0..<30).map { "more\($0): 1" }.joined(separator: "\n") }
        #expect(many.count == 9 && many.last == "22 more keys that format 0.5 does not have were ignored", "\(many)")
    }
}
