package build

import (
	_ "embed" // for the pins of semgrep
	"strings"
)

// Every tool that a build installs, at one exact version; nothing floats. Go checks its modules against the public
// checksum database, and what is downloaded as a file is checked by its SHA-256. Last review: 2026-11-21, all of them older
// than two months then.
const (
	// craneVersion copies and tags images by digest. https://github.com/google/go-containerregistry, 2026-09-04.
	craneVersion = "v0.22.1"
	// gotestsumVersion writes JUnit reports of Go tests. https://github.com/gotestyourself/gotestsum, 2025-09-11.
	gotestsumVersion = "v1.13.0"
	// gocoverCoberturaVersion converts Go's coverage. https://github.com/boumenot/gocover-cobertura, 2026-05-15.
	gocoverCoberturaVersion = "v1.5.0"
	// jacocoVersion measures coverage of Java. https://github.com/jacoco/jacoco, 2025-10-11.
	jacocoVersion = "0.8.14"
	// jestJunitVersion writes JUnit reports of jest. https://github.com/jest-community/jest-junit, 2026-04-24.
	jestJunitVersion = "17.0.0"
	// gitleaksVersion looks for secrets. https://github.com/gitleaks/gitleaks, 2026-02-21.
	gitleaksVersion = "8.30.1"
	// gitleaksSHA256 is of the release's gitleaks_8.30.1_linux_x64.tar.gz, as its checksums.txt says it.
	gitleaksSHA256 = "551f6fc83ea457d62a0d98237cbad105af8d557003051f41f3e7ca7b3f2470eb"
	// sastRules are the rules of semgrep. https://github.com/semgrep/semgrep-rules, 2024-10-24: the last that are under the LGPL with
	// the Commons Clause, and not under a licence of their own; decision 33. A commit's id is the digest of all that is in it.
	sastRules = "157ae4706d7f54aa33647332f234dd68f30da195"
	// ruffPin checks Python; the digest is of its wheel for Linux on x86_64. https://github.com/astral-sh/ruff, 2026-09.
	ruffPin = "ruff==0.16.8 --hash=sha256:15e7d226246961db9235098333caa13063906d3851136b84c2900b82f5daa1df"
	// spotbugsVersion is of the Maven plugin that finds bugs in Java. https://github.com/spotbugs/spotbugs-maven-plugin, 2025-11-23.
	spotbugsVersion = "4.9.8.2"
	// staticcheckVersion finds bugs in Go. https://github.com/dominikh/go-tools, 2026-02-13.
	staticcheckVersion = "v0.7.0"
	// vegetaVersion puts a load on services. https://github.com/tsenart/vegeta, 2025-10-31.
	vegetaVersion = "v12.13.0"
	// sbomgenVersion is Amazon Inspector's generator of bills of materials.
	// https://docs.aws.amazon.com/inspector/latest/user/sbom-generator-versions.html, 2026-05-13.
	sbomgenVersion = "1.13.2"
	// sbomgenSHA256 is the digest of that version for Linux on x86_64, as the page has it.
	sbomgenSHA256 = "86011ffc7ee1a85d4cb411ad807566d7fde37fe9756a9a7e5a2d22205645f2d2"
	// npmBefore is the day whose versions npm takes for the dependencies of jest-junit.
	npmBefore = "2026-09-01"
)

// pythonPins are pytest, pytest-cov and all that they need. https://github.com/pytest-dev/pytest, 2025-12-06.
var pythonPins = []string{
	"coverage==7.12.0", "iniconfig==2.3.0", "packaging==25.0", "pluggy==1.6.0", "pygments==2.19.2",
	"pytest==9.0.2", "pytest-cov==7.0.0",
}

// semgrepPins are semgrep and all that it needs, for Python 3.13 on x86_64, each with the digest of its wheel.
// https://github.com/semgrep/semgrep, 1.168.0; dependencies as of 2026-09-20.
//
//go:embed pins/semgrep.txt
var semgrepPins string

// Build images, by id because the CDK's constants lag behind. CodeBuild patches them under the same id.
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
const (
	// Image of builds that name no other.
	Image      = "aws/codebuild/standard:8.0"
	imageArm64 = "aws/codebuild/amazonlinux-aarch64-standard:4.0"
)

// Runtimes that both images have. Go fetches the toolchain that a go.mod asks for by itself.
// https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
const (
	runtimeGo     = "1.25"
	runtimeJava   = "corretto21"
	runtimeNode   = "22"
	runtimePython = "3.13"
)

// pins are the versions as the scripts read them.
func pins(names ...string) map[string]string {
	all := map[string]string{
		"CRANE_VERSION":             craneVersion,
		"GITLEAKS_SHA256":           gitleaksSHA256,
		"GITLEAKS_VERSION":          gitleaksVersion,
		"GOTESTSUM_VERSION":         gotestsumVersion,
		"GOCOVER_COBERTURA_VERSION": gocoverCoberturaVersion,
		"JACOCO_VERSION":            jacocoVersion,
		"JEST_JUNIT_VERSION":        jestJunitVersion,
		"NPM_BEFORE":                npmBefore,
		"RUFF_PIN":                  ruffPin,
		"SPOTBUGS_VERSION":          spotbugsVersion,
		"SBOMGEN_SHA256":            sbomgenSHA256,
		"SBOMGEN_VERSION":           sbomgenVersion,
		"STATICCHECK_VERSION":       staticcheckVersion,
		"SAST_RULES":                sastRules,
		"VEGETA_VERSION":            vegetaVersion,
		"PYTHON_PINS":               strings.Join(pythonPins, " "),
	}
	picked := map[string]string{}
	for _, name := range names {
		picked[name] = all[name]
	}
	return picked
}
