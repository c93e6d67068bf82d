package conformance_test

import (
	"encoding/json"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/conformance"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/template"
)

// Catches: a panic over a template that is JSON and no template: values of a good one are replaced in turn by what nobody expects.
func TestStrangeTemplates(t *testing.T) {
	c, err := conformance.Default()
	if err != nil {
		t.Fatal(err)
	}
	good, err := template.Open(filepath.Join("..", "..", "apps", "storeship", "testdata", "conformance", "assembly"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := template.Open(filepath.Join("..", "..", "apps", "storeship", "testdata", "conformance", "plain"))
	if err != nil {
		t.Fatal(err)
	}
	strange := []any{nil, 1.5, true, "", "«", "|| (", "a\x00b", []any{}, []any{nil, []any{}}, map[string]any{}, map[string]any{"Ref": 3.0}, map[string]any{"Fn::If": []any{}},
		map[string]any{"Fn::Sub": []any{1.0, 2.0}}, map[string]any{"Fn::Join": "x"}, map[string]any{"Fn::Select": []any{"9", []any{}}}, map[string]any{"Fn::GetAtt": []any{}},
		map[string]any{"Ref": "AWS::NoValue"}, "{\"phases\": []}", "version: 0.2\nphases: {build: {commands: {a: [1]}}}"}
	random := rand.New(rand.NewSource(1))
	for _, stacks := range [][]*assembly.Stack{good, other} {
		var paths [][]any
		for i, s := range stacks {
			collect(s.Template, []any{i}, &paths)
		}
		if len(paths) < 300 {
			t.Fatalf("found %d values", len(paths))
		}
		for n := 0; n < len(paths); n += 3 {
			path := paths[n]
			changed := slices.Clone(stacks)
			i := path[0].(int)
			s := *stacks[i]
			s.Template = copyOf(t, stacks[i].Template)
			replace(s.Template, path[1:], strange[random.Intn(len(strange))])
			changed[i] = &s
			r := conformance.Judge(pipeline.Read(".", changed), changed, c)
			for _, write := range []func(io.Writer) error{r.WriteTable, r.WriteMarkdown, r.WriteJSON} {
				if err := write(io.Discard); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func copyOf(t *testing.T, m map[string]any) map[string]any {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// collect lists the paths of all values.
func collect(v any, path []any, into *[][]any) {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			p := append(slices.Clone(path), k)
			*into = append(*into, p)
			collect(v[k], p, into)
		}
	case []any:
		for i, x := range v {
			p := append(slices.Clone(path), i)
			*into = append(*into, p)
			collect(x, p, into)
		}
	}
}

func replace(in any, path []any, by any) {
	switch key := path[0].(type) {
	case string:
		m := in.(map[string]any)
		if len(path) == 1 {
			m[key] = by
			return
		}
		replace(m[key], path[1:], by)
	case int:
		l := in.([]any)
		if len(path) == 1 {
			l[key] = by
			return
		}
		replace(l[key], path[1:], by)
	}
}

// What the program does; CONFORMANCE_DIR names another assembly than the small one, such as the retail store's.
func BenchmarkJudge(b *testing.B) {
	dir := os.Getenv("CONFORMANCE_DIR")
	if dir == "" {
		dir = filepath.Join("..", "..", "apps", "storeship", "testdata", "conformance", "assembly")
	}
	for b.Loop() {
		c, err := conformance.Default()
		if err != nil {
			b.Fatal(err)
		}
		stacks, err := template.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		conformance.Judge(pipeline.Read(dir, stacks), stacks, c)
	}
}
