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
}

func presetOf(p environment.Preset) preset {
	switch p {
	case environment.PresetGo:
		return preset{
			runtime: "golang", version: runtimeGo,
			tools: []string{"go-install", "tools-go"}, tests: []string{"test-go"},
			pins:    []string{"GOTESTSUM_VERSION", "GOCOVER_COBERTURA_VERSION"},
			reports: "reports/junit.xml", coverage: "reports/coverage.xml", format: "COBERTURAXML",
			languages: []string{"go"},
		}
	case environment.PresetJavaMaven:
		return preset{
			runtime: "java", version: runtimeJava,
			tests:   []string{"test-java-maven"},
			pins:    []string{"JACOCO_VERSION"},
			reports: "target/surefire-reports/*.xml", coverage: "target/site/jacoco/jacoco.xml", format: "JACOCOXML",
			languages: []string{"java"},
		}
	case environment.PresetNode:
		return preset{
			runtime: "nodejs", version: runtimeNode,
			tools: []string{"tools-node"}, tests: []string{"test-node"},
			pins:    []string{"JEST_JUNIT_VERSION", "NPM_BEFORE"},
			reports: "reports/junit.xml", coverage: "reports/clover.xml", format: "CLOVERXML",
			languages: []string{"javascript", "typescript"},
		}
	case environment.PresetPython:
		return preset{
			runtime: "python", version: runtimePython,
			tests:   []string{"test-python"},
			pins:    []string{"PYTHON_PINS"},
			reports: "reports/junit.xml", coverage: "reports/coverage.xml", format: "COBERTURAXML",
			languages: []string{"python"},
		}
	}
	return preset{}
}
