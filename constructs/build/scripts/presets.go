package scripts

import (
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/pinned"
)

// Preset is how the tests of a language run, where the service says nothing else.
type Preset struct {
	// Runtime and Version as runtime-versions of the buildspec wants them.
	Runtime, Version string
	// Tools and Tests name scripts; without Tools there is nothing to install.
	Tools, Tests []string
	// Pins names the variables with the versions that the scripts read.
	Pins []string
	// Reports, Coverage and Format are what the tests write.
	Reports, Coverage, Format string
	// Languages are the folders of semgrep's rules.
	Languages []string
	// QualityTools and Quality name scripts, QualityPins the versions that they read.
	QualityTools, Quality, QualityPins []string
	// QualityReport is whether Quality writes a report.
	QualityReport bool
}

// Of is the preset of that name; an empty one for another.
func Of(p environment.Preset) Preset {
	switch p {
	case environment.PresetGo:
		return Preset{
			Runtime: "golang", Version: pinned.Go,
			Tools: []string{"go-install", "tools-go"}, Tests: []string{"test-go"},
			Pins:    []string{"GOTESTSUM_VERSION", "GOCOVER_COBERTURA_VERSION"},
			Reports: "reports/junit.xml", Coverage: "reports/coverage.xml", Format: "COBERTURAXML",
			Languages:    []string{"go"},
			QualityTools: []string{"go-install", "tools-quality-go"}, Quality: []string{"quality-go"},
			QualityPins: []string{"STATICCHECK_VERSION"},
		}
	case environment.PresetJavaMaven:
		return Preset{
			Runtime: "java", Version: pinned.Java,
			Tests:   []string{"test-java-maven"},
			Pins:    []string{"JACOCO_VERSION"},
			Reports: "target/surefire-reports/*.xml", Coverage: "target/site/jacoco/jacoco.xml", Format: "JACOCOXML",
			Languages: []string{"java"},
			Quality:   []string{"quality-java-maven"}, QualityPins: []string{"SPOTBUGS_VERSION"},
		}
	case environment.PresetNode:
		return Preset{
			Runtime: "nodejs", Version: pinned.Node,
			Tools: []string{"tools-node"}, Tests: []string{"node-install", "test-node"},
			Pins:    []string{"JEST_JUNIT_VERSION", "NPM_BEFORE"},
			Reports: "reports/junit.xml", Coverage: "reports/clover.xml", Format: "CLOVERXML",
			Languages: []string{"javascript", "typescript"},
			Quality:   []string{"node-install", "quality-node"},
		}
	case environment.PresetPython:
		return Preset{
			Runtime: "python", Version: pinned.Python,
			Tests:   []string{"test-python"},
			Pins:    []string{"PYTHON_PINS"},
			Reports: "reports/junit.xml", Coverage: "reports/coverage.xml", Format: "COBERTURAXML",
			Languages:    []string{"python"},
			QualityTools: []string{"tools-quality-python"}, Quality: []string{"quality-python"},
			QualityPins: []string{"RUFF_PIN"}, QualityReport: true,
		}
	}
	return Preset{}
}
