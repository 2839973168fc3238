import Imaging

extension SubmissionKind {
    /// What a submission of this kind holds and how it is used, in a sentence that names the files.
    func sentence(for task: ChallengeTask) -> String {
        let contract = OutputContract(task: task)
        func choice(_ names: [String]) -> String { Quoting.choice(names) }
        switch self {
        case .model:
            return "model: a bioimage.io package (`bioimageio.yaml` and ONNX weights), run by our own inference; `submission.yaml` may "
                + "name a postprocessor that makes labels of its output"
        case .program:
            let inputs = task.input.formats.flatMap(\.fileExtensions).map { "/input/\(task.input.name).\($0)" }
            return "program: `submission.yaml` with `kind: program` and `command: [...]`, run once for each case, in the submission's "
                + "folder; it reads `/input/case.json` and the image that this names (\(choice(inputs))), and writes "
                + "\(choice(contract.fileNames.map { "/output/" + $0 }))"
        case .predictions:
            let names = contract.fileNames(forCase: "<case id>")
            return "predictions: `submission.yaml` with `kind: predictions`, and beside it one file \(choice(names)) for each case; "
                + "they are only scored"
        }
    }
}
