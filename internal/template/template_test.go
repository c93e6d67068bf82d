package template_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/template"
)

// write makes a folder of files, which are named and filled in turn.
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

const manifest = `{"version": "54.0.0", "artifacts": {"A": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/eu-west-1", "properties": {"templateFile": "A.json", "stackName": "a"}}}}`

// Catches: templates that are not found, others taken for templates, and a file named by a path that says not where it is.
func TestOpen(t *testing.T) {
	const small = `{"Resources": {}}`
	dir := write(t, "a.yaml", "Resources: {}", "b.json", small, "c/d.template", small, "package.json", "{}", "values.yaml", "a: 1", "empty.yml", "", "README.md", "{",
		"out/manifest.json", manifest, "out/A.json", small, "node_modules/x.json", "{", ".git/x.json", "{", "web/manifest.json", `{"manifest_version": 3, "version": "1"}`)
	stacks, err := template.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range stacks {
		got = append(got, s.File+" "+s.Name+" "+s.Account)
	}
	if want := []string{"a.yaml a ", "b.json b ", "c/d.template d ", "out/A.json a 111111111111"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	nested, err := template.Open(write(t, "manifest.json", manifest,
		"A.json", `{"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "N.nested.template.json"}}}}`,
		"N.nested.template.json", `{"Resources": {"M": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "M.json"}}}}`, "M.json", small))
	if err != nil || len(nested) != 3 || nested[2].Name != "a/N/M" || nested[2].Region != "eu-west-1" || nested[1].File != "N.nested.template.json" {
		t.Errorf("nested stacks are %+v, %v", nested, err)
	}
	if stacks, err := template.Open(filepath.Join(dir, "c/d.template")); err != nil || len(stacks) != 1 || stacks[0].File != "d.template" {
		t.Errorf("got %v, %v", stacks, err)
	}
}

// Each case catches a broken or a wrong input that is taken for nothing, or an error without its place.
func TestOpenProblems(t *testing.T) {
	for want, files := range map[string][]string{
		"is empty: it has neither a cloud assembly nor templates":                                            {},
		"is no cloud assembly (it has no manifest.json), and none of its files is a CloudFormation template": {"README.md", "x", "package.json", "{}"},
		"a.json:2:3: invalid character":                                                                      {"a.json", "{\n  x}"},
		"a.json:1:16: unexpected end of JSON input":                                                          {"a.json", `{"Resources": {}`},
		"a.yaml:2:1: is not YAML: the line is indented with a tab":                                           {"a.yaml", "a:\n\tb: 1"},
		"manifest.json:1:1: unexpected end of JSON input":                                                    {"manifest.json", "{"},
		"A.json:1:1: unexpected end of JSON input":                                                           {"manifest.json", manifest, "A.json", "{"},
		"A.json: no such file":                                                                               {"manifest.json", manifest},
		"b.yaml:1:8: an anchor holds itself":                                                                 {"b.yaml", "a: &a [*a]"},
	} {
		_, err := template.Open(write(t, files...))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := template.Open(write(t, "a.json", "{", "b.json", "{", "c/d.yaml", "a: ["))
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("want all three broken files, got %v", err)
	}
	if _, err := template.Open("nowhere"); err == nil || err.Error() != "nowhere: no such file or folder" {
		t.Errorf("got %v", err)
	}
}

// Catches: a short form of YAML that gives another value than the long one.
func TestShortForms(t *testing.T) {
	dir := write(t, "a.yaml", `
x: &x {A: 1, B: two}
Resources:
  R:
    Type: T
    Properties: [!Ref A, !GetAtt B.C.D, !GetAtt [B, C], !Sub "${A}", !Sub ["${X}", {X: !Ref A}], !Join [",", [a, !Ref B]], !If [C, 1, !Ref "AWS::NoValue"], !ImportValue x, true, 0.2, 012, 2010-09-09, ~, !Condition C]
    Merged: {<<: *x, B: three}
`)
	stacks, err := template.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	type m = map[string]any
	type l = []any
	r := stacks[0].Template["Resources"].(m)["R"].(m)
	want := l{m{"Ref": "A"}, m{"Fn::GetAtt": l{"B", "C.D"}}, m{"Fn::GetAtt": l{"B", "C"}}, m{"Fn::Sub": "${A}"}, m{"Fn::Sub": l{"${X}", m{"X": m{"Ref": "A"}}}},
		m{"Fn::Join": l{",", l{"a", m{"Ref": "B"}}}}, m{"Fn::If": l{"C", 1.0, m{"Ref": "AWS::NoValue"}}}, m{"Fn::ImportValue": "x"}, true, 0.2, "012", "2010-09-09", nil, m{"Condition": "C"}}
	if !reflect.DeepEqual(r["Properties"], want) {
		t.Errorf("got  %v\nwant %v", r["Properties"], want)
	}
	if !reflect.DeepEqual(r["Merged"], m{"A": 1.0, "B": "three"}) {
		t.Errorf("merged is %v", r["Merged"])
	}
}

// Each case catches a function that gives another text than CloudFormation does, or what is known at deployment only taken for known.
func TestText(t *testing.T) {
	type m = map[string]any
	type l = []any
	s := &assembly.Stack{Name: "shop", Account: "111111111111", Region: "eu-west-1", Template: m{
		"Parameters": m{"P": m{"Type": "String", "Default": "p"}, "Q": m{"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"}, "N": m{"Type": "Number", "Default": 3.0}},
		"Mappings":   m{"M": m{"a": m{"b": "mapped"}}},
		"Resources":  m{"R": m{}},
	}}
	in := template.In(s)
	for _, c := range []struct {
		v    any
		want string
	}{
		{"x", "x"}, {nil, ""}, {true, "true"}, {1.0, "1"}, {0.25, "0.25"}, {l{"a", 1.0}, `["a",1]`},
		{m{"Ref": "P"}, "p"}, {m{"Ref": "N"}, "3"}, {m{"Ref": "Q"}, "«Q»"}, {m{"Ref": "R"}, "«R»"}, {m{"Ref": "AWS::Region"}, "eu-west-1"},
		{m{"Ref": "AWS::AccountId"}, "111111111111"}, {m{"Ref": "AWS::StackName"}, "shop"}, {m{"Ref": "AWS::NotificationARNs"}, "«AWS::NotificationARNs»"},
		{m{"Fn::GetAtt": l{"R", "Arn"}}, "«R.Arn»"}, {m{"Fn::GetAtt": "R.Arn"}, "«R.Arn»"},
		{m{"Fn::Join": l{"-", l{"a", m{"Ref": "P"}, m{"Ref": "AWS::NoValue"}, "b"}}}, "a-p-b"},
		{m{"Fn::Sub": "${P} ${R.Arn} ${!Literal} ${AWS::Region} ${Unknown}"}, "p «R.Arn» ${Literal} eu-west-1 «Unknown»"},
		{m{"Fn::Sub": l{"${X}/${P}", m{"X": m{"Ref": "AWS::Partition"}}}}, "aws/p"},
		{m{"Fn::Select": l{1.0, l{"a", "b"}}}, "b"}, {m{"Fn::FindInMap": l{"M", "a", "b"}}, "mapped"}, {m{"Fn::FindInMap": l{"M", "a", "c"}}, "«FindInMap»"},
		{m{"Fn::If": l{"C", m{"Ref": "AWS::NoValue"}, "else"}}, "else"}, {m{"Fn::ImportValue": "x"}, "«ImportValue x»"},
		{m{"Fn::ToJsonString": m{"a": m{"Ref": "P"}}}, `{"a":"p"}`}, {m{"a": m{"Ref": "P"}, "b": m{"Ref": "AWS::NoValue"}}, `{"a":"p"}`},
	} {
		if got := in.Text(c.v); got != c.want {
			t.Errorf("%v: got %s, want %s", c.v, got, c.want)
		}
	}
	if id, ok := in.Resource(m{"Fn::GetAtt": l{"R", "Arn"}}); id != "R" || !ok {
		t.Errorf("got %s, %v", id, ok)
	}
	if _, ok := in.Resource(m{"Ref": "P"}); ok {
		t.Error("a parameter is a resource")
	}
}
