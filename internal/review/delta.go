package review

import (
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/cfn"
	"github.com/storeship/storeship/internal/value"
)

// delta is a resource that differs.
type delta struct {
	pair *pair
	// old and new are the resource before and after; one is nil for what comes or goes.
	old, new *assembly.Resource
	// changes of its properties and attributes.
	changes []*change
	// moved says that the same construct has another logical id.
	moved bool
	// settled says that a rule has said all there is to say of a resource that comes or goes.
	settled bool
	// verdicts of a resource that comes or goes.
	verdicts []verdict
}

// change is one difference of a property, or of an attribute of a resource such as its deletion policy.
type change struct {
	value.Change
	// attribute says that it is an attribute, not a property.
	attribute bool
	// settled says that a rule has said all there is to say.
	settled  bool
	verdicts []verdict
}

// verdict is what a rule says of a change. The worst becomes the finding.
type verdict struct {
	rule   string
	level  Level
	effect string
	why    string
	// instead is what to do.
	instead string
}

// ignored attributes of a resource say nothing of what is deployed. Metadata is compared without that of tools.
var ignored = []string{"Type", "Properties", "Metadata"}

// toolMetadata begins the keys of metadata that tools write for themselves.
var toolMetadata = regexp.MustCompile(`^(aws:|cdk_nag|cfn_nag|cfn-lint|checkov|guard|BuildMethod|BuildProperties)`)

// metadataType is what the CDK reports its own version with.
const metadataType = "AWS::CDK::Metadata"

// compare finds what differs between the two templates of a stack.
func (p *pair) compare() {
	p.shown = [2]value.Names{naming(p.old), naming(p.new)}
	if p.unchanged {
		return
	}
	before, after := byID(p.old), byID(p.new)
	raw := [2]map[string]any{section(p.old, "Resources"), section(p.new, "Resources")}
	var gone, come []*delta
	for _, id := range value.Union(before, after) {
		d := &delta{pair: p, old: before[id], new: after[id]}
		if t := d.any().Type; t == metadataType || t == "" {
			continue
		}
		switch {
		case d.old == nil:
			come = append(come, d)
		case d.new == nil:
			gone = append(gone, d)
		case d.old.Type != d.new.Type:
			gone, come = append(gone, &delta{pair: p, old: d.old}), append(come, &delta{pair: p, new: d.new})
		default:
			d.inspect(raw)
			if len(d.changes) > 0 {
				p.deltas = append(p.deltas, d)
			}
		}
	}
	p.pairUp(gone, come, raw)
	p.compareSections()
}

// pairUp finds what only has another logical id: the same construct, or, without paths, the same properties. What is left
// comes and goes.
func (p *pair) pairUp(gone, come []*delta, raw [2]map[string]any) {
	for _, g := range gone {
		i := slices.IndexFunc(come, func(n *delta) bool {
			return n.new.Type == g.old.Type && !n.settled && constructOf(g.old) != "" && constructOf(g.old) == constructOf(n.new)
		})
		if i < 0 {
			i = slices.IndexFunc(come, func(n *delta) bool {
				return n.new.Type == g.old.Type && !n.settled && len(g.old.Properties) > 1 && value.Equal(g.old.Properties, n.new.Properties)
			})
		}
		if i >= 0 {
			d := &delta{pair: p, old: g.old, new: come[i].new, moved: true}
			come[i].settled = true
			d.inspect(raw)
			p.deltas = append(p.deltas, d)
			continue
		}
		p.deltas = append(p.deltas, g)
	}
	for _, n := range come {
		if !n.settled {
			p.deltas = append(p.deltas, n)
		}
	}
	slices.SortStableFunc(p.deltas, func(a, b *delta) int { return strings.Compare(a.any().LogicalID, b.any().LogicalID) })
}

// inspect finds the changes of a resource that is in both templates.
func (d *delta) inspect(raw [2]map[string]any) {
	d.add(value.Diff(any(d.old.Properties), any(d.new.Properties)), false)
	attributes := [2]map[string]any{}
	for i, r := range []*assembly.Resource{d.old, d.new} {
		attributes[i] = map[string]any{}
		m, _ := raw[i][r.LogicalID].(map[string]any)
		for k, v := range m {
			if !slices.Contains(ignored, k) {
				attributes[i][k] = v
			}
		}
		for k, v := range r.Metadata {
			if !toolMetadata.MatchString(k) {
				attributes[i]["Metadata."+k] = v
			}
		}
	}
	d.add(value.Diff(attributes[0], attributes[1]), true)
}

// most is how many differences of one property are reported one by one.
const most = 6

// add adds what differs, but not what only looks different: another name of the same resource, a number as a text, the content
// of an asset.
func (d *delta) add(differences []value.Change, attribute bool) {
	below := map[string][]value.Change{}
	var tops []string
	for _, c := range differences {
		before, after := value.Show(c.Old, d.pair.shown[0]), value.Show(c.New, d.pair.shown[1])
		if before == after && c.Old != nil && c.New != nil {
			continue
		}
		if c.Old != nil && c.New != nil && assetless(before) == assetless(after) {
			d.pair.assets++
			continue
		}
		top := c.Path[0].Key
		if below[top] == nil {
			tops = append(tops, top)
		}
		below[top] = append(below[top], c)
	}
	for _, top := range tops {
		if all := below[top]; len(all) <= most || attribute {
			for _, c := range all {
				d.changes = append(d.changes, &change{Change: c, attribute: attribute})
			}
			continue
		}
		d.changes = append(d.changes, &change{Change: value.Change{Path: []value.Step{{Key: top}}, Old: d.old.Properties[top], New: d.new.Properties[top]}})
	}
}

// asset is the hash that the CDK names the content of an asset by.
var asset = regexp.MustCompile(`[0-9a-f]{64}`)

func assetless(s string) string { return asset.ReplaceAllString(s, "…") }

// any is the resource as it is to be, or as it was where it is gone.
func (d *delta) any() *assembly.Resource {
	if d.new != nil {
		return d.new
	}
	return d.old
}

// update is what CloudFormation does with a change.
func (d *delta) update(c *change) cfn.Update {
	if c.attribute {
		return ""
	}
	return cfn.Of(d.any().Type, c.Keys()...)
}

// under says whether the change is of the property named, or of something in it or around it.
func (c *change) under(property string) bool {
	text := c.Text()
	return text == property || strings.HasPrefix(text, property+".") || strings.HasPrefix(text, property+"[") ||
		strings.HasPrefix(property, text+".") || strings.HasPrefix(property, text+"[")
}

// say adds a verdict to every change of one of the properties, and says whether there is such a change.
func (d *delta) say(v verdict, properties ...string) bool {
	found := false
	for _, c := range d.changes {
		for _, p := range properties {
			if !c.attribute && c.under(p) {
				c.verdicts = append(c.verdicts, v)
				found = true
				break
			}
		}
	}
	return found
}

// settle takes the changes of the properties out of what is left to say.
func (d *delta) settle(properties ...string) {
	for _, c := range d.changes {
		for _, p := range properties {
			if !c.attribute && c.under(p) {
				c.settled = true
			}
		}
	}
}

func byID(s *assembly.Stack) map[string]*assembly.Resource {
	all := map[string]*assembly.Resource{}
	for _, r := range s.Resources() {
		all[r.LogicalID] = &r
	}
	return all
}

func constructOf(r *assembly.Resource) string { return r.Stack.Construct(r.LogicalID) }

func section(s *assembly.Stack, name string) map[string]any {
	m, _ := s.Template[name].(map[string]any)
	return m
}

// naming gives references the names that a person knows: the path of a construct, the name of an SSM parameter.
func naming(s *assembly.Stack) value.Names {
	parameters, resources := section(s, "Parameters"), section(s, "Resources")
	return func(id string) string {
		if _, ok := resources[id]; ok {
			if construct := s.Construct(id); construct != "" {
				return within(construct, s.Path)
			}
			return id
		}
		if p, ok := parameters[id].(map[string]any); ok {
			if typ, _ := p["Type"].(string); strings.HasPrefix(typ, ssmType) {
				if name, ok := p["Default"].(string); ok {
					return "ssm:" + name
				}
			}
		}
		return ""
	}
}

// ssmType begins the types of parameters that CloudFormation reads from SSM.
const ssmType = "AWS::SSM::Parameter::Value<"

// within is a construct's path within its stack, without the resource that the construct makes of itself.
func within(construct, stack string) string {
	return strings.TrimSuffix(strings.TrimPrefix(construct, stack+"/"), "/Resource")
}
