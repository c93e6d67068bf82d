package policies

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/kernel"
	"github.com/storeship/storeship/stacks"
	"github.com/storeship/storeship/test/harness"
)

// work holds what the tests synthesize.
var work string

func TestMain(m *testing.M) {
	code := func() int {
		os.Setenv("CDK_VALIDATION", "false")
		os.Setenv("PATH", harness.Path())
		defer kernel.Prepare()()
		// The runtime has read the environment already; closing makes it read it anew.
		jsii.Close()
		defer kernel.Keep()()
		var err error
		if work, err = os.MkdirTemp("", "storeship-policies"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(work)
		return m.Run()
	}()
	// The runtime waits for its process twice, and says so when it loses the race.
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
	jsii.Close()
	os.Exit(code)
}

// result is what a policy pack says about a store.
type result struct {
	assembly *assembly.Assembly
	// reports are the pack's, by file name.
	reports map[string][]line
	// findings are those that nobody acknowledged: construct, rule, and what exactly.
	findings []string
}

// line is a line of a pack's report.
type line struct {
	RuleID          string `json:"ruleId"`
	ResourceID      string `json:"resourceId"`
	Compliance      string `json:"compliance"`
	ExceptionReason string `json:"exceptionReason"`
}

var results = map[string]*result{}

// check synthesizes a store in this process with the AwsSolutions pack on the app and on every stage.
func check(t *testing.T, config string) *result {
	t.Helper()
	if r, ok := results[config]; ok {
		return r
	}
	dir, err := os.MkdirTemp(work, "cdk.out")
	require.NoError(t, err)
	context := storeship.Context()
	maps.Copy(context, harness.Context(t))
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: &dir, Context: &context, AnalyticsReporting: jsii.Bool(false)})
	pack := func() awscdk.IAspect {
		return cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{ReportFormats: &[]cdknag.NagReportFormat{cdknag.NagReportFormat_JSON}})
	}
	plan, err := stacks.Load(filepath.Join(harness.Root, config))
	require.NoError(t, err)
	stacks.NewStorefront(app, &stacks.StorefrontProps{
		Plan: plan,
		// A pipeline synthesizes its stages as they are added, and aspects of the app do not reach into stages.
		BeforeStage: func(stage awscdk.Stage) { awscdk.Aspects_Of(stage).Add(pack(), nil) },
	})
	awscdk.Aspects_Of(app).Add(pack(), nil)
	app.Synth(nil)
	r := &result{reports: map[string][]line{}}
	r.assembly, err = assembly.Open(dir)
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(dir, r.read))
	sort.Strings(r.findings)
	results[config] = r
	return r
}

// read takes what a file of the assembly says: a report, or the annotations of a stack.
func (r *result) read(path string, _ os.DirEntry, err error) error {
	report, annotations := strings.HasSuffix(path, "-NagReport.json"), strings.HasSuffix(path, ".metadata.json")
	if err != nil || !report && !annotations {
		return err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if report {
		var lines struct{ Lines []line }
		err = json.Unmarshal(b, &lines)
		r.reports[filepath.Base(path)] = lines.Lines
		return err
	}
	var constructs map[string][]struct {
		Type string
		Data any
	}
	err = json.Unmarshal(b, &constructs)
	for construct, entries := range constructs {
		for _, e := range entries {
			if e.Type == "aws:cdk:error" || e.Type == "aws:cdk:warning" {
				r.findings = append(r.findings, strings.TrimSpace(fmt.Sprintf("%s: %v", construct, e.Data)))
			}
		}
	}
	return err
}
