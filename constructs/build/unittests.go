package build

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// UnitTests returns the step that runs the unit tests of a service, and creates the report groups of their results. The
// step fails when a test fails, when the tests wrote no report although one is expected, and when they cover fewer of the lines
// than Build's CoverageMinimum. It costs build minutes of a medium host.
func UnitTests(scope constructs.Construct, id string, props *UnitTestsProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.UnitTests", scope, id, p.Validate())
	preset := scripts.Of(p.Build.Preset)
	s := step{
		project: p.Project, source: p.Source, architecture: p.Build.Architecture,
		privileged: p.Docker, large: true, cache: true, timeout: p.Build.TestTimeout,
		variables: merge(caches(), pins(preset.Pins...), map[string]string{"SOURCE_PATH": p.Path}),
		reports:   map[string]any{},
	}
	if preset.Runtime != "" {
		s.runtimes = map[string]string{preset.Runtime: preset.Version}
	}
	if len(preset.Tools) > 0 {
		s.install = []string{script(preset.Tools...), `export PATH="$HOME/.storeship/bin:$PATH"`}
	}
	s.commands = []string{`cd "$SOURCE_PATH"`}
	for _, command := range p.Build.TestCommands {
		// Where a command has several lines or a pipe, every part of it counts.
		s.commands = append(s.commands, "set -eo pipefail\n"+command)
	}
	if len(p.Build.TestCommands) == 0 {
		s.commands = append(s.commands, script(preset.Tests...))
	}
	if p.Build.TestReports != "" {
		s.requireReport(scope, id, p.Name+"-unit-tests", p.Path, p.Build.TestReports)
	}
	if p.Build.CoverageMinimum > 0 {
		s.variables = merge(s.variables, map[string]string{
			"COVERAGE_FORMAT": p.Build.CoverageFormat, "COVERAGE_MINIMUM": itoa(p.Build.CoverageMinimum),
			"COVERAGE_REPORT": p.Build.CoverageReport, "COVERAGE_PATTERN": scripts.FindPattern(p.Build.CoverageReport),
		})
		s.commands = append(s.commands, script("coverage"))
	}
	if p.Build.CoverageReport != "" {
		s.report(scope, id+"Coverage", p.Name+"-coverage", awscodebuild.ReportGroupType_CODE_COVERAGE, p.Path,
			p.Build.CoverageReport, p.Build.CoverageFormat)
	}
	return newStep(scope, id, s)
}

// requireReport creates the report group of files that the commands before it write, and fails where there are none.
func (s *step) requireReport(scope constructs.Construct, id, name, folder, files string) {
	s.report(scope, id+"Report", name, awscodebuild.ReportGroupType_TEST, folder, files, "JUNITXML")
	s.mustReport(files)
}

// report creates a report group and has the build write to it. The group's own ARN stands in the buildspec: for a mere
// name CodeBuild makes groups as it goes, which needs permission to create any.
// https://docs.aws.amazon.com/codebuild/latest/userguide/report-group-test-cases.html
func (s *step) report(scope constructs.Construct, id, name string, typ awscodebuild.ReportGroupType, folder, files, format string) {
	group := awscodebuild.NewReportGroup(scope, &id, &awscodebuild.ReportGroupProps{
		ReportGroupName: &name,
		Type:            typ,
		RemovalPolicy:   awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	account, region := once.Place(scope)
	arn := "arn:aws:codebuild:" + region + ":" + account + ":report-group/" + name
	s.reports[arn] = map[string]any{"base-directory": folder, "files": []string{files}, "file-format": format}
	s.reportGroups = append(s.reportGroups, reportGroup{group, typ})
}

// reportGroup is a report group that a step writes to.
type reportGroup struct {
	awscodebuild.ReportGroup
	typ awscodebuild.ReportGroupType
}

// permission is what the L2's GrantWrite allows.
func (g reportGroup) permission() permission {
	write := "codebuild:BatchPutTestCases"
	if g.typ == awscodebuild.ReportGroupType_CODE_COVERAGE {
		write = "codebuild:BatchPutCodeCoverages"
	}
	return permission{actions: []string{write, "codebuild:CreateReport", "codebuild:UpdateReport"}, resources: []string{*g.ReportGroupArn()}}
}
