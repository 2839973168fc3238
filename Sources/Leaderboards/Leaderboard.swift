internal import Records
internal import WebAssets

/// A leaderboard as files: static pages and the data beside them.
///
/// The files are a pure function of the model: the same model gives the same bytes, on any machine and at any time.
/// The pages load nothing from anywhere and need no script; each carries its own style sheet.
public struct Leaderboard: Sendable {
    /// What is shown.
    public let model: BoardModel

    /// A leaderboard of a model.
    public init(_ model: BoardModel) {
        self.model = model
    }

    /// All files, sorted by path; the last step lists them with their digests in `files.json`.
    public func files() throws(BoardError) -> [BoardFile] {
        let site = Site(model)
        var files: [BoardFile] = []
        do {
            let templates = try Templates()
            files.append(BoardFile(path: "index.html", text: try templates.render(.ranking, site.rankingPage)))
            files.append(BoardFile(path: "cases.html", text: try templates.render(.cases, site.casesPage)))
            files.append(BoardFile(path: "conventions.html", text: try templates.render(.conventions, site.conventionsPage)))
            for (entry, address) in site.addressedEntries {
                let page = try templates.render(.submission, site.submissionPage(entry, address))
                files.append(BoardFile(path: "submissions/\(address).html", text: page))
            }
        } catch {
            throw .template(error)
        }
        do {
            let export = BoardJSON(model)
            files.append(BoardFile(path: "leaderboard.csv", text: BoardCSV.leaderboard(model)))
            files.append(BoardFile(path: "leaderboard.json", text: try export.leaderboard.prettyText()))
            if model.showsCases {
                files.append(BoardFile(path: "cases.csv", text: BoardCSV.cases(model)))
                files.append(BoardFile(path: "cases.json", text: try export.cases.prettyText()))
            }
            for (entry, address) in site.addressedEntries {
                files.append(BoardFile(path: "submissions/\(address).json", text: try export.submission(entry).prettyText()))
            }
            files.sort { $0.path < $1.path }
            files.append(BoardFile(path: BoardManifest.path, text: try BoardManifest(files).json.prettyText()))
        } catch {
            throw .records(error)
        }
        return files
    }
}
