package change

import (
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/rollout"
)

// Catches: what outlives a change and is not said: it costs until somebody stumbles over it, and has the name that the next one of its
// kind needs. And what has no name that could be known before, and is gone from its stack before anybody wrote it down.
func TestWhatStays(t *testing.T) {
	const (
		head   = "environments:\n"
		canary = "in retail-store-prod-ui-"
	)
	checks := []string{"    expose: {path: /*", "    checks: [{path: /health}]\n    expose: {path: /*"}
	delivery := func(s string) []string { return []string{head, "delivery: {" + s + "}\n" + head} }
	signing := func(s string) []string { return []string{head, "signing: {" + s + "}\n" + head} }
	for name, x := range map[string]struct {
		old, new []string
		want     []string // names, each once
		written  int      // files that are written before the first push
	}{
		"the delivery repository leaves CodeCommit": {nil, delivery(github), []string{"retail-store-delivery"}, 0},
		"the delivery repository is renamed":        {nil, delivery("repository: foo"), nil, 0},
		"the delivery repository comes back":        {delivery(github), nil, nil, 0},
		"a service leaves CodeCommit":               {nil, []string{"{repository: retail-orders}", "{provider: s3}"}, []string{"retail-orders"}, 0},
		"a canary goes": {nil, []string{"    expose: {path: /*", "    synthetics: {disabled: true}\n    expose: {path: /*"},
			[]string{canary + "us-west-2.txt", canary + "us-east-1.txt", canary + "eu-west-1.txt"}, 3},
		"a canary comes": {[]string{"    expose: {path: /*", "    synthetics: {disabled: true}\n    expose: {path: /*"}, nil, nil, 0},
		"checks go":      {checks, nil, []string{"/retail-store/beta/ui/gate", "/retail-store/prod/ui/gate"}, 0},
		"checks come":    {nil, checks, nil, 0},
		"a service with checks goes": {[]string{"  catalog:\n", strings.Replace(cart, "    secrets", "    checks: [{path: /health}]\n    secrets", 1) + "  catalog:\n"}, nil,
			[]string{"/retail-store/beta/cart/gate", "/retail-store/prod/cart/gate", "retail-cart"}, 0},
		"signing ends":                  {nil, signing("mode: none, reason: moving"), []string{"retail_store_images"}, 0},
		"signing with another profile":  {nil, signing("profile: other"), []string{"retail_store_images"}, 0},
		"signing in a region that goes": {nil, []string{"\n      - {regions: [eu-west-1]}", ""}, []string{"retail_store_images"}, 0},
	} {
		c := between(t, edit(t, base(t), x.old...), edit(t, base(t), x.new...))
		if len(c.Refusals) > 0 || len(c.Steps) == 0 {
			t.Errorf("%s: %v", name, c.Refusals)
		}
		var got []string
		for _, l := range c.Stays {
			got = append(got, only([]string{l.Name}, got)...)
		}
		if missing := only(x.want, got); len(missing) > 0 || len(x.want) == 0 && len(got) > 0 {
			t.Errorf("%s: got %q, want %q", name, got, x.want)
		}
		written := 0
		for _, s := range c.Steps {
			if strings.HasPrefix(s.Title, "Push the delivery repository") {
				break
			}
			for _, command := range s.Commands {
				if strings.Contains(command.Run, "StackResourceSummaries") && strings.Contains(command.Run, ".txt") {
					written++
				}
			}
		}
		if written != x.written {
			t.Errorf("%s: %d files are written before the push, want %d", name, written, x.written)
		}
		if x.written > 0 && !slices.ContainsFunc(c.ForGood, func(s rollout.Step) bool { return s.Title == titleLogs }) {
			t.Errorf("%s: nobody says how to delete what the files name", name)
		}
	}
}
