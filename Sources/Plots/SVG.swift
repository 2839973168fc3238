/// The few pieces of SVG that the plots are made of.
///
/// Colours are `currentColor` with an opacity, so that a plot is readable alone, in the dark and in print; the classes
/// `mark`, `band`, `grid`, `axis` and `failed` let a style sheet colour it. There are no ids, hence no collisions.
/// Horizontal positions are percentages, vertical ones pixels: a plot fills its box at any width and its text keeps its size.
enum SVG {
    /// At most two decimals, without trailing zeros, with an ASCII minus.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let (whole, rest) = Int(hundredths.magnitude).quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return "\(sign)\(whole)" }
        let fraction = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
        return "\(sign)\(whole).\(fraction)"
    }

    /// A plot that only repeats what the text beside it says: hidden from screen readers, as large as its box.
    static func decoration(_ kind: String, _ content: String) -> String {
        "<svg class=\"plot \(kind)\" width=\"100%\" height=\"100%\" aria-hidden=\"true\" focusable=\"false\">\(content)</svg>"
    }

    /// A plot that stands for itself: named and described, as wide as its box, `height` pixels high.
    static func figure(_ kind: String, height: Int, title: String, description: String, _ content: String) -> String {
        let name = MarkupText.escaped(title)
        return "<svg class=\"plot \(kind)\" xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"\(height)\" role=\"img\" "
            + "aria-label=\"\(name)\" focusable=\"false\"><title>\(name)</title>"
            + "<desc>\(MarkupText.escaped(description))</desc>\(content)</svg>"
    }

    /// Thin vertical lines over the full height.
    static func rules(at positions: [String]) -> String {
        let lines = positions.map { "<line x1=\"\($0)\" x2=\"\($0)\" y2=\"100%\"/>" }
        return "<g class=\"grid\" stroke=\"currentColor\" stroke-opacity=\".12\">\(lines.joined())</g>"
    }

    /// A horizontal line between two percentages.
    static func line(_ kind: String, from: String, to: String, y: String, width: String) -> String {
        "<line class=\"\(kind)\" x1=\"\(from)\" x2=\"\(to)\" y1=\"\(y)\" y2=\"\(y)\" stroke=\"currentColor\" stroke-width=\"\(width)\"/>"
    }

    /// A filled circle.
    static func circle(_ kind: String, x: String, y: String, radius: Double, opacity: String = "1") -> String {
        "<circle class=\"\(kind)\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(number(radius))\" fill=\"currentColor\" fill-opacity=\"\(opacity)\"/>"
    }

    /// A circle that is not filled; the line behind it shows through.
    static func ring(_ kind: String, x: String, y: String, radius: Double) -> String {
        "<circle class=\"\(kind)\" cx=\"\(x)\" cy=\"\(y)\" r=\"\(number(radius))\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
    }

    /// A diagonal cross around a point; the nested `svg` allows pixels around a percentage.
    static func cross(_ kind: String, x: String, y: String, arm: Double) -> String {
        let a = number(arm)
        return "<svg x=\"\(x)\" y=\"\(y)\" overflow=\"visible\"><path class=\"\(kind)\" d=\"M-\(a)-\(a)L\(a) \(a)M-\(a) \(a)L\(a)-\(a)\" "
            + "stroke=\"currentColor\" stroke-width=\"2\" fill=\"none\"/></svg>"
    }

    /// A tick label.
    static func label(_ text: String, x: String, y: String) -> String {
        "<text class=\"axis\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\" font-size=\"11\" fill=\"currentColor\">"
            + "\(MarkupText.escaped(text))</text>"
    }
}
