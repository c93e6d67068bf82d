package build_test

import (
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
)

// Catches a wrong field that passes, or that is reported under another name or without the way out. The project and the
// source of each case are missing, which every step must say first.
func TestProblems(t *testing.T) {
	const project = "Project.Artifacts: required: the artifact bucket of the pipeline\nProject.LogGroup: required\n"
	registry := build.Registry{Account: "111111111111", Repository: "shop/catalog", Regions: []string{"us-west-2"}}
	parameters := []build.Parameter{{Name: "/shop/platform/beta/vpc"}}
	const role = "arn:aws:iam::222222222222:role/shop-beta-inspector"
	const digest = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	for name, c := range map[string]struct {
		props interface{ Validate() error }
		want  string
	}{
		"unit tests": {
			&build.UnitTestsProps{Name: "shop-catalog", Build: environment.Build{Preset: environment.PresetGo}},
			project + "Source: required",
		},
		"unit tests, all wrong": {
			&build.UnitTestsProps{
				Project: build.Project{Timeout: 90 * time.Second}, Path: "../other", Name: "a",
				Build: environment.Build{
					Preset: "rust", Architecture: "mips", TestCommands: []string{" "}, TestReports: "/abs.xml",
					CoverageReport: "a/../../b", CoverageFormat: "LCOV",
				},
			},
			project + `Project.Timeout: must be whole minutes, 5m to 36h, got 1m30s
Source: required
Path: must be relative and stay in the source, got "../other"
Name: must be 2 to 100 letters, digits and hyphens, got "a"
Build.Preset: must be one of [go java-maven node python], got "rust"
Build.Architecture: must be x86_64 or arm64, got "mips"
Build.TestCommands[0]: must not be empty
Build.TestReports: must be relative and stay in the source, got "/abs.xml"
Build.CoverageReport: must be relative and stay in the source, got "a/../../b"
Build.CoverageFormat: must be one of [CLOVERXML COBERTURAXML JACOCOXML SIMPLECOV], got "LCOV"`,
		},
		"unit tests without commands": {
			&build.UnitTestsProps{Name: "shop", Build: environment.Build{}},
			project + "Source: required\nBuild: a Preset or TestCommands are required",
		},
		"coverage without format": {
			&build.UnitTestsProps{Name: "shop", Build: environment.Build{
				TestCommands: []string{"make test"}, CoverageReport: "coverage.xml",
			}},
			project + "Source: required\nBuild.CoverageFormat: required with CoverageReport: " +
				"one of [CLOVERXML COBERTURAXML JACOCOXML SIMPLECOV]",
		},
		"sca": {
			&build.SCAProps{Name: "shop-catalog", Region: "us-west-2"},
			project + "Source: required",
		},
		"sca, all wrong": {
			&build.SCAProps{
				Name: "a", Path: "/", Preset: "rust", Region: "oregon", Scan: environment.Scan{
					Gate:       environment.Gate{Mode: "warn", Commands: []string{" "}, Reports: "/x"},
					Thresholds: environment.Thresholds{Critical: number(-1), Low: number(1000)},
				},
			},
			project + `Source: required
Path: must be relative and stay in the source, got "/"
Name: must be 2 to 100 letters, digits and hyphens, got "a"
Preset: must be one of [go java-maven node python], got "rust"
Gate.Mode: must be one of [block report], got "warn"
Gate.Commands[0]: must not be empty
Gate.Reports: must be relative and stay in the source, got "/x"
Region: must be a region, such as "us-west-2", got "oregon"
Scan.Thresholds.Critical: must be 0 to 999, got -1
Scan.Thresholds.Critical: not with Commands, which decide themselves
Scan.Thresholds.Low: must be 0 to 999, got 1000
Scan.Thresholds.Low: not with Commands, which decide themselves`,
		},
		"image scan": {
			&build.ImageScanProps{Name: "shop-catalog", Registry: registry, ImageDigest: digest},
			project + "Source: required",
		},
		"image scan of nothing": {
			&build.ImageScanProps{Name: "shop-catalog", Registry: build.Registry{SigningProfile: "a-b", SigningAccount: "1"}},
			project + `Source: required
ImageDigest: required
Registry.Account: required
Registry.Repository: required
Registry.Regions: at least one is required
Registry.SigningProfile: must be 2 to 64 letters, digits and underscores, got "a-b"
Registry.SigningAccount: must be 12 digits, got "1"`,
		},
		"image scan beyond": {
			&build.ImageScanProps{Name: "shop-catalog", Registry: registry, ImageDigest: digest, Scan: environment.Scan{
				Thresholds: environment.Thresholds{High: number(-2), Medium: number(0)},
			}},
			project + "Source: required\nScan.Thresholds.High: must be 0 to 999, got -2",
		},
		"signature": {
			&build.VerifySignatureProps{Registry: registry, ImageDigest: "sha256:1"},
			project + `Source: required
ImageDigest: must be "sha256:" and 64 hexadecimal digits, as build.Digest gives it, got "sha256:1"
Registry.SigningProfile: required
Platform: required`,
		},
		"a floor": {
			&build.UnitTestsProps{Name: "shop", Build: environment.Build{Preset: environment.PresetGo, CoverageMinimum: 100}},
			project + "Source: required",
		},
		"a floor too high": {
			&build.UnitTestsProps{Name: "shop", Build: environment.Build{Preset: environment.PresetGo, CoverageMinimum: 101}},
			project + "Source: required\nBuild.CoverageMinimum: must be 0 to 100 percent, got 101",
		},
		"a floor for own commands": {
			&build.UnitTestsProps{Name: "shop", Build: environment.Build{
				Preset: environment.PresetGo, TestCommands: []string{"make test"}, CoverageMinimum: 1,
			}},
			project + "Source: required\nBuild.CoverageReport: required with CoverageMinimum and TestCommands, which alone know where they write it",
		},
		"gate": {
			&build.GateProps{Name: "shop-catalog"},
			project + "Source: required",
		},
		"gate, all wrong": {
			&build.GateProps{Path: "/src", Name: "a", Gate: environment.Gate{Mode: "warn", Reports: "../a.xml"}},
			project + `Source: required
Path: must be relative and stay in the source, got "/src"
Name: must be 2 to 100 letters, digits and hyphens, got "a"
Gate.Mode: must be one of [block report], got "warn"
Gate.Reports: must be relative and stay in the source, got "../a.xml"
Gate.Reports: goes with Commands only`,
		},
		"gate of an unknown preset": {
			&build.GateProps{Name: "shop", Preset: "rust"},
			project + "Source: required\nPreset: must be one of [go java-maven node python], got \"rust\"",
		},
		"gate without a command": {
			&build.GateProps{Name: "shop", Gate: environment.Gate{Commands: []string{"make lint", ""}}},
			project + "Source: required\nGate.Commands[1]: must not be empty",
		},
		"package": {
			&build.PackageProps{Dockerfile: "/Dockerfile", Registry: build.Registry{
				Account: "1", Repository: "Shop", Regions: []string{"oregon", "us-west-2", "us-west-2"},
			}},
			project + `Source: required
Dockerfile: must be relative and stay in the source, got "/Dockerfile"
Registry.Account: must be 12 digits, got "1"
Registry.Repository: must be lower-case letters and digits with single . _ - / between them, got "Shop"
Registry.Regions[0]: must be a region, such as "us-west-2", got "oregon"
Registry.Regions[2]: us-west-2 is there twice`,
		},
		"nothing to package into": {
			&build.PackageProps{},
			project + "Source: required\nRegistry.Account: required\nRegistry.Repository: required\n" +
				"Registry.Regions: at least one is required",
		},
		"mark": {
			&build.MarkReleasedProps{CommitID: "main", ImageDigest: environment.MarkerDigest, Registry: registry},
			project + `CommitID: must be 7 to 64 hexadecimal digits, as source.Source.CommitID gives it, got "main"
ImageDigest: is the marker of a synth without an image; use build.Digest of the package step`,
		},
		"mark, of variables": {
			&build.MarkReleasedProps{CommitID: "#{Source@x.CommitId}", ImageDigest: "#{Build@Package.IMAGE_DIGEST}", Registry: registry},
			strings.TrimSpace(project),
		},
		"synth": {
			&build.SynthProps{Scope: "a service", ImageDigest: "latest"},
			project + `Source: required
Scope: must be a service's name or "platform", got "a service"
ImageDigest: must be "sha256:" and 64 hexadecimal digits, as build.Digest gives it, got "latest"`,
		},
		"contract": {
			&build.ContractCheckProps{Targets: []build.ContractTarget{
				{
					ID: "beta", InspectorRoleARN: "shop-beta-inspector", Region: "beta",
					Parameters: []build.Parameter{{Name: "vpc"}, {Name: "/a", Value: "b\nc"}},
				},
				{ID: "beta", InspectorRoleARN: role, Region: "us-west-2"},
				{ID: "b*", InspectorRoleARN: role, Region: "us-west-2", Parameters: parameters},
			}},
			project + `Pipeline: required
Targets[0].InspectorRoleARN: must be the ARN of a role, such as "arn:aws:iam::222222222222:role/shop-beta-inspector", got "shop-beta-inspector"
Targets[0].Region: must be a region, such as "us-west-2", got "beta"
Targets[0].Parameters[0].Name: must be a slash, and then letters, digits and . _ - /, got "vpc"
Targets[0].Parameters[1].Value: must be one line without tabs, got "b\nc"
Targets[1].ID: beta is there twice
Targets[1].Parameters: at least one is required
Targets[2].ID: must be 1 to 100 letters, digits, periods, hyphens and underscores, got "b*"`,
		},
		"open": {
			&build.OpenCheckProps{Environments: []build.OpenEnvironment{{ID: "prod"}, {ID: "prod", Stop: "stop", Windows: []environment.Window{{From: "09:00", To: "08:00"}}}}},
			project + `Pipeline: required
Account: required
Region: required
BreakGlass: required
Environments[0].Stop: required
Environments[1].ID: prod is there twice
Environments[1].Stop: must be a slash, and then letters, digits and . _ - /, got "stop"
Environments[1].Windows[0].to: never opens: must be after from, which is 09:00, got 08:00; a window over midnight is two, one to "24:00" and one from "00:00" of the next day`,
		},
		"open of nothing": {
			&build.OpenCheckProps{Pipeline: "shop-catalog", Account: "111111111111", Region: "us-west-2", BreakGlass: "/b"},
			project + "Environments: at least one is required",
		},
		"contract of nothing": {
			&build.ContractCheckProps{Pipeline: "shop-platform"},
			project + "Targets: at least one is required",
		},
		"contract of tokens": {
			&build.ContractCheckProps{Pipeline: "shop-platform", Targets: []build.ContractTarget{
				{ID: "beta", InspectorRoleARN: "${Token[Role.1]}", Region: "${Token[Region.2]}", Parameters: parameters},
			}},
			strings.TrimSpace(project),
		},
		"smoke of nothing": {
			&build.SmokeTestProps{Targets: []build.SmokeTarget{{ID: "beta"}}},
			project + "Targets[0].Cluster: nothing to test: give Cluster, URL or AddressParameter",
		},
		"smoke of no target": {
			&build.SmokeTestProps{},
			project + "Targets: at least one is required",
		},
		"smoke": {
			&build.SmokeTestProps{
				Attempts: 101, Interval: 1500 * time.Millisecond,
				Targets: []build.SmokeTarget{{
					Cluster: "shop-beta", Engine: "spinnaker", URL: "shop.example.com", AddressParameter: "dns", Path: "health",
				}},
			},
			project + `Targets[0].ID: required
Targets[0].InspectorRoleARN: required
Targets[0].Region: required
Targets[0].Service: required with Cluster
Targets[0].Engine: must be codedeploy, ecs or rolling with Cluster, got "spinnaker"
Targets[0].URL: must be an address such as "https://us-west-2.shop.example.com/health", got "shop.example.com"
Targets[0].AddressParameter: not with URL: give one of them
Targets[0].AddressParameter: must be a slash, and then letters, digits and . _ - /, got "dns"
Targets[0].Path: must begin with a slash, got "health"
ImageDigest: required
Attempts: must be 1 to 100, got 101
Interval: must be whole seconds, 1s to 1m, got 1.5s`,
		},
		"synthetic of nothing": {&build.SyntheticTestProps{}, project + "Targets: at least one is required"},
		"synthetic": {
			&build.SyntheticTestProps{Targets: []build.SyntheticTarget{
				{ID: "beta", Canary: "Shop", Interval: 90 * time.Second, Settled: -time.Minute},
				{ID: "beta", InspectorRoleARN: role, Region: "us-west-2", Canary: "shop-beta-catalog", Asks: "GET /", Interval: 61 * time.Minute, Settled: 49 * time.Hour},
			}},
			project + `Targets[0].InspectorRoleARN: required
Targets[0].Region: required
Targets[0].Canary: must be 1 to 255 lower-case letters, digits, hyphens and underscores, got "Shop"
Targets[0].Asks: required: what the canary asks, for a person
Targets[0].Interval: must be whole minutes, 1m to 60m, got 1m30s
Targets[0].Settled: must be whole minutes up to 48h, got -1m0s
Targets[1].ID: beta is there twice
Targets[1].Interval: must be whole minutes, 1m to 60m, got 1h1m0s
Targets[1].Settled: must be whole minutes up to 48h, got 49h0m0s`,
		},
		"smoke of a service": {
			&build.SmokeTestProps{ImageDigest: digest, Targets: []build.SmokeTarget{{
				ID: "beta", InspectorRoleARN: role, Region: "us-west-2", Cluster: "shop-beta", Service: "shop-beta-catalog",
				Engine: environment.Rolling,
			}}},
			strings.TrimSpace(project),
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.props.Validate()
			if err == nil || err.Error() != c.want {
				t.Errorf("got:\n%v\nwant:\n%s", err, c.want)
			}
		})
	}
}

func number(n int) *int { return &n }
