public import ModelPackages

extension NonFiniteValues {
    /// What a user should know about them, in one line; `nil` if there are none.
    ///
    /// - Parameters:
    ///   - name: what they are in, such as a file's name.
    ///   - input: the model's input for which they are.
    public func note(of name: String, for input: TensorDescription) -> String? {
        guard count > 0 else { return nil }
        let kinds = [(notANumber, "NaN"), (infinite, "infinite")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let names = input.statisticalSteps.map { "`\($0)`" }
        let steps = names.joined(separator: ", ") + (names.count == 1 ? " takes" : " take")
        let consequence =
            names.isEmpty
            ? "results near them are NaN or mean nothing"
            : "\(steps) statistics of the whole image, so that one of them can make every result NaN"
        return
            "\(name) holds \(count == 1 ? "a value that is" : "\(count) values that are") not finite (\(kinds.joined(separator: ", "))), "
            + "\(count == 1 ? "" : "the first ")at \(place), counted from 0. They are kept as they are: \(consequence). "
            + "To avoid that, replace them in the image"
    }
}
