package review

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/iam"
	"github.com/storeship/storeship/internal/value"
)

// Types that carry statements for an identity, and the properties in which they name it.
var carriers = map[string][]string{
	"AWS::IAM::Policy":        {"Roles", "Users", "Groups"},
	"AWS::IAM::ManagedPolicy": {"Roles", "Users", "Groups"},
	"AWS::IAM::RolePolicy":    {"RoleName"},
	"AWS::IAM::UserPolicy":    {"UserName"},
	"AWS::IAM::GroupPolicy":   {"GroupName"},
}

var identities = []string{"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}

// side is one of the two templates of a pair, as far as policies need it.
type side struct {
	stack *assembly.Stack
	names value.Names
	// granted are the statements of each identity, by what a reference to it is shown as.
	granted map[string][]iam.Statement
	// holder is the resource to name for the statements of an identity: the identity, or else the first policy.
	holder map[string]assembly.Resource
}

func identitiesOf(s *assembly.Stack, names value.Names) side {
	out := side{s, names, map[string][]iam.Statement{}, map[string]assembly.Resource{}}
	managed := map[string]string{} // identities by the managed policies that they name
	alias := map[string]string{}   // physical names of identities
	for _, r := range s.Resources(identities...) {
		key := value.Show(map[string]any{"Ref": r.LogicalID}, names)
		out.holder[key] = r
		for _, property := range []string{"RoleName", "UserName", "GroupName"} {
			if name, ok := r.Properties[property].(string); ok {
				alias[name] = key
			}
		}
		for _, p := range value.Objects(r.Properties["Policies"]) {
			out.granted[key] = append(out.granted[key], iam.Parse(p["PolicyDocument"], names)...)
		}
		arns, _ := r.Properties["ManagedPolicyArns"].([]any)
		for _, arn := range arns {
			managed[value.Show(arn, names)] = key
		}
	}
	for _, r := range s.Resources(value.Keys(carriers)...) {
		statements := iam.Parse(r.Properties["PolicyDocument"], names)
		var holders []string
		for _, property := range carriers[r.Type] {
			for _, v := range value.List(r.Properties[property]) {
				key := value.Show(v, names)
				if a, ok := alias[key]; ok {
					key = a
				}
				holders = append(holders, key)
			}
		}
		if key, ok := managed[value.Show(map[string]any{"Ref": r.LogicalID}, names)]; ok {
			holders = append(holders, key)
		}
		if len(holders) == 0 {
			holders = []string{value.Show(map[string]any{"Ref": r.LogicalID}, names)}
		}
		for _, key := range holders {
			out.granted[key] = append(out.granted[key], statements...)
			if _, ok := out.holder[key]; !ok {
				out.holder[key] = r
			}
		}
	}
	return out
}

// policies compares what identities may do, however it is written, and then every other policy document.
func policies(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		if len(p.deltas) > 0 {
			all = append(all, p.identities()...)
			all = append(all, p.documents()...)
		}
	}
	for _, s := range c.added {
		all = append(all, unbounded(s)...)
	}
	return all
}

// identities compares the statements of every role, user and group.
func (p *pair) identities() []Finding {
	touched := false
	written := map[string]*assembly.Resource{} // the policy that changes, by identity
	for _, d := range p.deltas {
		typ := d.any().Type
		if properties, carries := carriers[typ]; carries {
			touched = true
			for _, property := range properties {
				if d.new != nil {
					for _, v := range value.List(d.new.Properties[property]) {
						written[p.show(v, true)] = d.new
					}
				}
			}
			d.settle("PolicyDocument", "Roles", "Users", "Groups", "RoleName", "UserName", "GroupName")
			d.settled = true
		}
		if slices.Contains(identities, typ) {
			touched = true
			d.settle("Policies")
		}
	}
	if !touched {
		return nil
	}
	before, after := identitiesOf(p.old, p.shown[0]), identitiesOf(p.new, p.shown[1])
	var all []Finding
	for _, key := range value.Union(before.holder, after.holder) {
		if reflect.DeepEqual(before.granted[key], after.granted[key]) {
			continue
		}
		wider := iam.Widened(before.granted[key], after.granted[key])
		narrower := iam.Narrowed(before.granted[key], after.granted[key])
		r, there := after.holder[key]
		if !there {
			r = before.holder[key]
		}
		_, was := before.holder[key]
		if !was {
			// A new identity is for something new. What it may do is told where it may do all.
			wider = slices.DeleteFunc(wider, func(g iam.Grant) bool { return !g.Unbounded() })
			narrower = nil
		}
		if !there {
			continue // The identity goes, which is said of it.
		}
		found := p.access(r, "Policies", wider, narrower)
		if policy := written[key]; policy != nil && len(found) > 0 {
			found[0].Where[0].keys = []string{"Resources", policy.LogicalID, "Properties", "PolicyDocument"}
		}
		all = append(all, found...)
	}
	return all
}

// access is the finding about what a policy allows more, or less.
func (p *pair) access(r assembly.Resource, property string, wider, narrower []iam.Grant) []Finding {
	f := p.policyFinding(r, property, verdict{level: AccessWidened})
	switch {
	case len(wider) > 0:
		f.Effect, f.Why = "allows more", "Newly allowed: "+grants(wider)+"."
		f.New = grants(wider)
		f.Old = lostGrants(narrower)
		f.Instead = "name the actions, resources and principals that are needed, and bound them by conditions"
	case len(narrower) > 0:
		f.Level, f.Effect, f.Why = Harmless, "allows less", "No longer allowed: "+lostGrants(narrower)+"."
		f.Old = lostGrants(narrower)
	default:
		return nil
	}
	return []Finding{f}
}

// policyFinding is a finding about a policy of a resource.
func (p *pair) policyFinding(r assembly.Resource, property string, v verdict) Finding {
	f := about(r, v.level)
	f.Property, f.Effect, f.Why, f.Instead, f.Where[0].pair = property, v.effect, v.why, v.instead, p
	f.Where[0].keys = []string{"Resources", r.LogicalID, "Properties", property}
	return f
}

// mostGrants is how many of them a sentence has.
const mostGrants = 12

func grants(all []iam.Grant) string {
	var words []string
	for i, g := range all {
		if i == mostGrants {
			words = append(words, "and more")
			break
		}
		words = append(words, assetless(g.String()))
	}
	return strings.Join(words, "; ")
}

// lostGrants are grants that a policy no longer has: what it did not deny, and denies now, is among them.
func lostGrants(all []iam.Grant) string {
	allowed := slices.Clone(all)
	for i := range allowed {
		allowed[i].Denied, allowed[i].Loosened = false, false
	}
	return grants(allowed)
}

// documents compares every policy document that is no identity's: trust, buckets, keys, queues, endpoints.
func (p *pair) documents() []Finding {
	var all []Finding
	for _, d := range p.deltas {
		r := d.any()
		if _, carries := carriers[r.Type]; carries {
			continue
		}
		for _, property := range d.documentProperties() {
			var before, after []iam.Statement
			if d.old != nil {
				before = iam.Parse(document(d.old.Properties[property], p.shown[0]), p.shown[0])
			}
			if d.new != nil {
				after = iam.Parse(document(d.new.Properties[property], p.shown[1]), p.shown[1])
			}
			d.settle(property)
			wider, narrower := iam.Widened(before, after), iam.Narrowed(before, after)
			if d.old == nil && d.forNew() {
				wider = slices.DeleteFunc(wider, func(g iam.Grant) bool { return !notable(g, r.Stack.Account, property) })
				narrower = nil
			}
			if d.new == nil {
				if removesSubject(d) {
					continue
				}
				// Of a policy that goes, what is no longer denied counts; what is no longer allowed is said by its removal.
				narrower = nil
			}
			found := p.access(*r, property, wider, narrower)
			if v, ok := lockedOut(d, before, after); ok {
				f := p.policyFinding(*r, property, v)
				f.Old = lostGrants(narrower)
				if len(wider) == 0 {
					found = nil // What is allowed less is told with it.
				}
				found = append(found, f)
			}
			if len(found) > 0 && (d.new == nil || d.old == nil) {
				d.settled = true
			}
			if d.new == nil && len(found) > 0 {
				found[0].Where[0].old = true
			}
			all = append(all, found...)
		}
	}
	return all
}

// documentProperties are the properties that hold policy documents and differ.
func (d *delta) documentProperties() []string {
	var all []string
	properties := map[string]bool{}
	for _, r := range []*assembly.Resource{d.old, d.new} {
		if r == nil {
			continue
		}
		for name, v := range r.Properties {
			if m, ok := document(v, nil).(map[string]any); ok && m["Statement"] != nil {
				properties[name] = true
			}
		}
	}
	for _, name := range value.Keys(properties) {
		if d.old == nil || d.new == nil || slices.ContainsFunc(d.changes, func(c *change) bool { return !c.attribute && c.Path[0].Key == name }) {
			all = append(all, name)
		}
	}
	return all
}

// document is a policy document; one that is written as a text is read, with its functions shown.
func document(v any, names value.Names) any {
	if m, ok := v.(map[string]any); ok && m["Statement"] != nil {
		return m
	}
	text := ""
	switch t := v.(type) {
	case string:
		text = t
	case map[string]any:
		if _, _, ok := value.Function(t); ok {
			text = value.Show(t, names)
		}
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || !strings.Contains(text, "Statement") {
		return nil
	}
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil {
		return nil
	}
	return m
}

// forNew says whether a new resource only speaks of what is new as well: itself, or other new resources.
func (d *delta) forNew() bool {
	for _, id := range value.Refers(any(d.new.Properties)) {
		if _, there := d.pair.old.Resource(id); there && slices.Contains(subjects(d.new), id) {
			return false
		}
	}
	return true
}

// subjects are the resources that a policy is for.
func subjects(r *assembly.Resource) []string {
	var all []string
	for _, property := range []string{"Bucket", "Queues", "Topics", "SecretId", "KeyId", "FunctionName", "RepositoryName", "ResourceArn"} {
		all = append(all, value.Refers(r.Properties[property])...)
	}
	return all
}

// removesSubject says whether what a policy was for goes with it.
func removesSubject(d *delta) bool {
	about := subjects(d.old)
	if len(about) == 0 {
		return true
	}
	for _, id := range about {
		if _, there := d.pair.new.Resource(id); there {
			return false
		}
	}
	return true
}

// notable says whether a grant of something new deserves a word: it is unbounded, or trusts another account or everyone.
func notable(g iam.Grant, account, property string) bool {
	for _, p := range g.Principal.Patterns {
		if property == "AssumeRolePolicyDocument" && strings.HasPrefix(p, "AWS:") && !strings.Contains(p, account) && !strings.Contains(p, "${AWS::AccountId}") && !g.Denied {
			return true
		}
		if p == "*" && !g.Denied && len(g.Conditions) == 0 {
			return true
		}
	}
	return len(g.Principal.Patterns) == 0 && g.Unbounded()
}

// unbounded are the grants of a new stack that deserve a second look.
func unbounded(s *assembly.Stack) []Finding {
	p := &pair{old: &assembly.Stack{}, new: s}
	names := naming(s)
	var all []Finding
	after := identitiesOf(s, names)
	for _, key := range value.Keys(after.granted) {
		wider := slices.DeleteFunc(iam.Widened(nil, after.granted[key]), func(g iam.Grant) bool { return !g.Unbounded() })
		all = append(all, p.access(after.holder[key], "Policies", wider, nil)...)
	}
	for _, r := range s.Resources() {
		d := &delta{pair: p, new: &r}
		if _, carries := carriers[r.Type]; carries {
			continue
		}
		for _, property := range d.documentProperties() {
			statements := iam.Parse(document(r.Properties[property], names), names)
			wider := slices.DeleteFunc(iam.Widened(nil, statements), func(g iam.Grant) bool { return !notable(g, s.Account, property) })
			all = append(all, p.access(r, property, wider, nil)...)
		}
	}
	return all
}

// permissions judges what may invoke a function, which is a resource of its own.
func permissions(c *comparison) []Finding {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.new == nil || d.new.Type != "AWS::Lambda::Permission" {
				continue
			}
			principal := p.show(d.new.Properties["Principal"], true)
			open := principal == "*" || !strings.HasSuffix(principal, ".amazonaws.com") || d.new.Properties["SourceArn"] == nil && d.new.Properties["SourceAccount"] == nil
			if !open && d.old != nil {
				continue
			}
			v := verdict{"permission", AccessWidened, "lets " + principal + " call a function", "Nothing else is asked of who calls.", "name the source by its ARN"}
			if !open {
				v = verdict{"permission", Harmless, "lets " + principal + " call a function", "It must come from " + p.show(d.new.Properties["SourceArn"], true) + ".", ""}
			}
			if d.old == nil {
				d.verdicts = append(d.verdicts, v)
			} else {
				d.say(v, "Principal", "SourceArn", "SourceAccount")
			}
		}
	}
	return nil
}
