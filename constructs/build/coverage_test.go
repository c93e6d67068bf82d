package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// floorHost is a build host whose tests passed and wrote the reports: texts by file.
func floorHost(t *testing.T, reports map[string]string) *host {
	t.Helper()
	h := newHost(t, "Floor")
	h.sourceFile("junit.xml")
	for name, text := range reports {
		file := filepath.Join(h.source, "src/app", name)
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return h
}

func coverageFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/coverage", name))
	must(t, err)
	return string(text)
}

// Catches a report of a real tool that is counted wrong: by statements or branches and not by lines, twice, or by another
// attribute. The files are what gocover-cobertura 1.5.0, coverage.py 7.12.0, jest 29, JaCoCo 0.8.14 and SimpleCov 0.22 wrote.
func TestCoverageOfRealReports(t *testing.T) {
	for _, c := range []struct {
		file, format, said string
		met, missed        string
	}{
		{"go.xml", "COBERTURAXML", "40.0 % of the lines are covered, 4 of 10", "40", "41"},
		{"python.xml", "COBERTURAXML", "77.7 % of the lines are covered, 7 of 9", "77", "78"},
		{"node.xml", "CLOVERXML", "80.0 % of the lines are covered, 4 of 5", "80", "81"},
		{"java.xml", "JACOCOXML", "66.6 % of the lines are covered, 2 of 3", "66", "67"},
		{"ruby.json", "SIMPLECOV", "80.0 % of the lines are covered, 4 of 5", "80", "81"},
	} {
		h := floorHost(t, map[string]string{"cover/a.xml": coverageFile(t, c.file)})
		h.run(map[string]string{"COVERAGE_FORMAT": c.format, "COVERAGE_MINIMUM": c.met})
		h.succeeds()
		if want := c.said + "; at least " + c.met + " % must be"; !strings.Contains(h.output, want) {
			t.Errorf("%s: does not say %q:\n%s", c.file, want, h.output)
		}
		h.output = ""
		h.run(map[string]string{"COVERAGE_FORMAT": c.format, "COVERAGE_MINIMUM": c.missed})
		h.fails("error: " + c.said + ", and at least " + c.missed + " % must be: add tests, or lower coverageMinimum in the plan")
	}
}

// Catches a floor that one good module hides the others behind, that counts a report elsewhere, and one that passes by rounding.
func TestCoverageOfSeveralReports(t *testing.T) {
	cobertura := func(covered, valid string) string {
		return `<coverage lines-valid="` + valid + `" lines-covered='` + covered + `'><packages/></coverage>`
	}
	h := floorHost(t, map[string]string{
		"one/cover/a.xml": cobertura("100", "100"), "two deep/b/cover/b.xml": cobertura("53", "100"), "cover/c.xml": cobertura("1", "1"),
		"two/c.xml": cobertura("0", "1000"),
	})
	h.run(nil)
	h.fails("76.6 % of the lines are covered, 154 of 201, and at least 77 % must be")
	h = floorHost(t, map[string]string{"one/cover/a.xml": cobertura("100", "100"), "two/cover/b.xml": cobertura("54", "100")})
	h.run(nil)
	h.succeeds()
	h = floorHost(t, map[string]string{"cover/a.xml": cobertura("76999", "100000")})
	h.run(nil)
	h.fails("76.9 % of the lines are covered")
}

// Catches a report that says nothing, or of another kind, and counts as covered; and text that is taken for a number of the report.
func TestCoverageOfStrangeReports(t *testing.T) {
	const counted = `<coverage><packages><package><classes><class><lines><line number="1" hits="1"/></lines></class></classes></package></packages></coverage>`
	for _, c := range []struct{ name, format, text, says string }{
		{"nothing measured", "COBERTURAXML", `<coverage lines-valid="0" lines-covered="0"/>`, "the coverage report has no lines: nothing was measured"},
		{"no counters", "JACOCOXML", `<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="a"/>`, "nothing was measured"},
		{"an empty file", "COBERTURAXML", "", "the coverage report is empty"},
		{"an empty result", "SIMPLECOV", "", "the coverage report is empty"},
		{"another format", "COBERTURAXML", `<report name="a"></report>`, "is no COBERTURAXML: it begins with <report>"},
		{"cut off between tags", "COBERTURAXML", `<coverage lines-valid="1" lines-covered="1"><packages>`, "is cut off"},
		{"cut off within a tag", "COBERTURAXML", `<coverage lines-valid="1" lines-covered="1"`, "is no XML, or cut off, at <coverage>"},
		{"cut off JSON", "SIMPLECOV", `{"RSpec": {"coverage": {"a.rb": {"lines": [1, 1`, "is cut off"},
		{"tags that cross", "COBERTURAXML", `<coverage lines-valid="1" lines-covered="1"><a></coverage></a>`, "is no XML: <a> ends with </coverage>"},
		{"a number that is none", "COBERTURAXML", `<coverage lines-valid="$(id)" lines-covered="1"/>`, `has lines-valid="$(id)", which is no number`},
		{"more than all", "CLOVERXML", `<coverage><project><metrics statements="1" coveredstatements="2"/></project></coverage>`, "says that more lines are covered than there are"},
		{"a comment", "COBERTURAXML", `<!-- <coverage lines-valid="1" lines-covered="1"> -->` + `<coverage lines-valid="0" lines-covered="0"></coverage>`, "nothing was measured"},
		{"tests of tests", "CLOVERXML", `<coverage><project></project><testproject><metrics statements="1" coveredstatements="1"/></testproject></coverage>`, "nothing was measured"},
		{"branches", "SIMPLECOV", `{"RSpec": {"coverage": {"a.rb": {"lines": [0, null], "branches": {"[:if, 0, 1]": {"[:then, 1, 1]": 5}}}}}}`, "0.0 % of the lines are covered, 0 of 1"},
		// What passes, and must be counted by the same rules.
		{"no totals", "COBERTURAXML", counted, ""},
		{"other order, other quotes, text like an attribute", "COBERTURAXML", "<?xml version='1.0'?>\n<coverage branch-rate = \"a > b\"\n\tlines-covered='1' lines-valid='1'> lines-valid=\"9\" <![CDATA[ <x> ]]></coverage>", ""},
		{"two suites of one file", "SIMPLECOV", `{"A": {"coverage": {"a,\"b.rb": [0, null, 1]}}, "B": {"coverage": {"a,\"b.rb": {"lines": [3, null, "ignored"]}}}}`, ""},
		{"the newer file", "SIMPLECOV", `{"meta": {"v": 1}, "coverage": {"a.rb": {"lines": [1, "ignored"]}}, "groups": {}}`, ""},
	} {
		h := floorHost(t, map[string]string{"cover/a.xml": c.text})
		h.run(map[string]string{"COVERAGE_FORMAT": c.format})
		if c.says == "" {
			h.succeeds()
			if !strings.Contains(h.output, "100.0 % of the lines") {
				t.Errorf("%s: %s", c.name, h.output)
			}
			continue
		}
		if !h.failed {
			t.Errorf("%s: passes:\n%s", c.name, h.output)
		}
		h.fails(c.says)
	}
	h := floorHost(t, nil)
	h.run(nil)
	h.fails("the tests wrote no coverage report that matches **/cover/*.xml")
}

// Catches what only one awk understands: the images have mawk and gawk, macOS that of Brian Kernighan. Those that the machine has are
// tried.
func TestCoverageInEachAwk(t *testing.T) {
	tried := 0
	for _, awk := range []string{"awk", "mawk", "gawk", "original-awk"} {
		path, err := exec.LookPath(awk)
		if err != nil {
			continue
		}
		tried++
		for file, format := range map[string]string{"python.xml": "COBERTURAXML", "ruby.json": "SIMPLECOV"} {
			h := floorHost(t, map[string]string{"cover/a.xml": coverageFile(t, file)})
			must(t, os.Symlink(path, filepath.Join(h.path, "awk")))
			h.run(map[string]string{"COVERAGE_FORMAT": format, "COVERAGE_MINIMUM": "77"})
			h.succeeds()
		}
	}
	if tried == 0 {
		t.Error("the machine has no awk")
	}
}

// Catches a floor that is asked of a service that has none, whose tests may write no report.
func TestNoFloorUnlessSaid(t *testing.T) {
	for _, step := range []string{"Go", "Java", "Node", "Python", "Own"} {
		for name := range projectOf(t, step).variables {
			if strings.HasPrefix(name, "COVERAGE_") {
				t.Errorf("%s has %s", step, name)
			}
		}
	}
	if p := projectOf(t, "Floor"); p.variables["COVERAGE_FORMAT"] != "COBERTURAXML" || p.variables["COVERAGE_PATTERN"] != "*cover/*.xml" {
		t.Errorf("variables: %v", p.variables)
	}
}
