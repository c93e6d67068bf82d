package change

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
)

// walk is what the steps do to the stacks, command by command.
type walk struct {
	t       *testing.T
	name    string
	old     map[string]bool
	new     map[string]rollout.Stack
	ids     map[string]rollout.Stack
	deleted []string
	// at has the place of the first command of a kind: "push", "deploy <id>", "delete <stack>".
	at map[string]int
	// last has the place of the last one.
	last map[string]int
	// step has the number of the step in which the deletion of a stack begins.
	step map[string]int
	n    int
	// early says that the last push had only made regions dark: nothing relies on it but what is deleted later.
	early bool
}

func key(account, region, name string) string { return account + " " + region + " " + name }

func keyOf(s rollout.Stack) string { return key(s.Account(), s.Region(), s.Name) }

var stackCommand = regexp.MustCompile(`^aws cloudformation (delete-stack|wait stack-delete-complete) --region (\S+) --stack-name (\S+)$`)

func (w *walk) see(what string) {
	if w.early && (what == "push" || what == "platform") {
		return
	}
	if _, ok := w.at[what]; !ok {
		w.at[what] = w.n
	}
	w.last[what] = w.n
}

func (w *walk) command(c rollout.Command) {
	w.n++
	switch {
	case strings.HasPrefix(c.Run, "npx cdk deploy "):
		for _, id := range strings.Fields(c.Run)[3:] {
			if strings.HasPrefix(id, "-") {
				break
			}
			s, ok := w.ids[id]
			if !ok || s.Account() != c.Account {
				w.t.Errorf("%s: cdk deploy of %s in %s, which the new plan does not have", w.name, id, c.Account)
			}
			w.see("deploy " + keyOf(s))
		}
	case stackCommand.MatchString(c.Run):
		m := stackCommand.FindStringSubmatch(c.Run)
		k := key(c.Account, m[2], m[3])
		if _, ok := w.new[k]; ok {
			w.t.Errorf("%s: %s of %s, which the new plan has", w.name, m[1], k)
		}
		if m[1] == "delete-stack" {
			w.deleted = append(w.deleted, k)
			w.see("delete " + k)
		} else {
			w.see("deleted " + k)
		}
	case strings.HasPrefix(c.Run, "for arn in $(aws cloudformation list-stack-resources "):
		f := strings.Fields(c.Run)
		w.see("unprotect " + key(c.Account, f[slices.Index(f, "--region")+1], f[slices.Index(f, "--stack-name")+1]))
	case strings.Contains(c.Run, "get-pipeline-state") && strings.Contains(c.Run, "-platform "):
		w.see("platform")
	case strings.HasPrefix(c.Run, "test -s bootstrap.sh && sh bootstrap.sh"):
		for _, word := range strings.Fields(c.Run)[6:] {
			w.see("bootstrap " + word)
		}
	}
}

// before fails unless a comes before b, where both are there.
func (w *walk) before(a, b string) {
	i, ok := w.last[a]
	j, ok2 := w.at[b]
	if ok && ok2 && i >= j {
		w.t.Errorf("%s: %s comes after %s", w.name, a, b)
	}
}

// check walks through the steps of a change and tells what is wrong with them.
func check(t *testing.T, name string, c *Change, old, new *environment.Plan) {
	t.Helper()
	if len(c.Refusals) > 0 || len(c.Differences) == 0 {
		if len(c.Steps) > 0 {
			t.Errorf("%s: steps in spite of %v", name, c.Refusals)
		}
		return
	}
	w := &walk{t: t, name: name, old: map[string]bool{}, new: map[string]rollout.Stack{}, ids: map[string]rollout.Stack{}, at: map[string]int{}, last: map[string]int{}, step: map[string]int{}}
	for _, s := range stacks(old) {
		w.old[keyOf(s)] = true
	}
	for _, s := range stacks(new) {
		w.new[keyOf(s)] = s
		if s.ID != "" {
			w.ids[s.ID] = s
		}
	}
	for i, s := range c.Steps {
		if strings.HasPrefix(s.Title, "Push the delivery repository, from its folder") {
			w.early = strings.Contains(strings.Join(s.Notes, " "), "Nothing else changes yet")
			w.n++
			w.see("push")
		}
		if strings.Contains(strings.Join(s.Notes, " "), "reads storeship.yaml as the push before has it") {
			continue // stacks of the plan between, of which each is there
		}
		for _, x := range s.Commands {
			n := len(w.deleted)
			w.command(x)
			for _, k := range w.deleted[n:] {
				w.step[k] = i
			}
		}
	}
	w.accounts(old, new)
	w.order(old, new)
	w.callers(old, new)
}

// accounts checks that what goes is deleted once, and what comes is made by someone.
func (w *walk) accounts(old, new *environment.Plan) {
	for _, k := range w.deleted {
		if n := len(slices.DeleteFunc(slices.Clone(w.deleted), func(o string) bool { return o != k })); n != 1 {
			w.t.Errorf("%s: %s is deleted %d times", w.name, k, n)
		}
		if _, ok := w.at["deleted "+k]; !ok {
			w.t.Errorf("%s: nobody waits for the end of %s", w.name, k)
		}
	}
	for k := range w.old {
		if _, stays := w.new[k]; !stays && !slices.Contains(w.deleted, k) {
			w.t.Errorf("%s: %s is left behind", w.name, k)
		}
	}
	for k, s := range w.new {
		_, deployed := w.at["deploy "+k]
		if s.Pipeline == "" && !w.old[k] && !deployed {
			w.t.Errorf("%s: nobody creates %s", w.name, k)
		}
		if s.Pipeline != "" && deployed {
			w.t.Errorf("%s: people deploy %s, which %s does", w.name, k, s.Pipeline)
		}
	}
}

// order checks what must come before what.
func (w *walk) order(old, new *environment.Plan) {
	store := new.Store
	if _, ok := w.at["push"]; !ok {
		w.t.Errorf("%s: nothing is pushed", w.name)
	}
	for k, s := range w.new {
		if w.old[k] || s.ID == "" {
			continue
		}
		if s.Holds != "" && strings.HasSuffix(s.Name, "-pipeline") {
			if w.at["push"] > w.at["deploy "+k] || w.at["platform"] > w.at["deploy "+k] {
				w.t.Errorf("%s: %s is created before the platform pipeline has run", w.name, s.Name)
			}
			continue
		}
		if w.at["deploy "+k] > w.at["push"] {
			w.t.Errorf("%s: %s is deployed after the push that needs it", w.name, s.Name)
		}
	}
	for _, s := range only(services(old), services(new)) {
		k := key(store.Tools.Account, store.Tools.Region, store.PipelineStackName(s))
		if w.last["deleted "+k] > w.last["push"] {
			w.t.Errorf("%s: the pipeline of %s outlives its service", w.name, s)
		}
	}
	for _, t := range old.Store.Targets() {
		at := func(name string) string { return key(t.Environment.Account, t.Region, name) }
		for _, s := range services(old) {
			w.before("deleted "+at(t.ServiceStackName(s)), "delete "+at(t.IngressStackName()))
			w.before("delete "+key(store.Tools.Account, store.Tools.Region, store.PipelineStackName(s)), "delete "+at(t.ServiceStackName(s)))
		}
		w.before("deleted "+at(t.IngressStackName()), "delete "+at(t.NetworkStackName()))
		w.before("deleted "+at(t.NetworkStackName()), "delete "+key(t.Environment.Account, store.Tools.Region, t.Environment.AccessStackName(store)))
		w.before("deleted "+at(t.NetworkStackName()), "delete "+key(store.Tools.Account, t.Region, store.ArtifactsStackName()))
		if _, ok := w.at["delete "+at(t.IngressStackName())]; ok {
			if _, unprotected := w.at["unprotect "+at(t.IngressStackName())]; !unprotected {
				w.t.Errorf("%s: the load balancers of %s are protected", w.name, t.ID())
			}
			w.before("unprotect "+at(t.IngressStackName()), "delete "+at(t.IngressStackName()))
			// A pipeline that has not updated itself would make it again.
			w.before("push", "delete "+at(t.IngressStackName()))
			w.before("platform", "delete "+at(t.IngressStackName()))
		}
	}
	w.bootstrapped(new)
}

// callers checks that no service is deleted while one that goes as well still runs and calls it.
func (w *walk) callers(old, new *environment.Plan) {
	for _, t := range old.Store.Targets() {
		step := func(service string) (int, bool) {
			i, ok := w.step[key(t.Environment.Account, t.Region, t.ServiceStackName(service))]
			return i, ok
		}
		for _, s := range only(services(old), services(new)) {
			for _, value := range variables(old.Service(s).In(t.Environment)) {
				for _, called := range environment.References(value) {
					caller, ok := step(s)
					if first, ok2 := step(called); ok && ok2 && first < caller {
						w.t.Errorf("%s: %s is deleted in step %d, and %s, which calls it, in step %d", w.name, called, first+1, s, caller+1)
					}
				}
			}
		}
	}
}

// bootstrapped checks that every region of an account that gets its first stack is prepared before.
func (w *walk) bootstrapped(new *environment.Plan) {
	had := map[string]bool{}
	for k := range w.old {
		had[strings.Join(strings.Fields(k)[:2], " ")] = true
	}
	for _, a := range rollout.New(new, rollout.Options{}).Accounts {
		for _, r := range a.Regions {
			if at, ok := w.at["bootstrap "+a.Holds[0]]; !had[a.ID+" "+r.Name] && (!ok || at > w.at["push"]) {
				w.t.Errorf("%s: nobody prepares %s %s", w.name, a.ID, r.Name)
			}
		}
	}
}

// The steps of every golden change. Catches what a person reading them would only find at night.
func TestStepsOfCases(t *testing.T) {
	for _, x := range cases {
		old, new := base(t), edit(t, base(t), x.edits...)
		if x.back {
			old, new = new, old
		}
		check(t, x.name, between(t, old, new), parse(t, "old.yaml", old).Plan(), parse(t, "new.yaml", new).Plan())
	}
}

// At no push does a pipeline start that releases a caller of what is not there yet, or leave one that calls what is gone.
func TestPushes(t *testing.T) {
	for _, x := range cases {
		old, new := base(t), edit(t, base(t), x.edits...)
		if x.back {
			old, new = new, old
		}
		safe(t, x.name, old, new)
	}
}

func safe(t *testing.T, name, old, new string) {
	t.Helper()
	a, b := parse(t, "old.yaml", old), parse(t, "new.yaml", new)
	c := New(a, b, Options{})
	if len(c.Refusals) > 0 {
		return
	}
	x := comparing(a, b)
	sourced(t, name, c, x)
	customers(t, name, x.old.plan, x.new.plan, x.pushes())
	last := x.old.plan
	for i, p := range x.pushes() {
		if err := p.plan.Validate().Err(); err != nil {
			t.Errorf("%s: push %d: %v", name, i+1, err)
		}
		for _, s := range both(services(p.plan), services(last)) {
			for _, e := range both(environments(p.plan), environments(last)) {
				before, after := resolved(last, s, e), resolved(p.plan, s, e)
				calls := func(p *environment.Plan, missing []string) {
					given := variables(p.Service(s).In(p.Store.Environment(e)))
					for _, v := range slices.Sorted(maps.Keys(given)) {
						if called := both(environment.References(given[v]), missing); len(called) > 0 && before[v] != after[v] {
							t.Errorf("%s: push %d: %s calls %s in %s", name, i+1, s, called, e)
						}
					}
				}
				calls(p.plan, only(services(p.plan), services(last)))
				calls(last, only(services(last), services(p.plan)))
			}
		}
		last = p.plan
	}
}

// Commands run on macOS: bash 3.2, and sh. Catches a word that only a newer shell knows, and a quote that does not end.
func TestCommandsArePortable(t *testing.T) {
	newer := regexp.MustCompile(`\[\[|&>|<\(|\|&|\b(mapfile|readarray|declare|local)\b|\$\{[^}]*[,^]|sed -i|grep -P|readlink -f|date -d`)
	var script strings.Builder
	for _, x := range cases {
		old, new := base(t), edit(t, base(t), x.edits...)
		for _, c := range []*Change{between(t, old, new), between(t, new, old)} {
			for _, s := range slices.Concat(c.Steps, c.ForGood) {
				for _, command := range s.Commands {
					if newer.MatchString(command.Run) || strings.Contains(command.Run, "\n") {
						t.Errorf("%s: %s", x.name, command.Run)
					}
					fmt.Fprintln(&script, command.Run)
				}
			}
		}
	}
	file := filepath.Join(t.TempDir(), "all.sh")
	if err := os.WriteFile(file, []byte(script.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, shell := range []string{"sh", "bash"} {
		if out, err := exec.Command(shell, "-n", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", shell, err, out)
		}
	}
}
