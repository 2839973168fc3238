internal import ModelPackages

extension Padding {
    /// The padding's name, for messages.
    var word: String {
        switch self {
        case .constant(let value): "constant \(value)"
        case .edge: "edge"
        case .reflect: "reflect"
        case .symmetric: "symmetric"
        }
    }

    /// The index of the element that stands at `index`, at or behind the end of `extent` elements; `nil` for a constant.
    func source(of index: Int, extent: Int) -> Int? {
        guard index >= extent else { return index }
        switch self {
        case .constant: return nil
        case .edge: return extent - 1
        case .symmetric:
            let place = index % (2 * extent)
            return place < extent ? place : 2 * extent - 1 - place
        case .reflect:
            guard extent > 1 else { return 0 }
            let place = index % (2 * extent - 2)
            return place < extent ? place : 2 * extent - 2 - place
        }
    }

    /// The constant of a constant padding; 0 for others, which never ask for it.
    var constant: Double { if case .constant(let value) = self { value } else { 0 } }
}
