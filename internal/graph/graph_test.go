package graph_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/graph"
)

// action is an action of a stage in JSON.
func action(name, category, provider string, order int, configuration string) string {
	return fmt.Sprintf(`{"Name": %q, "ActionTypeId": {"Category": %q, "Provider": %q}, "RunOrder": %d, "Configuration": %s}`, name, category, provider, order, configuration)
}

func stage(name string, actions ...string) string {
	return fmt.Sprintf(`{"Name": %q, "Actions": [%s]}`, name, strings.Join(actions, ", "))
}

func deploy(stack string) string { return fmt.Sprintf(`{"StackName": %q}`, stack) }

// write makes an assembly: a pipeline in a tools account, stacks in others, and one that nobody deploys.
func write(t testing.TB, name string, stages ...string) *assembly.Assembly {
	t.Helper()
	dir := t.TempDir()
	stack := func(id, account, region string) string {
		return fmt.Sprintf(`%q: {"type": "aws:cloudformation:stack", "environment": "aws://%s/%s", "properties": {"templateFile": "%s.json", "stackName": %q}}`, id, account, region, id, strings.Split(id, "@")[0])
	}
	files := map[string]string{
		"manifest.json": `{"version": "54.0.0", "artifacts": {` + strings.Join([]string{
			stack("pipeline", "111111111111", "us-west-2"), stack("shop-beta", "222222222222", "us-west-2"), stack("shop-prod", "444444444444", "us-west-2"),
			stack("alone", "555555555555", "us-west-2"), stack("alone@2", "555555555555", "us-east-1"),
		}, ", ") + `}}`,
		"pipeline.json":  fmt.Sprintf(`{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": %q, "Stages": [%s]}}}}`, name, strings.Join(stages, ", ")),
		"shop-beta.json": `{}`, "shop-prod.json": `{}`, "alone.json": `{}`, "alone@2.json": `{}`,
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := assembly.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var stages = []string{
	stage("Source", action("code", "Source", "CodeCommit", 1, "{}")),
	stage("beta", action("Deploy", "Deploy", "CloudFormation", 2, deploy("shop-beta")), action("Smoke", "Build", "CodeBuild", 3, "{}")),
	stage("prod", action("us.Deploy", "Deploy", "CloudFormation", 2, deploy("shop-prod")), action("Approve", "Approval", "Manual", 1, "{}")),
}

// Catches: actions in the order of the template instead of that in which they run, and a stage without what it deploys.
func TestPipelines(t *testing.T) {
	all := graph.Pipelines(write(t, "shop", stages...).Stacks())
	if len(all) != 1 || len(all[0].Stages) != 3 || all[0].Account != "111111111111" {
		t.Fatalf("got %+v", all)
	}
	prod := all[0].Stages[2]
	if a := prod.Actions[0]; a.Name != "Approve" || !a.Approves() || !a.Guards() || a.Index != 1 {
		t.Errorf("got %+v", a)
	}
	if a := prod.Actions[1]; a.Deploys != "shop-prod" || a.Guards() || !slices.Equal(prod.Targets(), []string{"us"}) {
		t.Errorf("got %+v with targets %v", a, prod.Targets())
	}
	if got := all[0].Stages[1].Targets(); !slices.Equal(got, []string{"beta"}) {
		t.Errorf("targets are %v", got)
	}
}

// Catches: a stage drawn over the account of another, and a stack that the picture forgets.
func TestOf(t *testing.T) {
	g := graph.Of(write(t, "shop", stages...))
	var columns []string
	for _, c := range g.Columns {
		columns = append(columns, c.Name+" "+c.Account)
	}
	if want := []string{"Source 111111111111", "beta 222222222222", "prod 444444444444"}; !slices.Equal(columns, want) {
		t.Errorf("columns are %v", columns)
	}
	if len(g.Rest) != 1 || !slices.Equal(g.Rest[0].Stacks, []string{"alone in 2 regions"}) {
		t.Errorf("rest is %+v", g.Rest)
	}
}

// Catches: a picture that is no XML, differs from run to run, or runs what a name says.
func TestWriteSVG(t *testing.T) {
	hostile := `<script>alert("1")</script>&"'`
	var first string
	for range 3 {
		var b strings.Builder
		if err := graph.Of(write(t, hostile, stages...)).WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		if first != "" && first != b.String() {
			t.Fatal("two runs differ")
		}
		first = b.String()
	}
	d := xml.NewDecoder(strings.NewReader(first))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("a name became a script")
		}
	}
	for _, text := range []string{"✓ Approve", "222222222222", "deployed by hand to 555555555555: alone in 2 regions"} {
		if !strings.Contains(first, text) {
			t.Errorf("the picture has no %s", text)
		}
	}
}

// Catches: an assembly without a pipeline that cannot be drawn.
func TestWriteSVGWithoutPipelines(t *testing.T) {
	var b strings.Builder
	g := graph.Of(write(t, "shop"))
	g.Pipelines, g.Columns = nil, nil
	if err := g.WriteSVG(&b); err != nil || !strings.Contains(b.String(), "no pipeline deploys this") {
		t.Errorf("%v: %s", err, b.String())
	}
}
