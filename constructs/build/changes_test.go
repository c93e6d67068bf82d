package build_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/templatetest"
)

// filtered are the pipelines of the monorepo; their patterns have what the shell might take for its own.
var filtered = []build.FilteredPipeline{
	filteredPipeline("catalog", environment.FilePaths{Includes: []string{"services/catalog/**", "lib/{go,common}/**"}, Excludes: []string{"**.md"}}),
	filteredPipeline("ui", environment.FilePaths{Includes: []string{"services/ui/**", "größe ? $(id) 'x'/*"}}),
	filteredPipeline("cart", environment.FilePaths{Excludes: []string{"services/{catalog,ui}/**", "docs/**", "größe*/**", "*", "lib/**"}}),
}

func filteredPipeline(service string, paths environment.FilePaths) build.FilteredPipeline {
	return build.FilteredPipeline{Name: "shop-" + service, Stack: "shop-" + service + "-pipeline", FilePaths: paths}
}

// filterTemplate is a stack with a change filter, synthesized once.
var filterTemplate = sync.OnceValue(func() templatetest.Template {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{
		"@aws-cdk/aws-iam:minimizePolicies":     true,
		"@aws-cdk/core:target-partitions":       []string{"aws"},
		"@aws-cdk/core:enablePartitionLiterals": true,
	}})
	stack := awscdk.NewStack(app, jsii.String("Sources"), &awscdk.StackProps{Env: &awscdk.Environment{
		Account: jsii.String("111111111111"), Region: jsii.String("us-west-2"),
	}})
	build.NewChangeFilter(stack, "Filter", &build.ChangeFilterProps{
		Account: "111111111111", Region: "us-west-2", Repository: "shop-mono", Branch: "main", Pipelines: filtered,
		LogGroup: awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Logs"), jsii.String("/shop/pipelines/sources")),
		Key: awskms.Key_FromKeyArn(stack, jsii.String("Key"),
			jsii.String("arn:aws:kms:us-west-2:111111111111:key/00000000-0000-0000-0000-000000000000")),
	})
	return templatetest.Synth(stack)
})

// Catches a filter that no push starts, or one without the commits; a role that may more than clone one repository and start
// its pipelines; and a project without the logs, the key or the host that it is to have.
func TestChangeFilter(t *testing.T) {
	template := filterTemplate()
	rule := template.Only(t, "AWS::Events::Rule").Properties
	want := `{"detail":{"event":["referenceCreated","referenceUpdated"],"referenceName":["main"],"referenceType":["branch"]},` +
		`"detail-type":["CodeCommit Repository State Change"],"resources":["arn:aws:codecommit:us-west-2:111111111111:shop-mono"],"source":["aws.codecommit"]}`
	if got := templatetest.Text(rule["EventPattern"]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want = `{"InputPathsMap":{"detail-commitId":"$.detail.commitId","detail-oldCommitId":"$.detail.oldCommitId"},` +
		`"InputTemplate":"{\"environmentVariablesOverride\":[{\"name\":\"COMMITS\",\"type\":\"PLAINTEXT\",\"value\":\"<detail-commitId> <detail-oldCommitId>\"}]}"}`
	target := rule["Targets"].([]any)[0].(map[string]any)
	if got := templatetest.Text(target["InputTransformer"]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	project := template.Only(t, "AWS::CodeBuild::Project").Properties
	templatetest.WantText(t, project, `"ComputeType":"BUILD_GENERAL1_SMALL"`, `"PrivilegedMode":false`, ":key/00000000-", `"GroupName":"/shop/pipelines/sources"`,
		`"Type":"NO_SOURCE"`)
	policies := ""
	for _, id := range template.IDs("AWS::IAM::Policy") {
		if strings.HasPrefix(id, "FilterRole") {
			policies += templatetest.Text(template.Resources[id].Properties["PolicyDocument"])
		}
	}
	const pipelines = "arn:aws:codepipeline:us-west-2:111111111111:shop-"
	for _, want := range []string{
		`"Action":"codecommit:GitPull","Effect":"Allow","Resource":"arn:aws:codecommit:us-west-2:111111111111:shop-mono"`,
		`"Action":"codepipeline:StartPipelineExecution","Effect":"Allow","Resource":["` + pipelines + `cart","` + pipelines + `catalog","` + pipelines + `ui"]`,
		`"Action":["logs:CreateLogStream","logs:PutLogEvents"]`,
	} {
		if !strings.Contains(policies, want) {
			t.Errorf("lacks %s: %s", want, policies)
		}
	}
	if got := strings.Count(policies, `"Effect"`); got != 3 {
		t.Errorf("%d statements: %s", got, policies)
	}
}

// monorepo is a build host of the filter with a real repository.
type monorepo struct {
	*host
	work, origin string
}

func newMonorepo(t *testing.T) *monorepo {
	t.Helper()
	properties := filterTemplate().Only(t, "AWS::CodeBuild::Project").Properties
	p := project{properties: properties, variables: map[string]string{}}
	must(t, json.Unmarshal([]byte(properties["Source"].(map[string]any)["BuildSpec"].(string)), &p.spec))
	for _, v := range properties["Environment"].(map[string]any)["EnvironmentVariables"].([]any) {
		v := v.(map[string]any)
		p.variables[v["Name"].(string)] = v["Value"].(string)
	}
	root := t.TempDir()
	h := &host{t: t, project: p, exported: map[string]string{}}
	for name, folder := range map[string]*string{"home": &h.home, "src": &h.source, "state": &h.state, "bin": &h.path} {
		*folder = filepath.Join(root, name)
		must(t, os.MkdirAll(*folder, 0o755))
	}
	h.install("aws", "aws-dispatch")
	h.install("sleep", "any")
	for _, it := range filtered {
		h.write("pipelines/"+it.Name, "")
	}
	m := &monorepo{h, filepath.Join(root, "work"), filepath.Join(root, "origin.git")}
	for _, arguments := range [][]string{
		{"init", "--quiet", "--bare", "--initial-branch=main", m.origin}, {"init", "--quiet", "--initial-branch=main", m.work},
	} {
		m.run1("git", arguments...)
	}
	m.git("remote", "add", "origin", m.origin)
	return m
}

func (m *monorepo) run1(name string, arguments ...string) string {
	m.t.Helper()
	c := exec.Command(name, arguments...)
	c.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a",
		"GIT_COMMITTER_EMAIL=a@b")
	out, err := c.CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s %q: %v\n%s", name, arguments, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (m *monorepo) git(arguments ...string) string {
	m.t.Helper()
	return m.run1("git", append([]string{"-C", m.work}, arguments...)...)
}

// commit changes files, pushes, and gives the new head. A name with a minus in front is removed.
func (m *monorepo) commit(names ...string) string {
	m.t.Helper()
	for _, name := range names {
		if gone, ok := strings.CutPrefix(name, "-"); ok {
			m.git("rm", "--quiet", "--", gone)
			continue
		}
		file := filepath.Join(m.work, name)
		must(m.t, os.MkdirAll(filepath.Dir(file), 0o755))
		text, _ := os.ReadFile(file)
		must(m.t, os.WriteFile(file, append(text, name+"\n"...), 0o600))
	}
	m.git("add", "--all")
	m.git("commit", "--quiet", "--allow-empty", "--message", fmt.Sprint(names))
	m.git("push", "--quiet", "--force", "origin", "HEAD:main")
	return m.git("rev-parse", "HEAD")
}

// pushed runs the filter as the event of a push does, and gives the services that it starts.
func (m *monorepo) pushed(commits string) []string {
	m.t.Helper()
	must(m.t, removeAll(filepath.Join(m.state, "calls")))
	m.output, m.failed = "", false
	m.run(map[string]string{"COMMITS": commits, "REPOSITORY_URL": "file://" + m.origin})
	services := m.started()
	slices.Sort(services)
	return services
}

func (m *monorepo) starts(what, commits string, want ...string) {
	m.t.Helper()
	got := m.pushed(commits)
	m.succeeds()
	if !slices.Equal(got, want) {
		m.t.Errorf("%s: starts %q, want %q:\n%s", what, got, want, m.output)
	}
}

var everything = []string{"cart", "catalog", "ui"}

// Each step catches a service that is not released though its files changed, or one that is released for nothing. Names of
// files are anybody's: spaces, quotes, line breaks, what is no UTF-8.
func TestChangesOfPushes(t *testing.T) {
	m := newMonorepo(t)
	head := m.commit("services/catalog/main.go", "services/ui/index.html", "services/cart/Cart.java", "README.md")
	step := func(what string, names []string, want ...string) {
		t.Helper()
		old := head
		head = m.commit(names...)
		m.starts(what, head+" "+old, want...)
	}
	step("a file", []string{"services/catalog/main.go"}, "catalog")
	step("two services", []string{"services/catalog/main.go", "services/ui/index.html"}, "catalog", "ui")
	step("the other side", []string{"services/cart/Cart.java"}, "cart")
	step("a folder that two share", []string{"lib/go/deep/er/x.go"}, "catalog")
	step("excluded", []string{"services/catalog/README.md"})
	step("excluded among others", []string{"services/catalog/README.md", "services/catalog/main.go"}, "catalog")
	step("nobody's", []string{"README.md", "docs/a/b.txt"})
	step("nothing", nil)
	step("a sibling by name", []string{"services/catalogue/x"}, "cart")
	step("new files of odd names", []string{"services/catalog/a b\n\"c\"$(touch x)'.go"}, "catalog")
	step("accents", []string{"größe ä $(id) 'x'/ß.txt"}, "ui")
	step("deleted", []string{"-services/ui/index.html"}, "ui")
	m.git("mv", "services/cart/Cart.java", "services/catalog/Cart.java")
	step("moved to another service", nil, "cart", "catalog")
	must(t, os.Chmod(filepath.Join(m.work, "services/catalog/main.go"), 0o755))
	step("mode alone", nil, "catalog")
	if _, err := os.Stat(filepath.Join(m.source, "x")); err == nil {
		t.Error("a file's name was executed")
	}
}

// Catches a name that is no text and therefore matches nothing. Some file systems refuse such names, so git makes it.
func TestChangesOfFilesThatAreNoText(t *testing.T) {
	m := newMonorepo(t)
	old := m.commit("README.md")
	blob := m.git("hash-object", "-w", "README.md")
	m.git("update-index", "--add", "--cacheinfo", "100644,"+blob+",services/catalog/b\xffd")
	m.git("commit", "--quiet", "--message", "odd")
	m.git("push", "--quiet", "origin", "HEAD:main")
	// What excludes cart's neighbours does not match the name either.
	m.starts("a name that is no UTF-8", m.git("rev-parse", "HEAD")+" "+old, "cart", "catalog")
}

// Catches a merge of which only the last parent counts, several commits of one push of which only the last does, and a
// branch that moved on while the build waited.
func TestChangesOfHistories(t *testing.T) {
	m := newMonorepo(t)
	old := m.commit("services/ui/a", "services/catalog/a")
	m.commit("services/ui/a")
	second := m.commit("services/catalog/a")
	m.starts("two commits of one push", second+" "+old, "catalog", "ui")

	m.git("checkout", "--quiet", "-b", "feature", old)
	feature := m.commitOnly("services/cart/x")
	m.git("checkout", "--quiet", "main")
	m.git("merge", "--quiet", "--no-ff", "--message", "merge", feature)
	m.git("push", "--quiet", "origin", "HEAD:main")
	merge := m.git("rev-parse", "HEAD")
	m.starts("a merge", merge+" "+second, "cart")
	m.commit("services/ui/b")
	m.starts("a branch that moved on", merge+" "+second, "cart")
}

// commitOnly commits a file without a push.
func (m *monorepo) commitOnly(name string) string {
	m.t.Helper()
	file := filepath.Join(m.work, name)
	must(m.t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(m.t, os.WriteFile(file, []byte(name), 0o600))
	m.git("add", "--all")
	m.git("commit", "--quiet", "--message", name)
	return m.git("rev-parse", "HEAD")
}

// commitMany commits and pushes that many files of one content, without writing each of them to the disk, and gives the new head.
func (m *monorepo) commitMany(n int) string {
	m.t.Helper()
	index, blob := filepath.Join(m.t.TempDir(), "index"), m.git("rev-parse", "HEAD:services/ui/a")
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "100644 %s\tdocs/%d\n", blob, i)
	}
	must(m.t, os.WriteFile(index, []byte(lines.String()), 0o600))
	m.run1("sh", "-c", `git -C "$0" update-index --index-info <"$1"`, m.work, index)
	m.git("commit", "--quiet", "--message", "many")
	m.git("push", "--quiet", "--force", "origin", "HEAD:main")
	m.git("reset", "--quiet", "--hard", "HEAD~1")
	return m.git("rev-parse", "ORIG_HEAD")
}

// Catches a service that is not released because the filter does not know what changed: there, all are.
func TestChangesThatAreUnknown(t *testing.T) {
	m := newMonorepo(t)
	first := m.commit("services/ui/a")
	m.starts("a new branch", first+" ", everything...)
	m.starts("a new branch, and EventBridge leaves its word", first+" <detail-oldCommitId>", everything...)
	m.starts("no event", "none", everything...)
	m.starts("an old commit of zeros", first+" "+strings.Repeat("0", 40), everything...)

	second := m.commit("services/ui/a")
	m.git("checkout", "--quiet", "-B", "main", first)
	third := m.commit("services/catalog/b")
	m.starts("a rewritten branch", third+" "+second, everything...)
	m.git("checkout", "--quiet", "-B", "main", first)
	m.git("push", "--quiet", "--force", "origin", "HEAD:main")
	m.starts("a branch set back", first+" "+third, everything...)

	m.starts("thousands of files", m.commitMany(5001)+" "+first, everything...)

	old := m.git("rev-parse", "HEAD")
	fresh := m.commit("services/ui/c")
	m.origin = filepath.Join(m.work, "gone")
	m.starts("a repository that cannot be cloned", fresh+" "+old, everything...)
	if got := len(m.calls("sleep")); got != 2 {
		t.Errorf("tries again %d times", got)
	}
}

// Catches a pipeline that is not there yet, or that cannot be started, and keeps the others from starting.
func TestChangesStart(t *testing.T) {
	m := newMonorepo(t)
	old := m.commit("services/ui/a", "services/catalog/a")
	head := m.commit("services/ui/a", "services/catalog/a", "services/cart/a")
	must(t, removeAll(filepath.Join(m.state, "pipelines/shop-catalog")))
	m.starts("a pipeline that is missing", head+" "+old, everything...)
	for _, want := range []string{"shop-catalog: is not there yet; create it with: npx cdk deploy shop-catalog-pipeline", "started: shop-ui shop-cart", "not there yet: shop-catalog"} {
		if !strings.Contains(m.output, want) {
			t.Errorf("does not say %q:\n%s", want, m.output)
		}
	}
	m.write("pipelines/shop-catalog", "")
	m.write("fail/start-pipeline-execution/shop-catalog", "AccessDeniedException")
	if got := m.pushed(head + " " + old); !slices.Equal(got, everything) {
		t.Errorf("asks for %q", got)
	}
	m.fails("AccessDeniedException", "failed: shop-catalog", "started: shop-ui shop-cart", "start by hand what failed")
}

// Catches a mistake of which a user hears only after another is repaired.
func TestChangeFilterProblems(t *testing.T) {
	defer func() {
		want := `build.ChangeFilter Sources/Filter:
  Account: must be 12 digits, got "1"
  Region: required
  Repository: required
  Branch: must be the name of one branch, got "*"
  Pipelines[0].Name: required
  Pipelines[0].Stack: required
  Pipelines[0].FilePaths: required: without them every push starts the pipeline, which needs no filter
  Pipelines[1].FilePaths: "[a" is no pattern: a [ has no ]
  LogGroup: required
  Key: required`
		if err, ok := recover().(*node.Error); !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Sources"), nil)
	build.NewChangeFilter(stack, "Filter", &build.ChangeFilterProps{
		Account: "1", Branch: "*",
		Pipelines: []build.FilteredPipeline{{}, filteredPipeline("ui", environment.FilePaths{Excludes: []string{"[a"}})},
	})
}
