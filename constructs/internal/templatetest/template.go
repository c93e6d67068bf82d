package templatetest

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/internal/kernel"
)

// Main runs the tests of a package without template validation, which costs seconds and is done for the whole app in
// test/, and ends the kernel.
func Main(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false")
	stop := kernel.Prepare()
	jsii.Close() // the runtime has read the environment already; closing makes it read it anew
	code := m.Run()
	jsii.Close()
	stop()
	os.Exit(code)
}

// Template is a synthesized template.
type Template struct {
	// Resources by logical id.
	Resources map[string]Resource
	// Parameters by logical id.
	Parameters map[string]Parameter
}

// Parameter is a parameter of a template.
type Parameter struct {
	// Type of the parameter, "AWS::SSM::Parameter::Value<String>".
	Type string
	// Default value: of an SSM parameter its name.
	Default string
}

// Resource is a resource of a template.
type Resource struct {
	// Type of the resource, "AWS::SQS::Queue".
	Type string
	// Properties as parsed JSON.
	Properties map[string]any
	// DependsOn lists logical ids.
	DependsOn []string
	// DeletionPolicy is empty where the template says nothing.
	DeletionPolicy string
	// UpdateReplacePolicy is empty where the template says nothing.
	UpdateReplacePolicy string
}

// Synth is the template of a stack. It synthesizes the stack's whole app, after which nothing can be added to it.
func Synth(stack awscdk.Stack) Template {
	var t Template
	raw, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err == nil {
		err = json.Unmarshal(raw, &t)
	}
	if err != nil {
		panic(err)
	}
	return t
}

// IDs are the logical ids of the resources of a type, sorted.
func (t Template) IDs(typ string) []string {
	var ids []string
	for id, r := range t.Resources {
		if r.Type == typ {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Only is the one resource of a type.
func (t Template) Only(tb testing.TB, typ string) Resource {
	tb.Helper()
	ids := t.IDs(typ)
	if len(ids) != 1 {
		tb.Fatalf("want one %s, got %v", typ, ids)
	}
	return t.Resources[ids[0]]
}

// One is the resource with that logical id.
func (t Template) One(tb testing.TB, id string) Resource {
	tb.Helper()
	r, ok := t.Resources[id]
	if !ok {
		tb.Fatalf("no resource %s", id)
	}
	return r
}

// Text is v as JSON, to look for what must or must not be in it.
func Text(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// WantText checks that each of the parts is in v as JSON.
func WantText(tb testing.TB, v any, parts ...string) {
	tb.Helper()
	for _, part := range parts {
		if !strings.Contains(Text(v), part) {
			tb.Errorf("want %s in %s", part, Text(v))
		}
	}
}
