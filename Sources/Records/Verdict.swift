/// How one case of an evaluation ended: a closed list, so that a participant learns a code and nothing else about hidden data.
public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case ok, timeLimit, cpuLimit, memoryLimit, outputLimit, processLimit, crash, runtimeError, invalidOutput, infrastructure
}
