package build_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/build"
)

// dispatched are the pipelines of the fixture's dispatch step.
var dispatched = []build.DispatchedPipeline{dispatchedPipeline("ui"), dispatchedPipeline("catalog"), dispatchedPipeline("cart")}

func dispatchedPipeline(service string) build.DispatchedPipeline {
	return build.DispatchedPipeline{Name: "shop-" + service, Parameter: "/shop/platform/tools/dispatch/v1/" + service, Stack: "shop-" + service + "-pipeline"}
}

// hash is the fingerprint of a service in a version.
func hash(service string, version int) string { return fmt.Sprintf("%064x", len(service)*100+version) }

// dispatchHost has the fingerprints of version 1 of all pipelines, which exist.
func dispatchHost(t *testing.T) *host {
	h := newHost(t, "Dispatch")
	h.install("aws", "aws-dispatch")
	for _, p := range dispatched {
		h.write("pipelines/"+p.Name, "")
	}
	h.fingerprints(map[string]int{})
	return h
}

// fingerprints writes the file that the synth step leaves: version 1 of each service, or another one.
func (h *host) fingerprints(versions map[string]int) {
	lines := []string{"shop-platform " + strings.Repeat("f", 64)}
	for _, p := range dispatched {
		service := strings.TrimPrefix(p.Name, "shop-")
		lines = append(lines, p.Name+" "+hash(service, max(versions[service], 1)))
	}
	slices.Sort(lines)
	h.input(strings.Join(lines, "\n") + "\n")
}

func (h *host) input(text string) {
	h.t.Helper()
	must(h.t, os.WriteFile(filepath.Join(h.source, "fingerprints"), []byte(text), 0o600))
}

// again executes the step once more and forgets what was said and called before.
func (h *host) again() {
	h.t.Helper()
	must(h.t, removeAll(filepath.Join(h.state, "calls")))
	h.output, h.failed = "", false
	h.run(nil)
}

// recorded is the fingerprint that the parameter of a service holds.
func (h *host) recorded(service string) string {
	text, _ := os.ReadFile(filepath.Join(h.state, "ssm/shop/platform/tools/dispatch/v1", service))
	return strings.TrimSpace(string(text))
}

// started are the services whose pipelines the step asked to start.
func (h *host) started() []string {
	var services []string
	for _, call := range h.calls("aws codepipeline start-pipeline-execution --region us-west-2 --name shop-") {
		services = append(services, strings.TrimPrefix(strings.Fields(call)[6], "shop-"))
	}
	return services
}

func (h *host) requireStarted(services ...string) {
	h.t.Helper()
	if got := h.started(); !slices.Equal(got, services) {
		h.t.Fatalf("starts %q, want %q:\n%s", got, services, h.output)
	}
}

func (h *host) requireRecorded(service, fingerprint string) {
	h.t.Helper()
	if got := h.recorded(service); got != fingerprint {
		h.t.Errorf("%s: %q is recorded, want %q", service, got, fingerprint)
	}
}

func (h *host) says(lines ...string) {
	h.t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+h.output, "\n"+line+"\n") {
			h.t.Errorf("does not say %q:\n%s", line, h.output)
		}
	}
}

// Catches a first deployment that fails because there are no service pipelines yet, that does not say how they come to be,
// or that starts them twice once they are there: their creation starts them.
func TestDispatchWithoutPipelines(t *testing.T) {
	h := dispatchHost(t)
	must(t, removeAll(filepath.Join(h.state, "pipelines")))
	h.run(nil)
	h.succeeds()
	h.says(
		"shop-ui: is not there yet; create it with: npx cdk deploy shop-ui-pipeline",
		"shop-cart: is not there yet; create it with: npx cdk deploy shop-cart-pipeline",
		"started: none; unchanged: 0; not there yet: shop-ui shop-catalog shop-cart; failed: none",
	)
	h.requireRecorded("ui", hash("ui", 1))
	for _, p := range dispatched {
		h.write("pipelines/"+p.Name, "")
	}
	h.again()
	h.succeeds()
	h.requireStarted()
}

// Catches pipelines that an upgrade found without a record, and that never start.
func TestDispatchWithoutRecords(t *testing.T) {
	h := dispatchHost(t)
	h.run(nil)
	h.succeeds()
	h.requireStarted("ui", "catalog", "cart")
	h.says("shop-catalog: changed; started execution execution-of-shop-catalog", "started: shop-ui shop-catalog shop-cart; unchanged: 0; not there yet: none; failed: none")
	for _, service := range []string{"ui", "catalog", "cart"} {
		h.requireRecorded(service, hash(service, 1))
	}
	want := "aws ssm put-parameter --region us-west-2 --name /shop/platform/tools/dispatch/v1/ui --type String --value " + hash("ui", 1) + " --overwrite"
	if got := h.calls("aws ssm put-parameter"); len(got) != 3 || got[0] != want {
		t.Errorf("records by %q, want %q", got, want)
	}
}

// Catches a push that changes the platform only, and releases services all the same.
func TestDispatchUnchanged(t *testing.T) {
	h := dispatchHost(t)
	h.run(nil)
	h.again()
	h.succeeds()
	h.requireStarted()
	h.says("shop-ui: unchanged", "started: none; unchanged: 3; not there yet: none; failed: none")
	if got := h.calls("aws ssm put-parameter"); len(got) != 0 {
		t.Errorf("writes %q", got)
	}
}

// Catches a changed service that does not start, others that start with it, and a change taken back that is taken for none.
func TestDispatchChanged(t *testing.T) {
	h := dispatchHost(t)
	h.run(nil)
	h.fingerprints(map[string]int{"catalog": 2})
	h.again()
	h.succeeds()
	h.requireStarted("catalog")
	h.says("shop-ui: unchanged", "started: shop-catalog; unchanged: 2; not there yet: none; failed: none")
	h.requireRecorded("catalog", hash("catalog", 2))
	if got := h.calls("aws ssm put-parameter"); len(got) != 1 {
		t.Errorf("writes %q", got)
	}
	h.fingerprints(map[string]int{})
	h.again()
	h.succeeds()
	h.requireStarted("catalog")
	h.requireRecorded("catalog", hash("catalog", 1))
}

// Catches a service added later whose missing pipeline stops the dispatch of the others.
func TestDispatchOneIsMissing(t *testing.T) {
	h := dispatchHost(t)
	h.run(nil)
	must(t, removeAll(filepath.Join(h.state, "pipelines/shop-ui")))
	h.fingerprints(map[string]int{"ui": 2, "cart": 2})
	h.again()
	h.succeeds()
	h.says("started: shop-cart; unchanged: 1; not there yet: shop-ui; failed: none")
	h.requireRecorded("ui", hash("ui", 2))
}

// Catches a start that fails and is recorded as done, that keeps the others from starting, or that passes; and a retry that
// starts again what runs already.
func TestDispatchStartFails(t *testing.T) {
	for _, code := range []string{"ThrottlingException", "ConcurrentPipelineExecutionsLimitExceededException", "AccessDeniedException"} {
		h := dispatchHost(t)
		h.write("fail/start-pipeline-execution/shop-catalog", code)
		h.run(nil)
		h.fails(
			"shop-catalog: changed, and cannot be started\n", "An error occurred ("+code+")",
			"started: shop-ui shop-cart; unchanged: 0; not there yet: none; failed: shop-catalog\n",
			"error: retry this stage (aws codepipeline retry-stage-execution, or Retry in the console): it starts only what failed",
		)
		h.requireRecorded("catalog", "")
		h.requireRecorded("cart", hash("cart", 1))
		must(t, removeAll(filepath.Join(h.state, "fail")))
		h.again()
		h.succeeds()
		h.requireStarted("catalog")
		h.requireRecorded("catalog", hash("catalog", 1))
	}
}

// Catches a parameter that could not be read, taken for one that is not there: every service would be released at night.
func TestDispatchCannotRead(t *testing.T) {
	for _, code := range []string{"AccessDeniedException", "ThrottlingException", "InternalServerError", "ParameterVersionNotFound"} {
		h := dispatchHost(t)
		h.run(nil)
		h.fingerprints(map[string]int{"ui": 2, "cart": 2})
		h.write("fail/get-parameter/shop/platform/tools/dispatch/v1/ui", code)
		h.again()
		h.fails(
			"shop-ui: cannot read /shop/platform/tools/dispatch/v1/ui; not started\n", "An error occurred ("+code+")",
			"started: shop-cart; unchanged: 1; not there yet: none; failed: shop-ui\n",
		)
		h.requireStarted("cart")
		h.requireRecorded("ui", hash("ui", 1))
	}
}

// Catches a record that was not written and passes: the next push would release the service without a reason.
func TestDispatchCannotRecord(t *testing.T) {
	h := dispatchHost(t)
	h.write("fail/put-parameter/shop/platform/tools/dispatch/v1/ui", "AccessDeniedException")
	h.run(nil)
	h.fails("shop-ui: cannot record its fingerprint in /shop/platform/tools/dispatch/v1/ui; the next dispatch starts it again\n",
		"started: shop-ui shop-catalog shop-cart; unchanged: 0; not there yet: none; failed: shop-ui\n")
	must(t, removeAll(filepath.Join(h.state, "fail")))
	h.again()
	h.succeeds()
	h.requireStarted("ui")
}

// Catches a dispatch that starts some services before it sees that it knows nothing of others.
func TestDispatchFingerprints(t *testing.T) {
	good := "shop-ui " + hash("ui", 1) + "\nshop-catalog " + hash("catalog", 1) + "\n"
	for name, c := range map[string]struct{ file, says string }{
		"missing":     {good + "shop-carts " + hash("cart", 1) + "\n", "error: there is no fingerprint of shop-cart: the synth without a scope has no such pipeline"},
		"empty":       {"", "error: there is no fingerprint of shop-ui"},
		"no value":    {good + "shop-cart\n", "error: the fingerprint of shop-cart is '', and must be 64 hexadecimal digits"},
		"too short":   {good + "shop-cart abc\n", "error: the fingerprint of shop-cart is 'abc', and must be 64 hexadecimal digits"},
		"two values":  {good + "shop-cart " + hash("cart", 1) + " " + hash("cart", 2) + "\n", "error: the fingerprint of shop-cart is"},
		"upper case":  {good + "shop-cart " + strings.Repeat("F", 64) + "\n", "error: the fingerprint of shop-cart is"},
		"an argument": {good + "shop-cart --cli-input-json\n", "error: the fingerprint of shop-cart is '--cli-input-json'"},
	} {
		t.Run(name, func(t *testing.T) {
			h := dispatchHost(t)
			h.input(c.file)
			h.run(nil)
			h.fails(c.says)
			if got := h.calls("aws"); len(got) != 0 {
				t.Errorf("calls %q", got)
			}
		})
	}
	h := dispatchHost(t)
	must(t, removeAll(filepath.Join(h.source, "fingerprints")))
	h.run(nil)
	h.fails("error: the synth step left no file 'fingerprints'")
}

// Catches a role that starts other pipelines, or reads and writes other parameters.
func TestDispatchPermissions(t *testing.T) {
	var pipelines, parameters []string
	for _, p := range dispatched {
		pipelines = append(pipelines, "arn:aws:codepipeline:us-west-2:111111111111:"+p.Name)
		parameters = append(parameters, "arn:aws:ssm:us-west-2:111111111111:parameter"+p.Parameter)
	}
	slices.Sort(pipelines)
	slices.Sort(parameters)
	for action, on := range map[string][]string{
		"codepipeline:StartPipelineExecution": pipelines, "ssm:GetParameter": parameters, "ssm:PutParameter": parameters,
		"s3:PutObject": nil, "codecommit:GitPull": nil, "sts:AssumeRole": nil,
	} {
		if got := allowed(t, "DispatchRole", action); !slices.Equal(got, on) {
			t.Errorf("may %s on %q, want %q", action, got, on)
		}
	}
}

// Catches problems that are found one at a time, or only by CloudFormation; and a name that would be a word of the script.
func TestDispatchProblems(t *testing.T) {
	p := build.DispatchProps{Account: "1", Region: "Oregon", Pipelines: []build.DispatchedPipeline{
		{Name: "a'b", Parameter: "shop", Stack: "my stack"}, dispatchedPipeline("ui"), dispatchedPipeline("ui"), {},
	}}
	err := p.Validate()
	if err == nil {
		t.Fatal("no problem")
	}
	for _, want := range []string{
		"Project.Artifacts: required", "Project.LogGroup: required", "Input: required", `Account: must be 12 digits, got "1"`, `Region: must be a region, such as "us-west-2", got "Oregon"`,
		`Pipelines[0].Name: must be 1 to 100 letters, digits and . @ _ -, got "a'b"`, "Pipelines[0].Parameter: must be a slash", `Pipelines[0].Stack: must be a letter, and then letters, digits and / _ -, got "my stack"`,
		"Pipelines[2].Name: shop-ui is there twice", "Pipelines[2].Parameter: /shop/platform/tools/dispatch/v1/ui is there twice",
		"Pipelines[3].Name: required", "Pipelines[3].Parameter: required", "Pipelines[3].Stack: required",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("does not say %q:\n%v", want, err)
		}
	}
	if err := (&build.DispatchProps{}).Validate(); !strings.Contains(err.Error(), "Pipelines: at least one is required") {
		t.Errorf("an empty list: %v", err)
	}
}
