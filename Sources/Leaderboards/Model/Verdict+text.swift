import Records

extension Verdict {
    /// The verdict in words.
    var name: String {
        switch self {
        case .ok: "ok"
        case .timeLimit: "time limit"
        case .cpuLimit: "processor limit"
        case .memoryLimit: "memory limit"
        case .outputLimit: "output limit"
        case .processLimit: "process limit"
        case .crash: "crash"
        case .runtimeError: "error"
        case .invalidOutput: "invalid output"
        case .infrastructure: "infrastructure"
        }
    }

    /// What happened, in a sentence for people who do not know the list.
    var explanation: String {
        switch self {
        case .ok: "The submission ran to its end and wrote a valid result."
        case .timeLimit: "The submission was stopped because it took longer than the time allowed for one case."
        case .cpuLimit: "The submission was stopped because it used more processor time than allowed for one case."
        case .memoryLimit: "The submission was stopped because it needed more memory than allowed."
        case .outputLimit: "The submission wrote more data than allowed."
        case .processLimit: "The submission started more processes or threads than allowed."
        case .crash: "The submission was ended by the operating system, for instance after an invalid memory access."
        case .runtimeError: "The submission ended by itself and reported a failure."
        case .invalidOutput: "The submission ran to its end, but its result is missing or not what the challenge asks for."
        case .infrastructure: "The machine failed, not the submission; the case has to be run again."
        }
    }
}
