package pinned

import (
	_ "embed" // for the pins of semgrep
	"regexp"
	"strings"
)

// Reviewed is the day of the last review; all versions were older than two months then.
const Reviewed = "2026-11-21"

// Hold is what makes a version the same content for ever.
type Hold string

// What holds the content of a version.
const (
	// Archive is a file that is checked by the SHA-256 of the pin.
	Archive Hold = "SHA-256 of the archive"
	// Wheels are packages of Python, each with the SHA-256 of its wheel; pip refuses others.
	Wheels Hold = "SHA-256 of every wheel"
	// Checksums is Go's public checksum database.
	Checksums Hold = "Go's checksum database"
	// Commit is a commit of git, whose id is a digest of all that is in it.
	Commit Hold = "the commit's id"
	// Exact is a registry that serves a version once and never anew: Maven Central, npm, PyPI.
	Exact Hold = "the version, which its registry never serves anew"
)

// Pin is a tool at one version.
type Pin struct {
	// Name is what people call the tool.
	Name string
	// Version, or the commit.
	Version string
	// SHA256 of what is downloaded as one file for Linux on x86_64. Empty where something else holds it.
	SHA256 string
	// Source is the repository of the tool.
	Source string
	// Date of the version: a day, or a month.
	Date string
	// Held says what holds the content.
	Held Hold
}

// The tools.
var (
	// Crane copies and tags images by digest.
	Crane = Pin{Name: "crane", Version: "v0.22.1", Source: "https://github.com/google/go-containerregistry", Date: "2026-09-04", Held: Checksums}
	// Gotestsum writes JUnit reports of Go tests.
	Gotestsum = Pin{Name: "gotestsum", Version: "v1.13.0", Source: "https://github.com/gotestyourself/gotestsum", Date: "2025-09-11", Held: Checksums}
	// GocoverCobertura converts Go's coverage.
	GocoverCobertura = Pin{Name: "gocover-cobertura", Version: "v1.5.0", Source: "https://github.com/boumenot/gocover-cobertura", Date: "2026-05-15", Held: Checksums}
	// JaCoCo measures coverage of Java.
	JaCoCo = Pin{Name: "JaCoCo's Maven plugin", Version: "0.8.14", Source: "https://github.com/jacoco/jacoco", Date: "2025-10-11", Held: Exact}
	// JestJunit writes JUnit reports of jest. NpmBefore holds its dependencies.
	JestJunit = Pin{Name: "jest-junit", Version: "17.0.0", Source: "https://github.com/jest-community/jest-junit", Date: "2026-04-24", Held: Exact}
	// Gitleaks looks for secrets; the digest is of gitleaks_8.30.1_linux_x64.tar.gz, as the release's checksums.txt says it.
	Gitleaks = Pin{
		Name: "gitleaks", Version: "8.30.1", SHA256: "551f6fc83ea457d62a0d98237cbad105af8d557003051f41f3e7ca7b3f2470eb",
		Source: "https://github.com/gitleaks/gitleaks", Date: "2026-02-21", Held: Archive,
	}
	// Semgrep finds weaknesses; [SemgrepWheels] are its packages.
	Semgrep = Pin{Name: "semgrep", Version: "1.168.0", Source: "https://github.com/semgrep/semgrep", Date: "2026-06-24", Held: Wheels}
	// SemgrepRules are the rules of semgrep: the last that are under the LGPL with the Commons Clause, and not under a licence of their
	// own; decision 33.
	SemgrepRules = Pin{
		Name: "semgrep-rules", Version: "157ae4706d7f54aa33647332f234dd68f30da195", Source: "https://github.com/semgrep/semgrep-rules",
		Date: "2024-10-24", Held: Commit,
	}
	// Ruff checks Python.
	Ruff = Pin{
		Name: "ruff", Version: "0.16.8", SHA256: "15e7d226246961db9235098333caa13063906d3851136b84c2900b82f5daa1df",
		Source: "https://github.com/astral-sh/ruff", Date: "2026-09", Held: Wheels,
	}
	// SpotBugs is the Maven plugin that finds bugs in Java.
	SpotBugs = Pin{Name: "SpotBugs' Maven plugin", Version: "4.9.8.2", Source: "https://github.com/spotbugs/spotbugs-maven-plugin", Date: "2025-11-23", Held: Exact}
	// Staticcheck finds bugs in Go.
	Staticcheck = Pin{Name: "staticcheck", Version: "v0.7.0", Source: "https://github.com/dominikh/go-tools", Date: "2026-02-13", Held: Checksums}
	// Pytest runs the tests of Python; [PythonTests] are all packages.
	Pytest = Pin{Name: "pytest", Version: "9.0.2", Source: "https://github.com/pytest-dev/pytest", Date: "2025-12-06", Held: Exact}
	// Sbomgen is Amazon Inspector's generator of bills of materials; the digest is of that version for Linux on x86_64, as the page has it.
	Sbomgen = Pin{
		Name: "inspector-sbomgen", Version: "1.13.2", SHA256: "86011ffc7ee1a85d4cb411ad807566d7fde37fe9756a9a7e5a2d22205645f2d2",
		Source: "https://docs.aws.amazon.com/inspector/latest/user/sbom-generator-versions.html", Date: "2026-05-13", Held: Archive,
	}
	// Vegeta puts a load on services.
	Vegeta = Pin{Name: "vegeta", Version: "v12.13.0", Source: "https://github.com/tsenart/vegeta", Date: "2025-10-31", Held: Checksums}
	// PreCommit runs the hooks on a developer's machine; tried with this version.
	PreCommit = Pin{Name: "pre-commit", Version: "4.6.0", Source: "https://github.com/pre-commit/pre-commit", Date: "2026-04-21", Held: Exact}
)

// All lists the tools by name.
func All() []Pin {
	return []Pin{
		Crane, Gitleaks, GocoverCobertura, Gotestsum, Sbomgen, JaCoCo, JestJunit, PreCommit, Pytest, Ruff, Semgrep, SemgrepRules, SpotBugs, Staticcheck, Vegeta,
	}
}

// NpmBefore is the day whose versions npm takes for the dependencies of [JestJunit].
const NpmBefore = "2026-09-01"

// PythonTests are pytest, pytest-cov and all that they need.
var PythonTests = []string{
	"coverage==7.12.0", "iniconfig==2.3.0", "packaging==25.0", "pluggy==1.6.0", "pygments==2.19.2",
	"pytest==" + Pytest.Version, "pytest-cov==7.0.0",
}

// SemgrepWheels are semgrep and all that it needs, for Python 3.13 on x86_64, each with the digest of its wheel; as of 2026-09-20.
//
//go:embed semgrep.txt
var SemgrepWheels string

var requirement = regexp.MustCompile(`(?m)^\S+==\S+`)

// SemgrepPackages are the names and versions of [SemgrepWheels].
func SemgrepPackages() []string { return requirement.FindAllString(SemgrepWheels, -1) }

// Runtimes that both build images have. Go fetches the toolchain that a go.mod asks for by itself.
// https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
const (
	Go     = "1.25"
	Java   = "corretto21"
	Node   = "22"
	Python = "3.13"
)

// Variables are versions as the scripts of the builds read them.
func Variables(names ...string) map[string]string {
	all := map[string]string{
		"CRANE_VERSION":             Crane.Version,
		"GITLEAKS_SHA256":           Gitleaks.SHA256,
		"GITLEAKS_VERSION":          Gitleaks.Version,
		"GOTESTSUM_VERSION":         Gotestsum.Version,
		"GOCOVER_COBERTURA_VERSION": GocoverCobertura.Version,
		"JACOCO_VERSION":            JaCoCo.Version,
		"JEST_JUNIT_VERSION":        JestJunit.Version,
		"NPM_BEFORE":                NpmBefore,
		"RUFF_PIN":                  "ruff==" + Ruff.Version + " --hash=sha256:" + Ruff.SHA256,
		"SPOTBUGS_VERSION":          SpotBugs.Version,
		"SBOMGEN_SHA256":            Sbomgen.SHA256,
		"SBOMGEN_VERSION":           Sbomgen.Version,
		"STATICCHECK_VERSION":       Staticcheck.Version,
		"SAST_RULES":                SemgrepRules.Version,
		"VEGETA_VERSION":            Vegeta.Version,
		"PYTHON_PINS":               strings.Join(PythonTests, " "),
	}
	picked := map[string]string{}
	for _, name := range names {
		if all[name] == "" {
			panic("pinned: no variable " + name) // The names are constants, and a test asks for all of them.
		}
		picked[name] = all[name]
	}
	return picked
}
