package standins

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/storeship/storeship/test/codebuild"
)

const junit = "<testsuites><testsuite name=\"app\" tests=\"1\"><testcase name=\"works\"/></testsuite></testsuites>\n"

// tested ends a run of tests, which writes its report whatever they say.
func (w *World) tested(c *codebuild.Call, report string) codebuild.Reply {
	writeDeep(c, report, junit)
	// Those that run in a target know which.
	if w.TestsFail || w.TargetFails && c.Variable("TARGET") != "" {
		return codebuild.Fail("1 test failed")
	}
	return codebuild.Reply{Stdout: "1 test passed\n"}
}

// covered is how many lines of ten the tests reach.
func (w *World) covered() int {
	if w.Uncovered {
		return 5
	}
	return 9
}

// profile is what go test says of ten lines.
func (w *World) profile() string {
	n := w.covered()
	return fmt.Sprintf("mode: atomic\nexample.com/app/app.go:1.1,%d.2 1 1\nexample.com/app/app.go:%d.1,10.2 1 0\n", n, n+1)
}

func coberturaReport(covered, valid int) string {
	return fmt.Sprintf("<?xml version=\"1.0\"?>\n<coverage lines-covered=\"%d\" lines-valid=\"%d\"><packages/></coverage>\n", covered, valid)
}

func (w *World) jacoco() string {
	return fmt.Sprintf("<?xml version=\"1.0\"?>\n<report name=\"app\"><package name=\"a\"><counter type=\"LINE\" missed=\"0\" covered=\"99\"/></package>"+
		"<counter type=\"INSTRUCTION\" missed=\"0\" covered=\"99\"/><counter type=\"LINE\" missed=\"%d\" covered=\"%d\"/></report>\n", 10-w.covered(), w.covered())
}

func (w *World) clover() string {
	return fmt.Sprintf("<?xml version=\"1.0\"?>\n<coverage><project><metrics statements=\"10\" coveredstatements=\"%d\"/></project></coverage>\n", w.covered())
}

// block is a line of a profile of go test.
var block = regexp.MustCompile(`^\S+:(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$`)

// cobertura makes a report of a profile, as gocover-cobertura does.
func cobertura(c *codebuild.Call) codebuild.Reply {
	lines := strings.Split(strings.TrimSpace(c.Stdin()), "\n")
	if !strings.HasPrefix(lines[0], "mode: ") {
		return codebuild.Fail("this is no coverage profile: %q", lines[0])
	}
	covered, valid := 0, 0
	for _, line := range lines[1:] {
		m := block.FindStringSubmatch(line)
		if m == nil {
			return codebuild.Fail("this is no line of a coverage profile: %q", line)
		}
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		valid += to - from + 1
		if m[3] != "0" {
			covered += to - from + 1
		}
	}
	return codebuild.Reply{Stdout: coberturaReport(covered, valid)}
}

// vegeta puts no load on anything: what it is asked for is what it has measured.
func (w *World) vegeta(c *codebuild.Call) codebuild.Reply {
	switch {
	case has(c, "attack"):
		target := strings.TrimSuffix(c.Stdin(), "\n")
		if !strings.HasPrefix(target, "GET https://") || strings.Contains(target, "\n") {
			return codebuild.Fail("encode: no targets: %q", target)
		}
		return codebuild.Reply{Stdout: after(c, "-rate") + " " + after(c, "-duration") + "\n"}
	case has(c, "report", "-type=text"), has(c, "report", "-type=json"):
		var rate, seconds int
		if _, err := fmt.Sscanf(read(c, c.Args[2]), "%d/1s %ds", &rate, &seconds); err != nil {
			return codebuild.Fail("decode: %v", err)
		}
		if has(c, "-type=text") {
			return codebuild.Reply{Stdout: fmt.Sprintf("Requests [total, rate] %d, %d\n", rate*seconds, rate)}
		}
		p99 := 40_000_000
		if w.Slow {
			p99 *= 1000
		}
		return codebuild.Reply{Stdout: fmt.Sprintf(`{"latencies":{"total":1,"mean":2,"50th":3,"90th":4,"95th":5,"99th":%d,"max":9,"min":1},"requests":%d,"rate":%d.01,`+
			`"throughput":1,"success":1,"status_codes":{"200":%d},"errors":[]}`+"\n", p99, rate*seconds, rate, rate*seconds)}
	}
	return unknown(c)
}
