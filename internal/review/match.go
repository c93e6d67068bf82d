package review

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"sync"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/value"
)

// comparison is what the rules look at: two assemblies, stack by stack.
type comparison struct {
	// pairs are the stacks that are in both, in the order of deployment.
	pairs []*pair
	// added and gone are those that only one has.
	added, gone []*assembly.Stack

	stacks [2][]*assembly.Stack
	// roots are the folders of both; empty for single templates.
	roots [2]string
	// drawn are the pipelines of both.
	drawn [2][]graph.Pipeline
	// piped are the pipelines of both with what they run, once they were read.
	piped [2][]*pipeline.Pipeline
	read  [2]bool
	// chart knows the service and target of each stack.
	chart *chart
	// findings as the rules make them, each with one place.
	findings []Finding
}

// pair is a stack before and after.
type pair struct {
	old, new *assembly.Stack
	// unchanged templates say the same. That does not mean that nothing changes: a value may.
	unchanged bool
	// deltas are the resources that differ, by logical id.
	deltas []*delta
	// sections are differences outside of resources.
	sections []*change
	// assets is how many differences are in the content of assets only.
	assets int
	// names of both templates' parameters and resources, and the names themselves once they are asked for.
	shown [2]value.Names
	// changes that the table of frozen things knows, once it was looked at with so many changed values around it.
	changes []frozen.Change
	looked  bool
	values  int
	// written are the SSM parameters that the stack writes another value to, with the reasons.
	written map[string]string
}

// match finds the stacks that are the same one: by name, account and region; and by construct path, where an app leaves
// accounts and regions open and has several of a name.
func match(old, renewed *assembly.Assembly) *comparison {
	c := &comparison{stacks: [2][]*assembly.Stack{old.Trees(), renewed.Trees()}}
	for i, a := range []*assembly.Assembly{old, renewed} {
		if a.Version != "" { // What lies beside a single template is not of it.
			c.roots[i] = a.Dir
		}
	}
	var both sync.WaitGroup
	for _, all := range c.stacks {
		both.Go(func() {
			for _, s := range all {
				s.Template, _ = withoutDigests(s.Template).(map[string]any)
			}
		})
	}
	both.Wait()
	var before [2]map[string]*assembly.Stack
	for i, all := range c.stacks {
		before[i] = map[string]*assembly.Stack{}
		count := map[Stack]int{}
		for _, s := range all {
			count[of(s)]++
		}
		for _, s := range all {
			before[i][key(s, count[of(s)])] = s
		}
	}
	keys := [2]map[*assembly.Stack]string{{}, {}}
	for i := range before {
		for k, s := range before[i] {
			keys[i][s] = k
		}
	}
	for _, s := range c.stacks[1] {
		if o := before[0][keys[1][s]]; o != nil {
			c.pairs = append(c.pairs, &pair{old: o, new: s, unchanged: value.Equal(o.Template, s.Template)})
		} else {
			c.added = append(c.added, s)
		}
	}
	for _, s := range c.stacks[0] {
		if before[1][keys[0][s]] == nil {
			c.gone = append(c.gone, s)
		}
	}
	c.settle()
	return c
}

// key tells one stack from another. Of two single templates each assembly has one, and those are the same.
func key(s *assembly.Stack, count int) string {
	if count > 1 {
		return fmt.Sprintf("%q", []string{s.Name, s.Account, s.Region, s.Path})
	}
	return fmt.Sprintf("%q", []string{s.Name, s.Account, s.Region})
}

// settle compares the pairs until no SSM parameter is found any more whose value changes: what one stack writes others read,
// and write others from it.
func (c *comparison) settle() {
	type place struct{ account, region string }
	values := map[place]map[string]string{}
	c.first()
	for known := -1; ; {
		count := 0
		for _, p := range c.pairs {
			at := place{p.new.Account, p.new.Region}
			if values[at] == nil {
				values[at] = map[string]string{}
			}
			// Where the text is the same only values change anything, and where none is added nothing more changes.
			if p.looked && len(values[at]) == p.values || p.unchanged && len(values[at]) == 0 {
				continue
			}
			if p.looked || len(values[at]) > 0 {
				p.changes, p.written = frozen.CompareValues(p.old.Template, p.new.Template, values[at])
			}
			p.looked, p.values = true, len(values[at])
			for name, why := range p.written {
				if _, ok := values[at][name]; !ok {
					values[at][name] = "in stack " + p.new.Name + " " + why
				}
			}
		}
		for _, v := range values {
			count += len(v)
		}
		if count == known {
			return
		}
		known = count
	}
}

// first looks at every pair that differs, each for itself.
func (c *comparison) first() {
	c.each(func(p *pair) {
		if !p.unchanged {
			p.changes, p.written = frozen.CompareValues(p.old.Template, p.new.Template, nil)
		}
	})
}

// each does something for all pairs, several at a time. What it does for one must not touch another.
func (c *comparison) each(do func(*pair)) {
	var all sync.WaitGroup
	next := make(chan *pair)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for p := range next {
				do(p)
			}
		})
	}
	for _, p := range c.pairs {
		next <- p
	}
	close(next)
	all.Wait()
}

// digest is what an image is named by. Each release brings another one, and that is no change of what is deployed.
var digest = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

func withoutDigests(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = withoutDigests(e)
		}
	case []any:
		for i, e := range v {
			v[i] = withoutDigests(e)
		}
	case string:
		return digest.ReplaceAllString(v, "sha256:…")
	}
	return value
}

// id is the hash over both assemblies, stack by stack in the order of their names, and over the files of their releases.
func (c *comparison) id() string {
	var sides [2][]string
	var both sync.WaitGroup
	for i, all := range c.stacks {
		both.Go(func() {
			for _, s := range all {
				// encoding/json sorts the keys, and has no trouble with what it has read.
				content, _ := json.Marshal([]any{s.Name, s.Account, s.Region, s.Path, s.Template})
				sides[i] = append(sides[i], string(content))
			}
			sides[i] = append(sides[i], releaseTexts(c.roots[i])...)
			slices.Sort(sides[i])
		})
	}
	both.Wait()
	h := sha256.New()
	for _, parts := range sides {
		for _, p := range parts {
			fmt.Fprintf(h, "%d\n%s\n", len(p), p)
		}
		fmt.Fprintln(h, "--")
	}
	return hex.EncodeToString(h.Sum(nil))
}
