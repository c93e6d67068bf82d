package build_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
)

const inspector = "arn:aws:iam::222222222222:role/shop-beta-inspector"

// contract is more names than one call of the API takes.
var contract = func() []build.Parameter {
	var p []build.Parameter
	for _, letter := range "abcdefghijklm" {
		p = append(p, build.Parameter{Name: "/shop/platform/beta/" + string(letter)})
	}
	p[1].Value = "/utility/*,/proxy/*"
	return p
}()

// project is one CodeBuild project of the template, with what the pipeline's action adds to it.
type project struct {
	properties map[string]any
	spec       buildSpec
	variables  map[string]string
}

type buildSpec struct {
	Env struct {
		Shell    string   `json:"shell"`
		Exported []string `json:"exported-variables"`
	} `json:"env"`
	Phases map[string]struct {
		Runtimes map[string]string `json:"runtime-versions"`
		Commands []string          `json:"commands"`
	} `json:"phases"`
	Reports map[string]struct {
		Folder string   `json:"base-directory"`
		Files  []string `json:"files"`
		Format string   `json:"file-format"`
	} `json:"reports"`
	Cache     map[string][]string `json:"cache"`
	Artifacts map[string]any      `json:"artifacts"`
}

// fixture is one pipeline with every step, synthesized once.
var fixture = sync.OnceValue(func() map[string]any {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{
		"@aws-cdk/aws-iam:minimizePolicies":     true,
		"@aws-cdk/core:target-partitions":       []string{"aws"},
		"@aws-cdk/core:enablePartitionLiterals": true,
	}})
	stack := awscdk.NewStack(app, jsii.String("Pipe"), &awscdk.StackProps{Env: &awscdk.Environment{
		Account: jsii.String("111111111111"), Region: jsii.String("us-west-2"),
	}})
	key := awskms.Key_FromKeyArn(stack, jsii.String("Key"),
		jsii.String("arn:aws:kms:us-west-2:111111111111:key/00000000-0000-0000-0000-000000000000"))
	p := build.Project{
		Artifacts: awss3.Bucket_FromBucketAttributes(stack, jsii.String("Artifacts"), &awss3.BucketAttributes{
			BucketName: jsii.String("shop-artifacts"), EncryptionKey: key,
		}),
		LogGroup: awslogs.NewLogGroup(stack, jsii.String("Logs"), nil),
	}
	code := source.CodeCommit("shop-catalog", "main").Source(stack, "Code", true)
	program := source.CodeCommit("shop-delivery", "main").Source(stack, "Program", false)
	registry := build.Registry{
		Account: "111111111111", Repository: "shop/catalog", Regions: []string{"us-west-2", "us-east-1", "eu-west-1"},
		SigningProfile: "shop_images",
	}
	var tests []pipelines.CodeBuildStep
	unit := func(id string, b environment.Build, docker bool) {
		tests = append(tests, build.UnitTests(stack, id, &build.UnitTestsProps{
			Project: p, Source: code, Path: "src/app", Name: "shop-" + strings.ToLower(id), Build: b, Docker: docker,
		}))
	}
	unit("Go", environment.Build{Preset: environment.PresetGo}, false)
	unit("Java", environment.Build{Preset: environment.PresetJavaMaven}, true)
	unit("Node", environment.Build{Preset: environment.PresetNode}, false)
	unit("Python", environment.Build{Preset: environment.PresetPython}, false)
	unit("Own", environment.Build{
		Architecture: environment.Arm64,
		TestCommands: []string{"first=set; export first", "gotestsum first \"$first\"\nnpm second | cat", "gotestsum last"},
		TestReports:  "**/out/*.xml",
	}, false)
	unit("Floor", environment.Build{
		Preset: environment.PresetPython, TestCommands: []string{"gotestsum all"}, TestReports: "**/junit.xml",
		CoverageReport: "**/cover/*.xml", CoverageMinimum: 77,
	}, false)
	gate := func(id string, of func(constructs.Construct, string, *build.GateProps) pipelines.CodeBuildStep, change func(*build.GateProps)) {
		props := &build.GateProps{Project: p, Source: code, Path: "src/app", Name: "shop-" + strings.ToLower(id)}
		change(props)
		tests = append(tests, of(stack, id, props))
	}
	gate("Secrets", build.Secrets, func(*build.GateProps) {})
	gate("Told", build.Secrets, func(p *build.GateProps) {
		p.Gate = environment.Gate{Mode: environment.ReportOnly, Reason: "old keys"}
	})
	gate("Zip", build.Secrets, func(p *build.GateProps) {
		p.Source = source.S3(&source.S3Props{Bucket: p.Project.Artifacts, Key: "catalog.zip"}).Source(stack, "Zip", false)
	})
	gate("OwnGate", build.Secrets, func(p *build.GateProps) {
		p.Gate.Commands, p.Gate.Reports = []string{"npm first | cat", "gotestsum last"}, "out/*.xml"
	})
	gate("OwnTold", build.Secrets, func(p *build.GateProps) {
		p.Gate.Mode, p.Gate.Commands = environment.ReportOnly, []string{"npm first | cat", "gotestsum last"}
	})
	for id, preset := range map[string]environment.Preset{
		"SAST": environment.PresetGo, "JavaSAST": environment.PresetJavaMaven, "NodeSAST": environment.PresetNode,
		"PythonSAST": environment.PresetPython, "AnySAST": "",
	} {
		gate(id, build.SAST, func(p *build.GateProps) { p.Preset = preset })
	}
	for id, preset := range map[string]environment.Preset{
		"GoQuality": environment.PresetGo, "JavaQuality": environment.PresetJavaMaven, "NodeQuality": environment.PresetNode,
		"PythonQuality": environment.PresetPython,
	} {
		gate(id, build.Quality, func(p *build.GateProps) { p.Preset = preset })
	}
	own := environment.Gate{Commands: []string{"npm \"$SBOM\" \"${IMAGE-}\""}}
	sca := func(id string, scan environment.Scan) {
		tests = append(tests, build.SCA(stack, id, &build.SCAProps{
			Project: p, Source: code, Path: "src/app", Preset: environment.PresetNode, Name: "shop-" + strings.ToLower(id), Region: "us-west-2", Scan: scan,
		}))
	}
	nine := 9
	sca("SCA", environment.Scan{Thresholds: environment.Thresholds{Medium: &nine}})
	sca("ToldSCA", environment.Scan{Gate: environment.Gate{Mode: environment.ReportOnly}})
	sca("OwnSCA", environment.Scan{Gate: own})
	image := build.Package(stack, "Package", &build.PackageProps{
		Project: p, Source: code, Path: "src/app", Registry: registry, PackSource: true,
	})
	var scans []pipelines.CodeBuildStep
	for _, c := range []struct {
		id   string
		scan environment.Scan
	}{{"ImageScan", environment.Scan{}}, {"OwnScan", environment.Scan{Gate: own}}} {
		scans = append(scans, build.ImageScan(stack, c.id, &build.ImageScanProps{
			Project: p, Source: code, Path: "src/app", Name: "shop-" + strings.ToLower(c.id), Registry: registry, ImageDigest: build.Digest(image), Scan: c.scan,
		}))
	}
	scans = append(scans, build.VerifySignature(stack, "VerifySignature", &build.VerifySignatureProps{
		Project: p, Source: code, ImageDigest: build.Digest(image), Registry: registry, Platform: "shop-platform",
	}))
	for _, test := range tests {
		image.AddStepDependency(test)
	}
	synth := build.Synth(stack, "Synth", &build.SynthProps{
		Project: p, Source: program, Scope: "catalog", ImageDigest: build.Digest(image),
	})
	for _, scan := range scans {
		synth.AddStepDependency(scan)
	}
	build.SBOM(scans[0])
	releases := synth.AddOutputDirectory(jsii.String(build.Releases))
	pipeline := pipelines.NewCodePipeline(stack, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		Synth: synth, ArtifactBucket: p.Artifacts, UsePipelineRoleForActions: jsii.Bool(true),
	})
	checks := p
	checks.Role = build.NewSharedRole(stack, "CheckRole", "shop-catalog-us-west-2-check")
	wave := pipeline.AddWave(jsii.String("beta"), nil)
	wave.AddPre(
		build.NewContractCheck(stack, "Contract", &build.ContractCheckProps{
			Project: checks, Input: releases, Pipeline: "shop-platform",
			Targets: []build.ContractTarget{
				{ID: "beta-us-west-2", InspectorRoleARN: inspector, Region: "us-west-2", Parameters: contract[:1]},
				{ID: "beta-eu-west-1", InspectorRoleARN: inspector, Region: "eu-west-1", Parameters: contract},
			},
		}).In("beta-eu-west-1").Step(),
		// A synthesis of the platform has no image.
		build.Synth(stack, "Platform", &build.SynthProps{Project: p, Source: program, Scope: "platform"}),
	)
	wave.AddPre(build.NewOpenCheck(stack, "OpenForRelease", openProps(p, releases)).In("prod", "prod-1").Step())
	smoke := func(id string, digest string, tested build.SmokeTarget) {
		tested.ID, tested.InspectorRoleARN, tested.Region = "beta-eu-west-1", inspector, "eu-west-1"
		other := build.SmokeTarget{ID: "beta-us-west-2", URL: "https://other.shop.example.com/it's?a&b"}
		wave.AddPost(build.NewSmokeTest(stack, id, &build.SmokeTestProps{
			Project: checks, Input: releases, ImageDigest: digest, Attempts: 3, Targets: []build.SmokeTarget{other, tested},
		}).In("beta-eu-west-1").Step())
	}
	smoke("Url", "", build.SmokeTarget{URL: "https://eu-west-1.shop.example.com/health", Host: "admin.shop.example.com"})
	smoke("Address", "", build.SmokeTarget{AddressParameter: "/shop/platform/beta/dns", Path: "/health"})
	running := build.SmokeTarget{Cluster: "shop-beta", Service: "shop-beta-catalog"}
	running.Engine = environment.CodeDeploy
	smoke("BlueGreen", build.Digest(image), running)
	running.Engine = environment.ECS
	smoke("Native", build.Digest(image), running)
	running.Engine = environment.Rolling
	smoke("Rolling", build.Digest(image), running)
	running.Bake, running.Alarms = 90*time.Minute, []string{"shop-beta-catalog-errors", "shop-beta-catalog-tasks"}
	smoke("Baking", build.Digest(image), running)
	synthetic := build.SyntheticTarget{
		ID: "beta-eu-west-1", InspectorRoleARN: inspector, Region: "eu-west-1", Canary: "shop-beta-catalog",
		Asks: "GET /health at https://catalog.internal.shop.example.com:21234", Interval: 3 * time.Minute, Settled: 10 * time.Minute,
	}
	rare := synthetic
	rare.ID, rare.Interval, rare.Settled = "beta-us-west-2", time.Hour, 0
	wave.AddPost(build.NewSyntheticTest(stack, "Synthetic", &build.SyntheticTestProps{
		Project: checks, Input: releases, Targets: []build.SyntheticTarget{synthetic, rare},
	}).In("beta-eu-west-1").Step())
	wave.AddPost(build.MarkReleased(stack, "MarkReleased", &build.MarkReleasedProps{
		Project: p, Input: releases, Registry: registry, CommitID: code.CommitID(), ImageDigest: build.Digest(image),
	}))
	whole := build.Synth(stack, "Whole", &build.SynthProps{Project: p, Source: program, Scope: "platform", Fingerprints: true, Review: true})
	reviewed := build.Synth(stack, "Reviewed", &build.SynthProps{
		Project: p, Source: program, Scope: "catalog", ImageDigest: build.Digest(image), Review: true,
	})
	review := build.Review(stack, "Review", &build.ReviewProps{
		Project: p, Input: reviewed.AddOutputDirectory(jsii.String(build.Reviewed)), Pipeline: "shop-catalog",
		Account: "111111111111", Region: "us-west-2", Parameter: accepted,
	})
	build.Report(review)
	wave.AddPre(whole, reviewed, review)
	wave.AddPost(build.Baseline(stack, "Baseline", &build.BaselineProps{
		Project: p, Input: reviewed.AddOutputDirectory(jsii.String(build.Reviewed)), Pipeline: "shop-catalog",
	}))
	wave.AddPost(build.Dispatch(stack, "Dispatch", &build.DispatchProps{
		Project: p, Input: whole.AddOutputDirectory(jsii.String(build.Fingerprints)), Account: "111111111111", Region: "us-west-2",
		Pipelines: dispatched,
	}))
	pipeline.BuildPipeline()
	build.AcknowledgePrivileged(image)
	return app.Synth(nil).GetStackArtifact(stack.ArtifactId()).Template().(map[string]any)
})

// resources are those of a type, by logical id.
func resources(typ string) map[string]map[string]any {
	found := map[string]map[string]any{}
	for id, r := range fixture()["Resources"].(map[string]any) {
		if r := r.(map[string]any); r["Type"] == typ {
			found[id] = r
		}
	}
	return found
}

// projectOf finds the project of a step by its action in the pipeline.
func projectOf(t *testing.T, step string) project {
	t.Helper()
	for _, pipeline := range resources("AWS::CodePipeline::Pipeline") {
		for _, stage := range pipeline["Properties"].(map[string]any)["Stages"].([]any) {
			for _, action := range stage.(map[string]any)["Actions"].([]any) {
				if a := action.(map[string]any); a["Name"] == step {
					return readProject(t, a["Configuration"].(map[string]any))
				}
			}
		}
	}
	t.Fatalf("no action %s", step)
	return project{}
}

func readProject(t *testing.T, configuration map[string]any) project {
	t.Helper()
	id := configuration["ProjectName"].(map[string]any)["Ref"].(string)
	p := project{properties: resources("AWS::CodeBuild::Project")[id]["Properties"].(map[string]any), variables: map[string]string{}}
	// A buildspec that holds references would be no plain text, and no reviewer could read it.
	text := p.properties["Source"].(map[string]any)["BuildSpec"].(string)
	if err := json.Unmarshal([]byte(text), &p.spec); err != nil {
		t.Fatal(err)
	}
	add := func(list []any, name, value string) {
		for _, v := range list {
			v := v.(map[string]any)
			p.variables[v[name].(string)] = v[value].(string)
		}
	}
	if list, ok := p.properties["Environment"].(map[string]any)["EnvironmentVariables"].([]any); ok {
		add(list, "Name", "Value")
	}
	if text, ok := configuration["EnvironmentVariables"].(string); ok {
		var list []any
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			t.Fatal(err)
		}
		add(list, "name", "value")
	}
	return p
}
