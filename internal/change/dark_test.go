package change

import (
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
)

// customers checks that the pushes never lead customers to a region without services, nor to none: a region comes dark and goes
// dark, and from one push to the next some region keeps its customers.
func customers(t *testing.T, name string, old, new *environment.Plan, pushes []push) {
	t.Helper()
	if got := pushes[len(pushes)-1]; got.plan != new && len(got.notes) > 0 {
		t.Errorf("%s: the last push is not the new file: %v", name, got.notes)
	}
	for i, p := range pushes {
		if last := i == len(pushes)-1; last != (len(p.notes) == 0) {
			t.Errorf("%s: push %d of %d has the notes %q", name, i+1, len(pushes), p.notes)
		}
	}
	for _, env := range both(environments(new), environments(old)) {
		a, b := old.Store.Environment(env), new.Store.Environment(env)
		if a.Domain == nil || b.Domain == nil {
			continue
		}
		before := old
		for i, p := range pushes {
			e, o := p.plan.Store.Environment(env), before.Store.Environment(env)
			if reached(new, b) && b.Kind != environment.Test {
				if early := only(lit(e), regions(o)); len(early) > 0 {
					t.Errorf("%s: push %d leads customers of %s to %s before services are there", name, i+1, env, early)
				}
			}
			if reached(old, a) {
				if late := only(lit(o), regions(e)); len(late) > 0 {
					t.Errorf("%s: push %d removes %s of %s while customers are led there", name, i+1, late, env)
				}
			}
			if reached(old, a) && reached(new, b) && len(lit(a)) > 0 && len(lit(b)) > 0 && len(both(lit(o), lit(e))) == 0 {
				t.Errorf("%s: push %d moves the customers of %s from %s to %s at once", name, i+1, env, lit(o), lit(e))
			}
			before = p.plan
		}
	}
}

// How many pushes a change of regions takes, and what is dark in each. Catches a push too many, which is hours of a platform
// run, and one too few.
func TestDarkRegions(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []string
		want  []string
	}{
		{"a region comes", []string{"[eu-west-1]", "[eu-west-1, eu-central-1]"}, []string{"eu-central-1", ""}},
		{"a region comes, dark", []string{"[eu-west-1]}\n", "[eu-west-1, eu-central-1]}\n    dark: [eu-central-1]\n"}, []string{"eu-central-1"}},
		{"a region goes", []string{"\n      - {regions: [eu-west-1]}", ""}, []string{"eu-west-1", ""}},
		{"one for another", []string{"[eu-west-1]", "[eu-north-1]"}, []string{"eu-north-1", "eu-west-1", ""}},
		{"all for one", []string{"[us-west-2, us-east-1], bake: 30m", "[eu-north-1]", "\n      - {regions: [eu-west-1]}", ""},
			[]string{"eu-north-1", "", "us-west-2, us-east-1, eu-west-1", ""}},
		{"to the dark", []string{"[eu-west-1]}\n", "[eu-west-1]}\n    dark: [eu-west-1]\n"}, []string{"eu-west-1"}},
		{"all but a new one to the dark", []string{"[eu-west-1]}\n", "[eu-west-1, eu-north-1]}\n    dark: [us-west-2, us-east-1, eu-west-1]\n"},
			[]string{"eu-north-1", "", "us-west-2, us-east-1, eu-west-1"}},
		{"in a test environment", []string{"domain: none\n    waves: [{regions: [us-west-2]}]", "domain: none\n    waves: [{regions: [us-west-2, us-east-2]}]"}, []string{""}},
		{"with a caller of what is new", []string{"  catalog:\n", cart + "  catalog:\n", `orders.url}"`, `orders.url}", CART_URL: "${services.cart.url}"`, "[eu-west-1]", "[eu-west-1, eu-central-1]"},
			[]string{"eu-central-1", ""}},
	} {
		a, b := parse(t, "old.yaml", base(t)), parse(t, "new.yaml", edit(t, base(t), c.edits...))
		if got := darkOf(a, b); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	// The only region with customers goes, and those that were dark take them over.
	old := parse(t, "old.yaml", edit(t, base(t), "[eu-west-1]}\n", "[eu-west-1]}\n    dark: [us-west-2, us-east-1]\n"))
	new := parse(t, "new.yaml", edit(t, base(t), "\n      - {regions: [eu-west-1]}", ""))
	if got, want := darkOf(old, new), []string{"", "eu-west-1", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// darkOf are the dark regions of prod in each push.
func darkOf(old, new *config.Config) []string {
	x := comparing(old, new)
	var dark []string
	for _, p := range x.pushes() {
		dark = append(dark, strings.Join(p.plan.Store.Environment("prod").Dark, ", "))
	}
	return dark
}

// Where no one comes from outside, a region comes and goes with one push.
func TestDarkIsForCustomers(t *testing.T) {
	old := edit(t, base(t), "expose: {path: /*, block: [/utility/*]}", "expose: internal")
	c := between(t, old, edit(t, old, "[eu-west-1]", "[eu-north-1]"))
	if pushes := strings.Count(strings.Join(commands(c), "\n"), "git push"); pushes != 1 {
		t.Errorf("%d pushes", pushes)
	}
}

// Records are CloudFormation's: no step makes or deletes one by hand, in either direction of any case.
func TestNoRecordByHand(t *testing.T) {
	for _, x := range cases {
		old, new := base(t), edit(t, base(t), x.edits...)
		for _, c := range []*Change{between(t, old, new), between(t, new, old)} {
			for _, command := range commands(c) {
				if strings.Contains(command, "change-resource-record-sets") {
					t.Errorf("%s: %s", x.name, command)
				}
			}
		}
	}
}

// Catches: "the other regions answer" where there is none, as no region has customers any more.
func TestNoOtherRegionAnswers(t *testing.T) {
	for dark, want := range map[string]string{
		"[eu-west-1]":                       "The platform pipeline has deleted the latency records; the other regions answer.",
		"[us-west-2, us-east-1, eu-west-1]": "The platform pipeline has deleted the latency records; none of prod is left, and its names lead nowhere.",
	} {
		var said []string
		for _, s := range between(t, base(t), edit(t, base(t), "[eu-west-1]}\n", "[eu-west-1]}\n    dark: "+dark+"\n")).Steps {
			if strings.HasPrefix(s.Title, "Wait until customers have left ") {
				said = append(said, s.Notes...)
			}
		}
		if len(said) == 0 || !strings.HasPrefix(said[0], want) {
			t.Errorf("%s: says %q", dark, said)
		}
	}
}
