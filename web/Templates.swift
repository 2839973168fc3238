internal import Mustache

/// The pages' templates, parsed once.
public struct Templates: Sendable {
    /// The pages that there are.
    public enum Page: String, Sendable, CaseIterable {
        /// The ranking.
        case ranking
        /// One submission.
        case submission
        /// All cases of all submissions.
        case cases
        /// What the numbers mean.
        case conventions
    }

    private let library: MustacheLibrary

    /// Parses the templates that the program carries.
    ///
    /// - Throws: `TemplateError` naming the template that cannot be parsed.
    public init() throws(TemplateError) {
        var library = MustacheLibrary()
        for (name, bytes) in Templates.sources {
            do {
                try library.register(String(decoding: bytes, as: UTF8.self), named: name)
            } catch {
                throw TemplateError(template: name, problem: String(describing: error))
            }
        }
        self.library = library
    }

    /// A page filled with values.
    ///
    /// - Throws: `TemplateError` where the program carries no such page.
    public func render(_ page: Page, _ values: [String: PageValue]) throws(TemplateError) -> String {
        guard let text = library.render(PageRoot(fields: values), withTemplate: page.rawValue) else {
            throw TemplateError(template: page.rawValue, problem: "the program carries no such template")
        }
        return text
    }

    /// The templates' texts by name, for checks.
    package static var texts: [String: String] {
        sources.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    private static var sources: [String: [UInt8]] {
        [
            "page": PackageResources.page_mustache,
            "ranking": PackageResources.ranking_mustache,
            "submission": PackageResources.submission_mustache,
            "cases": PackageResources.cases_mustache,
            "conventions": PackageResources.conventions_mustache,
        ]
    }
}

/// A template that the program carries is unusable: a fault of the build, not of the input.
public struct TemplateError: Error, Sendable, CustomStringConvertible {
    /// The template's name.
    public let template: String
    /// What is wrong with it.
    public let problem: String

    /// The template and what is wrong with it.
    public var description: String { "template \(template): \(problem)" }
}
