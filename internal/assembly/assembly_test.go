package assembly_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
)

// write makes an assembly of files, which are named and filled in turn.
func write(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		file := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const stage = `{"version": "54.0.0", "missing": [{"key": "zones", "provider": "availability-zones", "props": {}}], "artifacts": {
	"A1.assets": {"type": "cdk:asset-manifest", "properties": {"file": "A1.assets.json"}},
	"A1": {"type": "aws:cloudformation:stack", "environment": "aws://222222222222/us-west-2", "displayName": "Delivery/beta/ui",
		"dependencies": ["B1", "A1.assets"], "properties": {"templateFile": "A1.template.json", "stackName": "shop-beta-ui", "terminationProtection": true, "tags": {"store": "shop"}}},
	"B1": {"type": "aws:cloudformation:stack", "environment": "aws://222222222222/us-west-2", "displayName": "Delivery/beta/network",
		"properties": {"templateFile": "B1.template.json", "stackName": "shop-beta-network"}}}}`

const app = `{"version": "54.0.0", "artifacts": {
	"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
	"Delivery": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region", "displayName": "Delivery", "properties": {"templateFile": "Delivery.template.json"}},
	"assembly-Delivery-beta": {"type": "cdk:cloud-assembly", "dependencies": ["assembly-Delivery-zeta"], "properties": {"directoryName": "assembly-Delivery-beta", "displayName": "Delivery/beta"}},
	"assembly-Delivery-zeta": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Delivery-zeta", "displayName": "Delivery/zeta"}}}}`

func open(t *testing.T) *assembly.Assembly {
	t.Helper()
	a, err := assembly.Open(write(t,
		"manifest.json", app,
		"Delivery.template.json", `{"Resources": {"B": {"Type": "AWS::SQS::Queue"}, "A": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "a"}, "Metadata": {"x": 1}}, "C": {"Type": "AWS::SNS::Topic"}}}`,
		"assembly-Delivery-beta/manifest.json", stage,
		"assembly-Delivery-beta/A1.template.json", `{"Description": "ui"}`,
		"assembly-Delivery-beta/B1.template.json", `{"Description": "network"}`,
		"assembly-Delivery-zeta/manifest.json", `{"version": "54.0.0"}`,
	))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Catches: stacks of stages left out, and an order that is not the one of deployment or changes from run to run.
func TestStacks(t *testing.T) {
	a := open(t)
	var names, files []string
	for _, s := range a.Stacks() {
		names, files = append(names, s.Name), append(files, s.File)
	}
	if want := []string{"Delivery", "shop-beta-network", "shop-beta-ui"}; !reflect.DeepEqual(names, want) {
		t.Errorf("stacks are %v, want %v", names, want)
	}
	if want := []string{"Delivery.template.json", "assembly-Delivery-beta/B1.template.json", "assembly-Delivery-beta/A1.template.json"}; !reflect.DeepEqual(files, want) {
		t.Errorf("files are %v, want %v", files, want)
	}
	if own := a.Own(); len(own) != 1 || own[0].Name != "Delivery" {
		t.Errorf("the app's own stacks are %v", own)
	}
	if len(a.Nested) != 2 || a.Nested[0].Path != "Delivery/zeta" || a.Nested[1].ID != "assembly-Delivery-beta" {
		t.Errorf("the stages are in another order than they depend on each other")
	}
}

// Catches: a field of the manifest that is read from the wrong place.
func TestStack(t *testing.T) {
	stacks := open(t).Stacks()
	if s := stacks[0]; s.Account != "" || s.Region != "" || s.ID != "Delivery" {
		t.Errorf("a stack without an environment is %+v", s)
	}
	s := stacks[2]
	if s.Account != "222222222222" || s.Region != "us-west-2" || s.Path != "Delivery/beta/ui" || !s.TerminationProtection ||
		s.Tags["store"] != "shop" || s.Template["Description"] != "ui" || s.Assembly.Path != "Delivery/beta" {
		t.Errorf("the stack is %+v", s)
	}
	if want := []string{"B1"}; !reflect.DeepEqual(s.Dependencies, want) {
		t.Errorf("dependencies are %v, want %v", s.Dependencies, want)
	}
}

// Catches: placeholders of a stage that nobody hears of.
func TestMissing(t *testing.T) {
	a := open(t)
	if len(a.Missing) != 0 || !reflect.DeepEqual(a.AllMissing(), []string{"zones"}) {
		t.Errorf("missing is %v, all missing is %v", a.Missing, a.AllMissing())
	}
}

// Catches: resources in the order of a Go map, and nil properties.
func TestResources(t *testing.T) {
	s := open(t).Stacks()[0]
	var ids []string
	for _, r := range s.Resources("AWS::SQS::Queue") {
		ids = append(ids, r.LogicalID)
		if r.Properties == nil || r.Stack != s {
			t.Errorf("%s is %+v", r.LogicalID, r)
		}
	}
	if want := []string{"A", "B"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("queues are %v, want %v", ids, want)
	}
	if n := len(s.Resources()); n != 3 {
		t.Errorf("there are %d resources", n)
	}
	if r, ok := s.Resource("A"); !ok || r.Properties["QueueName"] != "a" || r.Metadata["x"] != 1.0 {
		t.Errorf("A is %+v", r)
	}
	if _, ok := s.Resource("D"); ok {
		t.Error("there is a D")
	}
}

// one is the manifest of a stack, and nest a template that nests another.
const one = `{"version": "1", "artifacts": {"A": {"type": "aws:cloudformation:stack", "environment": "aws://a/b", "properties": {"templateFile": "A.json"}}}}`

func nest(file string) string {
	return `{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Metadata": {      "aws:asset:path": "` + file + `", "aws:cdk:path": "A/Data.NestedStack/Data.NestedStackResource"}}}}`
}

// Catches: a nested stack that nobody reads, or that is taken for another's.
func TestNested(t *testing.T) {
	a, err := assembly.Open(write(t, "manifest.json", one, "A.json", nest("B.json"), "B.json", nest("../C.json")))
	if err != nil {
		t.Fatal(err)
	}
	if all := a.Trees(); len(all) != 2 || all[1].Name != "A/Data" || all[1].Account != "a" || all[1].File != "B.json" || len(a.Stacks()) != 1 {
		t.Errorf("got %+v", all)
	}
}

// Catches: the construct path of an app that keeps it out of its templates, in the manifest or beside it, and one of the template itself
// that is not taken.
func TestConstruct(t *testing.T) {
	const template = `{"Resources": {"A1": {"Type": "AWS::SQS::Queue"}, "B2": {"Type": "AWS::SQS::Queue"}}}`
	metadata := func(id, path string) string {
		return `{"/` + path + `": [{"type": "aws:cdk:logicalId", "data": "` + id + `"}, {"type": "aws:cdk:asset", "data": {}}]}`
	}
	manifest := strings.Replace(one, `"properties"`, `"metadata": `+metadata("A1", "App/Queue/Resource")+`, "additionalMetadataFile": "A.metadata.json", "properties"`, 1)
	for _, c := range []struct {
		files []string
		want  [2]string
	}{
		{[]string{"manifest.json", manifest, "A.json", template, "A.metadata.json", metadata("B2", "App/Other/Resource")}, [2]string{"App/Queue/Resource", "App/Other/Resource"}},
		{[]string{"manifest.json", manifest, "A.json", template}, [2]string{"App/Queue/Resource", ""}},
		{[]string{"manifest.json", manifest, "A.json", strings.Replace(template, `"Type"`, `"Metadata": {"aws:cdk:path": "App/Own"}, "Type"`, 1)}, [2]string{"App/Own", ""}},
		{[]string{"manifest.json", one, "A.json", template}, [2]string{"", ""}},
	} {
		a, err := assembly.Open(write(t, c.files...))
		if err != nil {
			t.Fatal(err)
		}
		s := a.Stacks()[0]
		if got := [2]string{s.Construct("A1"), s.Construct("B2")}; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// Catches: a single template that is read as something else, and one of two mistakes that is not said.
func TestOpenTemplate(t *testing.T) {
	dir := write(t, "a.yaml", "Resources:\n  Q: {Type: AWS::SQS::Queue}\n", "b.json", "{", "manifest.json", strings.Replace(one, `{"A": {`, `{"B": {"type": "aws:cloudformation:stack", "environment": "aws://a/b", "properties": {"templateFile": "b.json"}}, "A": {`, 1))
	a, err := assembly.OpenTemplate(filepath.Join(dir, "a.yaml"), "shop")
	if err != nil || len(a.Stacks()) != 1 || a.Stacks()[0].Name != "shop" || len(a.Stacks()[0].Resources("AWS::SQS::Queue")) != 1 {
		t.Errorf("%v: %+v", err, a)
	}
	if source, err := a.Stacks()[0].Source(); err != nil || !strings.HasPrefix(string(source), "Resources:") {
		t.Errorf("%v: %s", err, source)
	}
	if _, err := assembly.Open(dir); err == nil || !strings.Contains(err.Error(), "A.json") || !strings.Contains(err.Error(), "b.json:1:1: ") {
		t.Errorf("got %v", err)
	}
}

// Catches: an error that does not say which folder or file is wrong.
func TestOpenProblems(t *testing.T) {
	for _, c := range []struct {
		files []string
		want  string
	}{
		{nil, "is not a whole cloud assembly, the output of a synth"},
		{[]string{"manifest.json", "{"}, "manifest.json:1:1: unexpected end of JSON input"},
		{[]string{"manifest.json", "{}"}, "manifest.json: has no version"},
		{[]string{"manifest.json", `{"version": "1", "artifacts": {"A": {"type": "aws:cloudformation:stack", "environment": "x"}}}`}, `environment must be aws://account/region, got "x"`},
		{[]string{"manifest.json", `{"version": "1", "artifacts": {"A": {"type": "aws:cloudformation:stack", "environment": "aws://a/b", "properties": {"templateFile": "A.json"}}}}`}, "A.json"},
		{[]string{"manifest.json", `{"version": "1", "artifacts": {"A": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "stage"}}}}`}, "stage"},
		{[]string{"manifest.json", one, "A.json", "{\n \"A\": }"}, "A.json:2:7: invalid character '}'"},
		{[]string{"manifest.json", one, "A.json", nest("B.json")}, "A.json:1:79: the nested stack N: "},
		{[]string{"manifest.json", one, "A.json", "{" + strings.Repeat(" ", 17<<20) + "}"}, "A.json: has 17 MB; a template that CloudFormation takes has at most 1 MB"},
		{[]string{"manifest.json", one, "A.json", nest("A.json")}, "stacks nest more than 20 deep"},
	} {
		if _, err := assembly.Open(write(t, c.files...)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
