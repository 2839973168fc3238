import Foundation
import Mustache
internal import Plots

/// What a template is filled with.
///
/// Text is escaped on its way into the page, whatever it holds. Markup of our own making reaches a page only under a name
/// that ends in `Markup`; a text under such a name is escaped all the same, and markup under another name is not written.
/// Every name that a template uses must be present: `.nothing` says that there is nothing, a missing name shows up as `⟦name⟧`.
public indirect enum PageValue: Sendable {
    /// Text from anywhere.
    case text(String)
    /// HTML or SVG that this program made.
    case markup(String)
    /// A condition.
    case flag(Bool)
    /// Entries of a section, in order.
    case list([PageValue])
    /// Named values.
    case fields([String: PageValue])
    /// Nothing: a section is skipped, a variable is empty.
    case nothing

    /// The text, or nothing where there is none.
    public static func text(ifPresent text: String?) -> PageValue {
        guard let text, !text.isEmpty else { return .nothing }
        return .text(text)
    }
}

extension PageValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A condition.
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    /// Entries in order.
    public init(arrayLiteral elements: PageValue...) { self = .list(elements) }
    /// Named values; each name once.
    public init(dictionaryLiteral elements: (String, PageValue)...) {
        self = .fields(Dictionary(uniqueKeysWithValues: elements))
    }

    /// What Mustache understands: `name` decides whether markup may pass.
    func mustacheValue(named name: String) -> Any {
        switch self {
        case .text(let text):
            // The engine escapes by characters and would let a quote with a combining mark through; `visible` parts the two.
            return name.hasSuffix("Markup") ? MarkupText.escaped(text) : MarkupText.visible(text)
        case .markup(let markup): return name.hasSuffix("Markup") ? markup : PageRoot.missing(name)
        case .flag(let flag): return flag
        case .list(let elements): return elements.map { $0.mustacheValue(named: name) }
        case .fields(let fields): return PageFields(fields: fields)
        case .nothing: return NSNull()
        }
    }
}

/// Named values as Mustache asks for them.
struct PageFields: MustacheParent {
    let fields: [String: PageValue]

    func child(named name: String) -> Any? {
        fields[name]?.mustacheValue(named: name)
    }
}

/// The outermost values of a page: a name that is found nowhere becomes visible.
struct PageRoot: MustacheParent {
    let fields: [String: PageValue]

    func child(named name: String) -> Any? {
        fields[name]?.mustacheValue(named: name) ?? PageRoot.missing(name)
    }

    static func missing(_ name: String) -> String { "⟦\(name)⟧" }
}
