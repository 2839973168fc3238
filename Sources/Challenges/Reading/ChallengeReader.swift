/// Reads `challenge.yaml` and collects every mistake with its place; the sections are in the extensions of this type.
///
/// A reading function reports what is wrong and answers `nil`; the reading goes on with the next key.
struct ChallengeReader {
    private(set) var diagnostics: [Diagnostic] = []
    /// What could not be looked at because of one of them.
    private(set) var blindSpots: [BlindSpot] = []
    /// As much of the task, the splits and the metrics as is right: the images can be checked while other things are wrong.
    private(set) var task = TaskDraft()
    private(set) var splits: [SplitDraft] = []
    private(set) var metrics: [String] = []
    /// Keys of lines that are no YAML; they are not reported as missing.
    private(set) var lostKeys: Set<String> = []
    private var lostPlace: Place?
    /// Gives the bytes of a case list by its path; `nil` means that there is no such file.
    let caseListBytes: (String) -> CaseListSource

    init(caseListBytes: @escaping (String) -> CaseListSource) {
        self.caseListBytes = caseListBytes
    }

    /// The whole file: the challenge, unless something that it cannot be without is wrong.
    mutating func read(_ bytes: [UInt8]) -> Challenge? {
        let document = YAMLDocument(bytes: bytes, file: Challenge.fileName)
        diagnostics += document.diagnostics
        lostKeys = document.lostKeys
        lostPlace = document.diagnostics.first { $0.severity == .error }?.line.map { Place(line: $0, column: 1) }
        guard let root = document.root else {
            if let lostPlace { cannotSee("everything else in the challenge", because: lostPlace) }
            return nil
        }
        guard let file = section(root, named: "the file", at: Place(line: 1, column: 1), keys: Self.fileKeys) else { return nil }
        readVersion(file)
        let id = identifier(file, "id")
        let title = text(file, "title")
        let summary = file["summary"] == nil ? nil : text(file, "summary")
        let licence = readLicence(file)
        let organisers = readOrganisers(file)
        let task = readTask(file)
        let splits = readSplits(file, axes: task.input.axes)
        let phases = readPhases(file, splits: splits)
        let limits = readLimits(file)
        let metrics = readMetrics(file, kind: task.kind)
        let ranking = readRanking(file)
        let design = readDesign(file)
        self.task = task
        self.metrics = (metrics ?? []).compactMap(\.self)
        if let splits {
            self.splits = splits.map(\.split)
            diagnostics += CaseLint.diagnostics(for: self.splits)
            if let phases { reportUnusedSplits(splits, usedBy: phases.map { $0?.split }) }
        }
        guard !diagnostics.containError, let id, let title, let licence, let organisers, let task = task.task, let limits, let ranking,
            let design, let splits = splits.flatMap({ all($0.map(\.split.split)) }), let metrics = metrics.flatMap({ all($0) }),
            let phases = phases.flatMap({ all($0.map { $0?.phase }) })
        else { return nil }
        return Challenge(
            id: id, title: title, summary: summary, licence: licence, organisers: organisers, task: task, splits: splits,
            phases: phases, limits: limits, metrics: metrics, ranking: ranking, design: design)
    }

    private static let fileKeys: [Section.Key] = [
        .required("concours", "concours: 1"),
        .required("id", "id: nuclei"),
        .required("title", "title: Nuclei in microscopy"),
        .optional("summary", "summary: What the challenge is about, in a few sentences."),
        .required("licence", "licence: CC0-1.0"),
        .required("organisers", "organisers: [{name: Ada Lovelace}]"),
        .required("task", "task: {kind: instanceSegmentation, input: …, output: …}"),
        .required("splits", "splits: {practice: {cases: data/train/cases.csv, visibility: public}}"),
        .required("phases", "phases: [{id: practice, kind: debug, split: practice}]"),
        .required("limits", "limits: {wall: 60s, cpu: 60s, memory: 2GiB, processes: 64, output: 256MiB}"),
        .required("metrics", "metrics: [ap@1/2]"),
        .required(
            "ranking",
            "ranking: {scheme: rankThenAggregate, aggregate: mean, ties: min, missing: worst, bootstrap: 1000, seed: 1, group: group}"),
        .required("design", "design: a mapping with \(DesignField.allCases.count) fields, such as `purpose: …`"),
    ]

    private mutating func readVersion(_ file: Section) {
        guard let pair = file["concours"], let version = count(file, "concours", in: 0...Int.max) else { return }
        if version != Challenge.layoutVersion {
            report(pair.value.place, found: "`concours: \(version)`", write: "write `concours: 1`, the only layout that this version reads")
        }
    }

    private mutating func readLicence(_ file: Section) -> String? {
        guard let licence = text(file, "licence"), let place = file["licence"]?.value.place else { return nil }
        if Licences.isKnown(licence) { return licence }
        let nearest = Licences.nearest(to: licence)
        report(
            place, found: "the licence \(Quoting.quoted(licence)), which is no SPDX identifier that we know",
            write: nearest.map { "write `\($0)`" }
                ?? "write an SPDX identifier such as `CC0-1.0` or `CC-BY-4.0`, or `LicenseRef-yourname` with its text in the README")
        return nil
    }

    private mutating func readOrganisers(_ file: Section) -> [Organiser]? {
        guard let items = list(file, "organisers") else { return nil }
        return all(items.enumerated().map { index, item in readOrganiser(item, number: index + 1) })
    }

    private mutating func readOrganiser(_ value: YAMLValue, number: Int) -> Organiser? {
        let keys: [Section.Key] = [
            .required("name", "name: Ada Lovelace"), .optional("orcid", "orcid: 0000-0002-1825-0097"),
            .optional("affiliation", "affiliation: {name: An institute}"),
        ]
        guard let person = section(value, named: "organiser \(number)", at: value.place, keys: keys) else { return nil }
        let name = text(person, "name")
        let orcid = person["orcid"] == nil ? nil : text(person, "orcid")
        if let orcid, !Organiser.isORCID(orcid), let place = person["orcid"]?.value.place {
            report(
                place, found: "the ORCID iD \(Quoting.quoted(orcid)), whose form or check digit is wrong",
                write: "write four groups of four digits, such as `0000-0002-1825-0097`, or leave `orcid` out")
        }
        let affiliation = readAffiliation(person)
        return name.map { Organiser(name: $0, orcid: orcid, affiliation: affiliation) }
    }

    private mutating func readAffiliation(_ person: Section) -> Organiser.Affiliation? {
        guard let pair = person["affiliation"] else { return nil }
        let keys: [Section.Key] = [
            .required("name", "name: An institute"), .optional("ror", "ror: https://ror.org/02catss52"),
        ]
        guard let section = section(pair.value, named: "affiliation", at: pair.place, keys: keys) else { return nil }
        let ror = section["ror"] == nil ? nil : text(section, "ror")
        if let ror, !Organiser.isROR(ror), let place = section["ror"]?.value.place {
            report(
                place, found: "the ROR address \(Quoting.quoted(ror))",
                write: "write an address such as `https://ror.org/02catss52`, or leave `ror` out")
        }
        return text(section, "name").map { Organiser.Affiliation(name: $0, ror: ror) }
    }

    // MARK: Reporting

    mutating func report(_ place: Place, severity: Diagnostic.Severity = .error, found: String, write: String) {
        diagnostics.append(
            Diagnostic(
                file: Challenge.fileName, line: place.line, column: place.column, severity: severity, found: found, write: write))
    }

    mutating func add(_ more: [Diagnostic], blindSpots moreSpots: [BlindSpot]) {
        diagnostics += more
        blindSpots += moreSpots
    }

    /// Notes what is not looked at because of a mistake that was reported.
    mutating func cannotSee(_ what: String, because place: Place, needsImages: Bool = false) {
        blindSpots.append(BlindSpot(file: Challenge.fileName, lines: [place.line], what: what, needsImages: needsImages))
    }

    /// Where the mistake is, if the value of a key could not be read.
    func reason(_ section: Section, _ key: String) -> Place {
        section[key]?.value.place ?? (lostKeys.contains(key) ? lostPlace : nil) ?? section.place
    }

    /// All values, or `nil` if one could not be read.
    func all<Value>(_ values: [Value?]) -> [Value]? {
        let read = values.compactMap(\.self)
        return read.count == values.count ? read : nil
    }
}
