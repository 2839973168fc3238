import Imaging

/// The task: its kind, its input and its output.
extension ChallengeReader {
    mutating func readTask(_ file: Section) -> ChallengeTask? {
        guard let pair = file["task"] else { return nil }
        let keys: [Section.Key] = [
            .required("kind", "kind: instanceSegmentation"),
            .required("input", "input: {image: {axes: yx, formats: [png, tiff]}}"),
            .required("output", "output: {labels: {axes: yx, formats: [tiff, png]}}"),
        ]
        guard let section = section(pair.value, named: "task", at: pair.place, keys: keys) else { return nil }
        let kind = word(section, "kind", among: ChallengeTask.Kind.allCases)
        if let kind, !kind.isEvaluated, let place = section["kind"]?.value.place {
            report(
                place, found: "`kind: \(kind.rawValue)`, which this version cannot score",
                write: "write \(Quoting.choice(ChallengeTask.Kind.allCases.filter(\.isEvaluated).map(\.rawValue)))")
        }
        let input = readSlot(section, "input")
        let output = readSlot(section, "output")
        if let input, let output { checkAxes(input: input, output: output, kind: kind) }
        guard let kind, let input, let output else { return nil }
        return ChallengeTask(kind: kind, input: input.slot, output: output.slot)
    }

    /// A slot with the place of its axes.
    struct PlacedSlot {
        var slot: Slot
        var place: Place
    }

    private mutating func readSlot(_ task: Section, _ key: String) -> PlacedSlot? {
        guard let pairs = named(task, key), let pair = pairs.first else { return nil }
        // A case list has one column for the image and one for the truth.
        for extra in pairs.dropFirst() {
            report(
                extra.place, found: "a second \(key) \(Quoting.quoted(extra.key))",
                write: "write one \(key); a case has one image and one truth")
        }
        let keys: [Section.Key] = [.required("axes", "axes: yx"), .required("formats", "formats: [tiff, png]")]
        guard let section = section(pair.value, named: "\(key) `\(pair.key)`", at: pair.place, keys: keys) else { return nil }
        let axes = readAxes(section)
        let formats = readFormats(section)
        guard let axes, let formats, let place = section["axes"]?.value.place else { return nil }
        return PlacedSlot(slot: Slot(name: pair.key, axes: axes, formats: formats), place: place)
    }

    private mutating func readAxes(_ section: Section) -> [Axis]? {
        guard let text = text(section, "axes"), let place = section["axes"]?.value.place else { return nil }
        guard let axes = Axis.list(text) else {
            report(
                place, found: "`axes: \(Quoting.visible(text))`",
                write: "write each of t, c, z, y, x at most once, slowest first, such as `yx` or `zyx`")
            return nil
        }
        guard axes.contains(.y), axes.contains(.x) else {
            report(place, found: "`axes: \(text)` without y or x", write: "write at least `yx`")
            return nil
        }
        return axes
    }

    private mutating func readFormats(_ section: Section) -> [ImageFormat]? {
        guard let items = list(section, "formats") else { return nil }
        var formats: [ImageFormat?] = []
        let words = ImageFormat.allCases.map(\.rawValue)
        for item in items {
            guard case .text(let text) = item.content, let format = ImageFormat(rawValue: text) else {
                var nearest: String?
                if case .text(let text) = item.content {
                    nearest = ImageFormat.of(fileName: "." + text)?.rawValue ?? Spelling.nearest(to: text, among: words)
                }
                report(
                    item.place, found: "the format \(item.kindText)",
                    write: nearest.map { "write `\($0)`" } ?? "write \(Quoting.choice(words))")
                formats.append(nil)
                continue
            }
            if formats.contains(format) { report(item.place, found: "the format `\(text)` twice", write: "write it once") }
            formats.append(format)
        }
        return all(formats)
    }

    /// A label image has the spatial axes of the input in their order, and nothing else.
    private mutating func checkAxes(input: PlacedSlot, output: PlacedSlot, kind: ChallengeTask.Kind?) {
        guard kind?.isEvaluated ?? true else { return }
        let expected = input.slot.spatialAxes
        let isPlanar = expected == [.y, .x]
        guard isPlanar || expected == [.z, .y, .x] else {
            report(input.place, found: "`axes: \(input.slot.axesText)`", write: "write the spatial axes in the order `yx` or `zyx`")
            return
        }
        if input.slot.axes.contains(.time) {
            report(
                input.place, found: "`axes: \(input.slot.axesText)` with time", write: "leave out `t`; a case is one image of one instant")
        }
        if output.slot.axes != expected {
            report(
                output.place, found: "output `axes: \(output.slot.axesText)` for an input with `axes: \(input.slot.axesText)`",
                write: "write `axes: \(expected.map(\.rawValue).joined())`, the input's spatial axes")
        }
        if !isPlanar, output.slot.formats.contains(.png) {
            report(output.place, found: "the output format `png` for `axes: zyx`", write: "leave out `png`, which holds one plane only")
        }
    }
}
