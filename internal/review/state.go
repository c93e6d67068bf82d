package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
)

// stateRemoved finds resources with state that leave their stack.
func stateRemoved(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		if p.unchanged {
			continue
		}
		for _, r := range p.old.Resources() {
			if n, there := p.new.Resource(r.LogicalID); lost(r.Type) == "" || there && n.Type == r.Type {
				continue
			}
			v := c.leaves(p, r)
			f := about(r, v.level)
			f.Where[0].pair, f.Where[0].old, f.Where[0].keys = p, true, []string{"Resources", r.LogicalID}
			f.Effect, f.Why, f.Instead = v.effect, v.why, v.instead
			all = append(all, f)
		}
	}
	return all
}

// leaves says what it means that a resource with state leaves its stack.
func (c *comparison) leaves(p *pair, r assembly.Resource) verdict {
	what := lost(r.Type)
	policy := policyOf(&r, "DeletionPolicy")
	if !keeps(policy) {
		v := verdict{"", DataLoss, "deletes the resource", "With it go its " + what + ".", "release it once with DeletionPolicy Retain first, if that is not meant"}
		if policy == "Snapshot" {
			v.why += " A snapshot is taken."
		}
		return v
	}
	// What is kept is no loss, but where another takes its place nobody finds it any more.
	const imported = "keep the logical id (the construct's path, or overrideLogicalId); or import the old one under the new id"
	heir, sure := p.heir(r)
	switch {
	case heir != "" && sure:
		return verdict{"", DataLoss, "begins empty", fmt.Sprintf("%s takes its place, which is created anew and begins without its %s; the old one is left behind.", heir, what), imported}
	case heir != "":
		return verdict{"", DataLoss, "is left behind, and another comes", fmt.Sprintf("If %s takes its place, that begins without its %s.", heir, what), imported}
	}
	if users := c.users(r); len(users) > 0 {
		return verdict{"", SafetyLost, "is left behind, though it is used", "Its deletion policy keeps it, with its " + what + ", but nothing sets it up or guards it any more. It is still named by " + few(users) + ".", "keep it as long as it is named"}
	}
	return verdict{"", Harmless, "leaves the resource behind", "Its deletion policy keeps it, with its " + what + "; nothing deletes it any more.", ""}
}

// heir is the logical id of what takes the place of a resource in its stack, and whether it surely does: it is the same construct.
// Where its name is taken the deployment fails before it begins, which another rule says.
func (p *pair) heir(r assembly.Resource) (id string, sure bool) {
	for _, d := range p.deltas {
		switch {
		case d.new == nil || d.settled || d.new.Type != r.Type:
		case d.moved && d.old.LogicalID == r.LogicalID:
			return d.new.LogicalID, true
		case d.old == nil && id == "":
			id = d.new.LogicalID
		}
	}
	return id, false
}

// users are the stacks of the new assembly that name a resource by its physical name. A bucket has its name in all regions. A
// name that is a plain word is found in texts that are not about it, and says nothing.
func (c *comparison) users(r assembly.Resource) []string {
	name := frozen.PhysicalName(r.Type, r.Properties)
	if !strings.ContainsAny(name, "-/.") {
		return nil
	}
	whole := regexp.MustCompile(`(?:^|[^A-Za-z0-9._-])` + regexp.QuoteMeta(name) + `(?:$|[^A-Za-z0-9._-])`)
	var all []string
	for _, s := range c.stacks[1] {
		near := s.Account == r.Stack.Account && (s.Region == r.Stack.Region || r.Type == "AWS::S3::Bucket")
		if near && of(s) != of(r.Stack) && mentions(any(s.Template), name, whole) {
			all = append(all, s.Name)
		}
	}
	return all
}

// mentions says whether a name stands in any text of a value.
func mentions(v any, name string, whole *regexp.Regexp) bool {
	switch t := v.(type) {
	case string:
		return strings.Contains(t, name) && whole.MatchString(t)
	case []any:
		return slices.ContainsFunc(t, func(e any) bool { return mentions(e, name, whole) })
	case map[string]any:
		for _, e := range t {
			if mentions(e, name, whole) {
				return true
			}
		}
	}
	return false
}
