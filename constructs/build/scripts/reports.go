package scripts

import "github.com/storeship/storeship/constructs/environment"

// ReportGroups lists how the names of the report groups end that the steps of a build write to, such as "unit-tests". They outlive
// the pipeline that made them.
func ReportGroups(b environment.Build) []string {
	var names []string
	add := func(name string, written bool) {
		if written {
			names = append(names, name)
		}
	}
	preset := Of(b.Preset)
	add("unit-tests", b.TestReports != "" || preset.Reports != "")
	// Where a floor depends on it, what own commands write must be said.
	add("coverage", b.CoverageReport != "" || preset.Coverage != "" && (len(b.TestCommands) == 0 || b.CoverageMinimum == 0))
	for _, g := range []struct {
		name   string
		gate   environment.Gate
		writes bool
	}{
		{"secrets", b.Gates.Secrets, true}, {"sast", b.Gates.SAST, true}, {"quality", b.Gates.Quality, preset.QualityReport},
		{"sca", b.Gates.SCA.Gate, true}, {"image-scan", b.Gates.ImageScan.Gate, true},
	} {
		if len(g.gate.Commands) > 0 {
			g.writes = g.gate.Reports != ""
		}
		add(g.name, g.writes)
	}
	return names
}
