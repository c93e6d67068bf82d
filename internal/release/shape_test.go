package release

import (
	"bufio"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
)

// properties lists the leaves of s as testdata/schema.txt does.
func properties(path string, s shape) []string {
	switch s := s.(type) {
	case text:
		return []string{path + " string"}
	case number:
		return []string{path + " number"}
	case boolean:
		return []string{path + " boolean"}
	case texts:
		return []string{path + " map"}
	case list:
		return properties(path+"[]", s.of)
	case named:
		return properties(path+"[]", s.of)
	}
	var all []string
	for name, p := range s.(object) {
		if path != "" {
			name = path + "." + name
		}
		all = append(all, properties(name, p.shape)...)
	}
	sort.Strings(all)
	return all
}

// Catches: a property that CloudFormation has and the table of shapes lacks, and a type that differs. A new version of the
// CDK with a new property is noticed by the test module, which compares the same file with the bindings.
func TestShapeIsTheSchema(t *testing.T) {
	f, err := os.Open("testdata/schema.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var schema []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := lines.Text(); !strings.HasPrefix(line, "#") {
			schema = append(schema, line)
		}
	}
	if len(schema) < 100 {
		t.Fatalf("the schema has only %d properties", len(schema))
	}
	shapes := properties("", taskDefinition)
	for _, p := range schema {
		if !slices.Contains(shapes, p) {
			t.Errorf("no shape for %s", p)
		}
	}
	for _, p := range shapes {
		if !slices.Contains(schema, p) {
			t.Errorf("the schema has no %s", p)
		}
	}
}

// Catches: a property whose name in the API is only a guess. All names but these are the template's with a lower first
// letter; the test module holds every one against the AWS SDK.
func TestNamesThatDifferInMoreThanCase(t *testing.T) {
	got := map[string]string{}
	var walk func(shape)
	walk = func(s shape) {
		switch s := s.(type) {
		case list:
			walk(s.of)
		case named:
			walk(s.of)
		case object:
			for name, p := range s {
				if strings.ToLower(name[:1])+name[1:] != p.name {
					got[name] = p.name
				}
				walk(p.shape)
			}
		}
	}
	walk(taskDefinition)
	want := map[string]string{
		"EFSVolumeConfiguration":                  "efsVolumeConfiguration",
		"FSxWindowsFileServerVolumeConfiguration": "fsxWindowsFileServerVolumeConfiguration",
		"FilesystemId":                            "fileSystemId",
		"IAM":                                     "iam",
		"ProxyConfigurationProperties":            "properties",
		"S3FilesVolumeConfiguration":              "s3filesVolumeConfiguration",
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s is %q, want %q", name, got[name], want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is %q, which nobody expected", name, got[name])
		}
	}
}
