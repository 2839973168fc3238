/// The fields of a challenge's design: the essentials of the BIAS guideline, each a text or `not applicable: reason`.
///
/// Source: Maier-Hein et al., "BIAS: Transparent reporting of biomedical image analysis challenges", Medical Image Analysis 66 (2020),
/// 101796. The names are ours; what its form asks for and other keys of the challenge file already hold (title, organisers, schedule,
/// number of submissions, licence, limits, metrics) is not asked twice.
public enum DesignField: String, Sendable, Hashable, Codable, CaseIterable {
    // Mission
    case purpose, cohort, imaging, targetEntity, aims
    // Organisation
    case lifeCycle, participation, trainingData, awards, publication, codeAvailability, conflictsOfInterest, ethics
    // Data
    case caseDefinition, caseNumbers, annotation, preprocessing, errorSources
    // Assessment
    case metricRationale, rankingRationale

    /// The fields by the parts of the form, each with its title.
    static let parts: [(title: String, fields: [DesignField])] = [
        ("Mission", [.purpose, .cohort, .imaging, .targetEntity, .aims]),
        (
            "Organisation",
            [.lifeCycle, .participation, .trainingData, .awards, .publication, .codeAvailability, .conflictsOfInterest, .ethics]
        ),
        ("Data", [.caseDefinition, .caseNumbers, .annotation, .preprocessing, .errorSources]),
        ("Assessment", [.metricRationale, .rankingRationale]),
    ]

    /// The name for people, such as `Conflicts of interest`.
    public var label: String {
        var words = ""
        for letter in rawValue { words += letter.isUppercase ? " " + letter.lowercased() : String(letter) }
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// The question that the field answers, for people.
    public var question: String {
        switch self {
        case .purpose: "Which scientific or clinical question is behind the challenge, and who will use the result?"
        case .cohort: "Whose data is meant in the end, and how do the data of the challenge differ from it?"
        case .imaging: "Which technique, devices, settings, centres and operators made the images?"
        case .targetEntity: "What is imaged (organism, tissue, stain), and what should an algorithm find in it?"
        case .aims: "Which property is assessed: accuracy, robustness, speed, …?"
        case .lifeCycle: "Is it held once, again and again, or as an open call?"
        case .participation: "Who may take part, must methods be fully automatic, and may organisers take part?"
        case .trainingData: "Which data may be used for training: only the given, other public, or private data?"
        case .awards: "What is awarded, to whom?"
        case .publication: "Who publishes the results, who is an author, and is there an embargo?"
        case .codeAvailability: "Where is the code of the evaluation, and must participants publish theirs?"
        case .conflictsOfInterest: "Who pays, and who can see the hidden truth?"
        case .ethics: "Which approval or consent covers the data?"
        case .caseDefinition: "What is one case, and what is one group (patient, plate, specimen)?"
        case .caseNumbers: "Why these numbers of cases and groups in each split?"
        case .annotation: "Who annotated, with which instructions and skill, and how were annotations merged?"
        case .preprocessing: "What was done to the raw images before they became cases?"
        case .errorSources: "Where may the truth be wrong, and by how much (inter-rater error)?"
        case .metricRationale: "Why these metrics, and why this primary one?"
        case .rankingRationale: "Why this ranking scheme, and how are differences judged?"
        }
    }
}
