package build

import "github.com/storeship/storeship/constructs/environment"

// preset is how the tests of a language run, where the service says nothing else.
type preset struct {
	// runtime and version as runtime-versions of the buildspec wants them.
	runtime, version string
	// tools and tests name scripts; without tools there is nothing to install.
	tools, tests []string
	// pins names the variables with the versions that the scripts read.
	pins []string
	// reports, coverage and format are what the tests write.
	reports, coverage, format string
	// languages are the folders of semgrep's rules.
	languages []string
	// qualityTools and quality name scripts, qualityPins the versions that they read; qualityReport is whether they write one.
	qualityTools, quality, qualityPins []string
	qualityReport                      bool
}

func presetOf(p environment.Preset) preset {
	switch p {
	case environment.PresetGo:
		return preset{
			runtime: "golang", version: runtimeGo,
			tools: []string{"go-install", "tools-go"}, tests: []string{"test-go"},
			pins:    []string{"GOTESTSUM_VERSION", "GOCOVER_COBERTURA_VERSION"},
			reports: "reports/junit.xml", coverage: "reports/coverage.xml", format: "COBERTURAXML",
			languages:    []string{"go"},
			qualityTools: []string{"go-install", "tools-quality-go"}, quality: []string{"quality-go"},
			qualityPins: []string{"STATICCHECK_VERSION"},
		}
	case environment.PresetJavaMaven:
		return preset{
			runtime: "java", version: runtimeJava,
			tests:   []string{"test-java-maven"},
			pins:    []string{"JACOCO_VERSION"},
			reports: "target/surefire-reports/*.xml", coverage: "target/site/jacoco/jacoco.xml", format: "JACOCOXML",
			languages: []string{"java"},
			quality:   []string{"quality-java-maven"}, qualityPins: []string{"SPOTBUGS_VERSION"},
		}
	case environment.PresetNode:
		return preset{
			runtime: "nodejs", version: runtimeNode,
			tools: []string{"tools-node"}, tests: []string{"node-install", "test-node"},
			pins:    []string{"JEST_JUNIT_VERSION", "NPM_BEFORE"},
			reports: "reports/junit.xml", coverage: "reports/clover.xml", format: "CLOVERXML",
			languages: []string{"javascript", "typescript"},
			quality:   []string{"node-install", "quality-node"},
		}
	case environment.PresetPython:
		return preset{
			runtime: "python", version: runtimePython,
			tests:   []string{"test-python"},
			pins:    []string{"PYTHON_PINS"},
			reports: "reports/junit.xml", coverage: "reports/coverage.xml", format: "COBERTURAXML",
			languages:    []string{"python"},
			qualityTools: []string{"tools-quality-python"}, quality: []string{"quality-python"},
			qualityPins: []string{"RUFF_PIN"}, qualityReport: true,
		}
	}
	return preset{}
}
