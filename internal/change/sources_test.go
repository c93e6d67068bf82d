package change

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
)

// places is where code is while the steps are followed: what was pushed to it last, by provider, repository or key, and branch.
type places struct {
	t    *testing.T
	name string
	code map[string]string
	// made are the repositories of CodeCommit and the source bucket that are there.
	made map[string]bool
	// last is the plan of the push that was made last.
	last *environment.Plan
	// file is what the configuration of that push has.
	file string
}

func at(s environment.Source) string { return place(s) + " " + s.Branch }

// makes are the places that the pipeline of a plan makes.
func makes(p *environment.Plan) []string {
	var all []string
	for _, s := range sources(p) {
		if hosted(s) {
			all = append(all, place(s))
		}
		if s.Provider == environment.S3 {
			all = append(all, "bucket")
		}
	}
	return all
}

var (
	toCodeCommit = regexp.MustCompile(`^git push https://git-codecommit\.\S+/v1/repos/(\S+) HEAD:(\S+)$`)
	toBucket     = regexp.MustCompile(`^aws s3 cp \S+ s3://[^/]+/(\S+)$`)
	toProvider   = regexp.MustCompile(`^Push (\S+) to branch (\S+) on (\S+)`)
)

// push is a push or an upload to a place, of a file or of a service's code.
func (w *places) push(to environment.Source, content string) {
	home := place(to)
	if to.Provider == environment.S3 {
		home = "bucket"
	}
	if !to.Provider.Connected() && !w.made[home] {
		w.t.Errorf("%s: a push to %s, which is not there", w.name, at(to))
	}
	w.code[at(to)] = content
}

// follows says that a pipeline looks for code, and what it must find; any code will do of a service.
func (w *places) follows(who string, s environment.Source, content string) {
	if got, ok := w.code[at(s)]; !ok || content != "" && got != content {
		w.t.Errorf("%s: the pipeline of %s finds %q in %s, want %q", w.name, who, got, at(s), content)
	}
}

// updated is what the platform pipeline's update of itself does: CloudFormation makes a repository, or gives it another name.
func (w *places) updated(next *environment.Plan) {
	old, new := w.last.DeliverySource(), next.DeliverySource()
	if hosted(old) && hosted(new) && old.Repository != new.Repository {
		for k, content := range w.code {
			if branch, ok := strings.CutPrefix(k, place(old)+" "); ok {
				w.code[place(new)+" "+branch] = content
				delete(w.code, k)
			}
		}
	}
	if hosted(new) {
		w.made[place(new)] = true
	}
	w.last = next
}

// sourced follows the steps of a change and checks that every pipeline finds its code, and the platform's the file of the push.
func sourced(t *testing.T, name string, c *Change, x *comparer) {
	t.Helper()
	if len(c.Steps) == 0 {
		return
	}
	w := &places{t: t, name: name, code: map[string]string{}, made: map[string]bool{}, last: x.old.plan}
	for _, s := range sources(x.old.plan) {
		w.code[at(s)] = "old"
	}
	for _, m := range makes(x.old.plan) {
		w.made[m] = true
	}
	pushes := x.pushes()
	for _, s := range c.Steps {
		content := "code"
		if strings.HasPrefix(s.Title, "Push the delivery repository") {
			file := slices.DeleteFunc(slices.Clone(s.Notes), func(n string) bool {
				return !strings.HasPrefix(n, "For this push, ") && !strings.HasPrefix(n, "With storeship.yaml as ")
			})
			content = strings.Join(file, "\n")
		}
		released := strings.HasPrefix(s.Title, "Wait until ") && strings.HasSuffix(s.Title, " released everywhere")
		for _, n := range s.Notes {
			if m := toProvider.FindStringSubmatch(n); m != nil {
				to := environment.Source{Provider: environment.Provider(strings.ToLower(strings.TrimSuffix(m[3], ","))), Branch: m[2]}
				to.Owner, to.Repository, _ = strings.Cut(m[1], "/")
				w.push(to, content)
			}
		}
		for _, command := range s.Commands {
			if m := toCodeCommit.FindStringSubmatch(command.Run); m != nil {
				w.push(environment.Source{Provider: environment.CodeCommit, Repository: m[1], Branch: m[2]}, content)
			}
			if m := toBucket.FindStringSubmatch(command.Run); m != nil {
				w.push(environment.Source{Provider: environment.S3, Key: m[1]}, content)
			}
		}
		switch {
		case strings.HasPrefix(s.Title, "Push the delivery repository, from its folder"):
			w.follows("the platform", w.last.DeliverySource(), content)
			w.file = content
			w.updated(pushes[0].plan)
			pushes = pushes[1:]
		case s.Title == "Wait for the platform pipeline":
			w.follows("the platform", w.last.DeliverySource(), w.file)
			for _, m := range makes(w.last) {
				w.made[m] = true
			}
		case released:
			for _, service := range w.last.Services {
				w.follows(service.Name, w.last.SourceOf(service), "")
			}
		}
	}
}

// Catches: a pipeline that follows a place where there is nothing, or an older file, for nobody was told to push there; or a push to
// a repository that nobody has made yet.
func TestCodeIsWhereItIsLookedFor(t *testing.T) {
	const (
		head       = "environments:\n"
		connection = `connection: "arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"`
		github     = "{provider: github, owner: acme, " + connection + "}"
	)
	delivery := func(s string) []string { return []string{head, "delivery: " + s + "\n" + head} }
	store := func(s string) []string { return []string{head, "source: " + s + "\n" + head} }
	nothing := []string{head, head}
	for name, x := range map[string]struct{ old, new []string }{
		"another branch":                          {nothing, delivery("{branch: release}")},
		"another name":                            {nothing, delivery("{repository: foo}")},
		"another name and branch":                 {nothing, delivery("{repository: foo, branch: release}")},
		"to GitHub":                               {nothing, delivery(github)},
		"from GitHub":                             {delivery(github), nothing},
		"from GitHub to a branch":                 {delivery(github), delivery("{branch: release}")},
		"another repository of GitHub":            {delivery(github), delivery("{repository: foo, provider: github, owner: acme, " + connection + "}")},
		"another branch of GitHub":                {delivery(github), delivery("{branch: release, provider: github, owner: acme, " + connection + "}")},
		"all to GitHub":                           {nothing, store(github)},
		"all from GitHub":                         {store(github), nothing},
		"a service to a repository that is new":   {nothing, []string{"retail-orders", "retail-orders2"}},
		"a service to another's repository":       {nothing, []string{"{repository: retail-orders}", "{repository: retail-ui, path: orders}"}},
		"a service to a branch of another's":      {nothing, []string{"{repository: retail-orders}", "{repository: retail-ui, branch: orders}"}},
		"a new service, in a branch of another's": {nothing, []string{"  catalog:\n", strings.Replace(cart, "{repository: retail-cart}", "{repository: retail-ui, branch: cart}", 1) + "  catalog:\n"}},
		"a service to the bucket":                 {nothing, []string{"{repository: retail-orders}", "{provider: s3}"}},
		"a service to another key of the bucket":  {[]string{"{repository: retail-orders}", "{provider: s3}"}, []string{"{repository: retail-orders}", "{provider: s3, key: other.zip}"}},
		"with a new caller": {nothing, append(delivery("{repository: foo, branch: release}"),
			"  catalog:\n", cart+"  catalog:\n", `orders.url}"`, `orders.url}", CART_URL: "${services.cart.url}"`)},
		"from GitHub, with a new caller": {delivery(github), []string{"  catalog:\n", cart + "  catalog:\n", `orders.url}"`, `orders.url}", CART_URL: "${services.cart.url}"`}},
		"with a region that goes":        {nothing, append(delivery("{branch: release}"), "\n      - {regions: [eu-west-1]}", "")},
	} {
		old, new := parse(t, "old.yaml", edit(t, base(t), x.old...)), parse(t, "new.yaml", edit(t, base(t), x.new...))
		c := New(old, new, Options{})
		if len(c.Refusals) > 0 || len(c.Steps) == 0 {
			t.Errorf("%s: %v", name, c.Refusals)
		}
		sourced(t, name, c, comparing(old, new))
	}
}

// Catches: "if it is not there yet" for a commit that cannot be there, so that nobody pushes it.
func TestDeliveryIsAlwaysPushed(t *testing.T) {
	const onGitHub = "delivery: {provider: github, owner: acme, connection: \"arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\"}\nenvironments:\n"
	old := edit(t, base(t), "environments:\n", onGitHub)
	for _, from := range []string{old, base(t)} {
		c := between(t, from, edit(t, old, "[eu-west-1]", "[eu-west-1, eu-central-1]"))
		pushes := 0
		for _, s := range c.Steps {
			for _, n := range s.Notes {
				if strings.HasPrefix(n, "Push acme/retail-store-delivery to branch main on GitHub") {
					pushes++
					if strings.Contains(n, "not there yet") {
						t.Errorf("%s: %s", s.Title, n)
					}
				}
			}
		}
		if pushes != 2 {
			t.Errorf("%d pushes to GitHub", pushes)
		}
	}
}

// The first steps that push to CodeCommit say how git gets its password, and no others.
func TestGitIsSetUpOnce(t *testing.T) {
	const connected = `{provider: github, owner: acme, connection: "arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}`
	github := edit(t, base(t), "environments:\n", "source: "+connected+"\nenvironments:\n")
	for name, x := range map[string]struct {
		old, new string
		want     int
	}{"from GitHub": {github, base(t), 3}, "to GitHub": {base(t), github, 0}} {
		n := 0
		for _, command := range commands(between(t, x.old, x.new)) {
			if strings.Contains(command, "git config --global") {
				n++
			}
		}
		if n != x.want {
			t.Errorf("%s: %d commands, want %d", name, n, x.want)
		}
	}
}
