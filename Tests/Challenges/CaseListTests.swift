import Challenges
import Testing

@Suite("Case lists")
struct CaseListTests {
    private func diagnostics(_ list: String) -> [String] {
        Sample.read(Sample.yaml, lists: ["data/test/cases.csv": list]).diagnostics.filter { $0.severity == .error }.map(\.text)
    }

    private static let good = "id,image,truth,group\na,images/a.tif,labels/a.tif,g1\n"

    @Test("A short list is read; its smallness is a warning, not an error")
    func short() {
        #expect(diagnostics(Self.good) == [])
        let warnings = Sample.read(Sample.yaml, lists: ["data/test/cases.csv": Self.good]).diagnostics
        #expect(
            warnings.map(\.text) == [
                "data/test/cases.csv: warning: found 1 hidden case in split `test`; "
                    + "add cases up to 50 or more, or expect wide intervals: neighbouring ranks will not be told apart",
                "data/test/cases.csv: warning: found one group in split `test`; "
                    + "add cases of other patients, plates or specimens; from one group no interval can be computed",
            ])
    }

    @Test(
        "Each mistake of a list is named with its line",
        arguments: [
            ("", "data/test/cases.csv: found an empty file"),
            ("id,image,truth,group\n", "data/test/cases.csv:1: found no cases"),
            ("id,image,truth\na,b,c\n", "data/test/cases.csv:1: found no column `group`"),
            ("id,image,truth,grup\na,b,c,d\n", "data/test/cases.csv:1: found the unknown column `grup`; write `group`"),
            ("id,image,truth,group,truth\na,b,c,d,e\n", "data/test/cases.csv:1: found the column `truth` twice"),
            (good + "a,images/b.tif,labels/b.tif,g1\n", "data/test/cases.csv:3: found the case id `a` a second time (first in line 2)"),
            (good + "A,images/b.tif,labels/b.tif,g1\n", "data/test/cases.csv:3: found the case id `A` a second time (first in line 2)"),
            (good + ",images/b.tif,labels/b.tif,g1\n", "data/test/cases.csv:3: found the case id ``"),
            (good + "b c,images/b.tif,labels/b.tif,g1\n", "data/test/cases.csv:3: found the case id `b c`"),
            (good + "../b,images/b.tif,labels/b.tif,g1\n", "data/test/cases.csv:3: found the case id `../b`"),
            (good + "b,,labels/b.tif,g1\n", "data/test/cases.csv:3: found no image"),
            (good + "b,images/b.tif,,g1\n", "data/test/cases.csv:3: found no truth"),
            (good + "b,images/b.tif,labels/b.tif,\n", "data/test/cases.csv:3: found no group"),
            (good + "b,../b.tif,labels/b.tif,g1\n", "data/test/cases.csv:3: found the image path `../b.tif`, which leaves its folder"),
            (good + "b,images/../../b.tif,labels/b.tif,g1\n", "which leaves its folder"),
            (good + "b,/b.tif,labels/b.tif,g1\n", "which is absolute"),
            (good + "b,~/b.tif,labels/b.tif,g1\n", "which is absolute"),
            (good + "b,images//b.tif,labels/b.tif,g1\n", "which has an empty part"),
            (good + "b,https://example.org/b.tif,labels/b.tif,g1\n", "which is an address"),
            (good + "b,images\\b.tif,labels/b.tif,g1\n", "which holds a backslash"),
            (good + "b,images/b.tif,labels/b.tif\n", "data/test/cases.csv:3: found 3 fields; write 4 fields"),
            (good + "b,\"images/b.tif,labels/b.tif,g1\n", "data/test/cases.csv:3: found a quote that is not closed"),
            (good + "b,ima\"ges/b.tif,labels/b.tif\",g1\n", "data/test/cases.csv:3: found a quote in the middle of a field"),
            (
                good + "b,images/a.tif,labels/b.tif,g1\n",
                "data/test/cases.csv:3: found the image `data/test/images/a.tif`, which is also the image of case `a`"
            ),
            (good + "b,images/b.tif,images/b.tif,g1\n", "found the truth `data/test/images/b.tif`, which is also the image of case `b`"),
            (
                good + "p0,images/b.tif,labels/b.tif,g1\n",
                "data/test/cases.csv:3: found the case `p0`, which is also in split `practice` (data/practice/cases.csv:2)"
            ),
            (
                "id,image,truth,group,spacing\na,images/a.tif,labels/a.tif,g1,0.5\n",
                "data/test/cases.csv:2: found one spacing `0.5`; write 2"
            ),
            ("id,image,truth,group,spacing\na,images/a.tif,labels/a.tif,g1,0.5 -1\n", "data/test/cases.csv:2: found the spacing `0.5 -1`"),
        ])
    func mistakes(list: String, words: String) {
        let found = diagnostics(list)
        #expect(found.contains { $0.contains(words) }, "\(found)")
    }

    @Test("All mistakes of a list are named in one go")
    func allInOneGo() {
        let list = Self.good + "b c,/b.tif,../c.tif,\na,images/d.tif,labels/d.tif,g\nshort\n"
        #expect(diagnostics(list).count == 6, "\(diagnostics(list))")
    }

    @Test("A repeated line is one mistake, in one list and in two")
    func repeated() {
        #expect(diagnostics(Self.good + "a,images/a.tif,labels/a.tif,g1\n").count == 1)
        let copied = Sample.caseList("t") + "p0,../practice/images/p0.tif,x,g\n"
        #expect(diagnostics(copied).count == 1)
        let lists = ["practice.csv": Self.good, "test.csv": Self.good]
        let yaml = Sample.yaml.replacing("data/practice/cases.csv", with: "practice.csv").replacing("data/test/cases.csv", with: "test.csv")
        let errors = Sample.read(yaml, lists: lists).diagnostics.filter { $0.severity == .error }
        #expect(errors.map(\.text).count == 1 && errors.first?.text.contains("is also in split `practice`") == true, "\(errors)")
        let renamed = diagnostics(Self.good + "b,images/a.tif,labels/a.tif,g1\n")
        #expect(renamed.count == 1 && renamed[0].contains("which is also the image of case `a`") && renamed[0].contains("the truth of"))
    }

    @Test("Cases that are not looked at because of their lines are told")
    func unread() {
        let list = Self.good + "b,../b.tif,labels/b.tif,g\nshort\n"
        let found = Sample.read(Sample.yaml, lists: ["data/test/cases.csv": list]).diagnostics.map(\.text)
        #expect(
            found.contains(
                "data/test/cases.csv:3: warning: found what was not looked at because of lines 3, 4: images and truths of these lines; "
                    + "mend that and check again"), "\(found)")
    }

    @Test("Quotes, Windows line ends, blank lines and spacings are read")
    func dialect() throws {
        let list =
            "id,image,truth,group,spacing\r\n\r\na,\"images/a, 1.tif\",labels/a.tif,\"say \"\"g\"\"\",\"0.65,0.5\"\r\nb,images/b.tif,labels/b.tif,g2,0.65 0.5"
        let (read, diagnostics) = Sample.read(Sample.yaml, lists: ["data/test/cases.csv": list])
        #expect(!diagnostics.containError, "\(diagnostics)")
        let cases = try #require(read).cases(of: "test")
        #expect(cases.map(\.image) == ["data/test/images/a, 1.tif", "data/test/images/b.tif"])
        #expect(cases.map(\.group) == ["say \"g\"", "g2"])
        #expect(cases.map(\.spacing) == [[0.65, 0.5], [0.65, 0.5]])
        #expect(cases.map(\.line) == [3, 4])
    }

    @Test("A group on both sides of the wall is a warning")
    func sharedGroup() {
        let list = Sample.caseList("t").replacing("t-plate-3", with: "p-plate-3")
        let found = Sample.read(Sample.yaml, lists: ["data/test/cases.csv": list]).diagnostics
        #expect(found.count == 1)
        #expect(
            found.first?.text.contains("data/test/cases.csv:5: warning: found the group `p-plate-3`, which is also in the public split")
                == true)
    }
}
