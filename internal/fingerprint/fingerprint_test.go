package fingerprint_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/fingerprint"
)

// store is an assembly of two pipelines, each with a stage: ui's releases with CodeDeploy.
var store = map[string]string{
	"manifest.json": `{"version": "54.0.0", "artifacts": {
		"shop-ui": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "displayName": "shop-ui",
			"properties": {"templateFile": "shop-ui.template.json", "tags": {"store": "shop"}}},
		"shop-uis": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "displayName": "shop-uis",
			"properties": {"templateFile": "shop-uis.template.json"}},
		"access": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "displayName": "access",
			"properties": {"templateFile": "access.template.json"}},
		"assembly-shop-ui-beta": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-shop-ui-beta", "displayName": "shop-ui/beta"}},
		"assembly-shop-uis-beta": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-shop-uis-beta", "displayName": "shop-uis/beta"}}}}`,
	"tree.json":            `{"version": "tree-0.1"}`,
	"access.template.json": `{"Description": "access"}`,
	"shop-ui.template.json": `{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": "shop-ui", "Stages": [
		{"Name": "beta", "Actions": [{"Name": "BlueGreen", "Configuration": {
			"TaskDefinitionTemplatePath": "beta/us-west-2/ui/taskdef.json", "AppSpecTemplatePath": "beta/us-west-2/ui/appspec.yaml"}}]}]}}}}`,
	"shop-uis.template.json":                       `{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": "shop-uis", "Stages": [{"Actions": [{"Name": "Synth"}]}]}}}}`,
	"assembly-shop-ui-beta/manifest.json":          stage,
	"assembly-shop-ui-beta/service.template.json":  `{"Description": "ui", "Resources": {"T": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Cpu": "256", "Memory": "512"}}}}`,
	"assembly-shop-uis-beta/manifest.json":         stage,
	"assembly-shop-uis-beta/service.template.json": `{"Description": "uis"}`,
	"releases/beta/us-west-2/ui/taskdef.json":      `{"cpu": "256", "family": "ui"}`,
	"releases/beta/us-west-2/ui/appspec.yaml":      "version: 0.0\n",
}

const stage = `{"version": "54.0.0", "artifacts": {"service": {"type": "aws:cloudformation:stack", "environment": "aws://222222222222/us-west-2",
	"displayName": "beta/service", "properties": {"templateFile": "service.template.json", "stackName": "shop-beta"}}}}`

// with is the store with other files: names and contents in turn. An empty content removes the file.
func with(changes ...string) map[string]string {
	files := maps.Clone(store)
	for i := 0; i < len(changes); i += 2 {
		files[changes[i]] = changes[i+1]
		if changes[i+1] == "" {
			delete(files, changes[i])
		}
	}
	return files
}

// replaced is the store with one text of one file replaced.
func replaced(t *testing.T, file, old, new string) map[string]string {
	t.Helper()
	if !strings.Contains(store[file], old) {
		t.Fatalf("%s has no %s", file, old)
	}
	return with(file, strings.Replace(store[file], old, new, 1))
}

func of(t *testing.T, files map[string]string) ([]fingerprint.Fingerprint, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := assembly.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return fingerprint.Of(a)
}

// sums are the two pipelines' hashes.
func sums(t *testing.T, files map[string]string) (ui, uis string) {
	t.Helper()
	all, err := of(t, files)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].Pipeline != "shop-ui" || all[1].Pipeline != "shop-uis" {
		t.Fatalf("fingerprints are %v", all)
	}
	for _, f := range all {
		if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(f.SHA256) {
			t.Errorf("%s is no SHA-256", f.SHA256)
		}
	}
	return all[0].SHA256, all[1].SHA256
}

// Catches: what changes nothing that is deployed and starts a release all the same: the folder's name, formatting, the order
// of keys, and what a synth writes besides.
func TestSame(t *testing.T) {
	ui, uis := sums(t, store)
	for name, files := range map[string]map[string]string{
		"another folder": store,
		"formatting": with(
			"assembly-shop-ui-beta/service.template.json", `{"Resources":{"T":{"Properties":{"Memory":"512","Cpu":"256"},"Type":"AWS::ECS::TaskDefinition"}},"Description":"ui"}`,
			"releases/beta/us-west-2/ui/taskdef.json", "{\n  \"family\": \"ui\",\n  \"cpu\": \"256\"\n}\n"),
		"other files":   with("tree.json", "{}", "shop-ui.metadata.json", "{}", "validation-report.json", "{}", "releases/beta/us-west-2/cart/taskdef.json", "{}"),
		"other stack":   replaced(t, "access.template.json", "access", "other"),
		"traces":        replaced(t, "manifest.json", `"displayName": "access",`, `"displayName": "access", "metadata": {"/access": []},`),
		"other version": replaced(t, "manifest.json", "54.0.0", "55.0.0"),
	} {
		if gotUI, gotUIs := sums(t, files); gotUI != ui || gotUIs != uis {
			t.Errorf("%s: changes a fingerprint", name)
		}
	}
}

// Catches: a change of what is deployed that starts nothing, or starts another service.
func TestChanged(t *testing.T) {
	const own = "assembly-shop-ui-beta/service.template.json"
	ui, uis := sums(t, store)
	seen := map[string]string{ui: "nothing"}
	region := replaced(t, "manifest.json", `"assembly-shop-ui-beta": {`, `"assembly-shop-ui-prod": {"type": "cdk:cloud-assembly",
		"properties": {"directoryName": "assembly-shop-ui-prod", "displayName": "shop-ui/prod"}}, "assembly-shop-ui-beta": {`)
	region["assembly-shop-ui-prod/manifest.json"], region["assembly-shop-ui-prod/service.template.json"] = stage, store[own]
	for name, files := range map[string]map[string]string{
		"a property":       replaced(t, own, `"256"`, `"512"`),
		"a type of value":  replaced(t, own, `"256"`, `256`),
		"the pipeline":     replaced(t, "shop-ui.template.json", "BlueGreen", "Release"),
		"a tag":            replaced(t, "manifest.json", `"store": "shop"`, `"store": "other"`),
		"a release":        replaced(t, "releases/beta/us-west-2/ui/taskdef.json", "256", "512"),
		"an appspec":       replaced(t, "releases/beta/us-west-2/ui/appspec.yaml", "0.0", "0.1"),
		"a lost release":   with("releases/beta/us-west-2/ui/taskdef.json", ""),
		"a region more":    region,
		"a renamed target": replaced(t, "assembly-shop-ui-beta/manifest.json", `"templateFile": "service.template.json"`, `"templateFile": "../access.template.json"`),
	} {
		gotUI, gotUIs := sums(t, files)
		if other, ok := seen[gotUI]; ok {
			t.Errorf("%s: the same fingerprint as with %s", name, other)
		}
		seen[gotUI] = name
		if gotUIs != uis {
			t.Errorf("%s: changes the fingerprint of shop-uis, whose name begins the same", name)
		}
	}
}

// Catches: one of two pipelines' fingerprints that is lost, or taken for the other's.
func TestTwoOfAName(t *testing.T) {
	_, err := of(t, replaced(t, "shop-uis.template.json", `"Name": "shop-uis"`, `"Name": "shop-ui"`))
	if err == nil || !strings.Contains(err.Error(), "two pipelines are named shop-ui, in the stacks shop-ui and shop-uis") {
		t.Errorf("error is %v", err)
	}
}

// Catches: a pipeline that CloudFormation names, and a stack without one, taken for something to start.
func TestNothingToFingerprint(t *testing.T) {
	all, err := of(t, with("shop-ui.template.json", `{}`, "shop-uis.template.json",
		`{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": {"Ref": "N"}}}, "Q": {"Type": "AWS::CodePipeline::Pipeline"}}}`))
	if err != nil || len(all) != 0 {
		t.Errorf("got %v, %v", all, err)
	}
}

// Catches: a broken release hashed as it is, an action that leads out of the assembly, and an error that does not say where.
func TestReleaseFiles(t *testing.T) {
	_, err := of(t, with("releases/beta/us-west-2/ui/taskdef.json", "{"))
	if err == nil || !strings.Contains(err.Error(), "pipeline shop-ui: releases/beta/us-west-2/ui/taskdef.json: ") {
		t.Errorf("error is %v", err)
	}
	// The pipeline of another app, whose actions read other artifacts.
	out := replaced(t, "shop-ui.template.json", "beta/us-west-2/ui/taskdef.json", "../tree.json")
	before, _ := sums(t, out)
	out["tree.json"] = "{}"
	if after, _ := sums(t, out); after != before {
		t.Error("reads a file outside of the folder of releases")
	}
}
