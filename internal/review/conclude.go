package review

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/cfn"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/value"
)

// conclude makes findings of what the rules said of changes, and says of the rest what CloudFormation does with it.
func (c *comparison) conclude() {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			switch {
			case d.old == nil:
				c.created(d)
			case d.new == nil:
				c.removed(d)
			default:
				c.changed(d)
			}
		}
		c.outside(p)
	}
	for _, s := range c.added {
		c.createdStack(s)
	}
}

// put adds a finding about a resource.
func (c *comparison) put(d *delta, rule string, v verdict, property, before, after string, keys ...string) {
	f := about(*d.any(), v.level)
	f.Rule, f.Property, f.Effect, f.Why, f.Instead, f.Old, f.New = rule, property, v.effect, v.why, v.instead, before, after
	f.Where[0].pair, f.Where[0].old = d.pair, d.new == nil
	f.Where[0].keys = append([]string{"Resources", d.any().LogicalID}, keys...)
	c.findings = append(c.findings, f)
}

// worst is the worst of some verdicts, with what the others say at its end.
func worst(all []verdict) verdict {
	slices.SortStableFunc(all, func(a, b verdict) int { return slices.Index(Levels, a.level) - slices.Index(Levels, b.level) })
	v := all[0]
	for _, other := range all[1:] {
		if other.level != Harmless && other.effect != v.effect && !strings.Contains(v.why, other.effect) {
			v.why += " It also " + other.effect + "."
		}
	}
	return v
}

// createsOne is the effect of a new resource of which nothing more is to be said.
const createsOne = "creates the resource"

func (c *comparison) created(d *delta) {
	if d.settled {
		return
	}
	all := d.verdicts
	switch typ := d.new.Type; {
	case price(d.new) != "":
		all = append(all, verdict{"cost", Cost, "creates " + price(d.new), "It is paid for from then on.", ""})
	case strings.HasPrefix(typ, "Custom::S3AutoDeleteObjects"):
		all = append(all, verdict{"created", DataLoss, "empties a bucket before it is deleted", "One wrong deletion takes the objects.", ""})
	case slices.Contains([]string{"AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::Route53::RecordSet", "AWS::EC2::Route"}, typ):
		all = append(all, verdict{"created", Traffic, "sends requests another way", "Those that it matches went elsewhere before.", ""})
	}
	all = append(all, verdict{"created", Harmless, createsOne, "", ""})
	v := worst(all)
	c.put(d, v.rule, v, "", "", "")
}

func (c *comparison) removed(d *delta) {
	if d.settled || lost(d.old.Type) != "" {
		return // What it means that state goes, another rule says.
	}
	kind := classOf(d.old.Type)
	v := verdict{"removed", kind.removed, "deletes the resource", "", ""}
	if kind.gone != "" && kind.removed != Harmless {
		v.why = kind.gone + "."
	}
	if keeps(policyOf(d.old, "DeletionPolicy")) {
		v = verdict{"removed", Harmless, "leaves the resource behind", "Its deletion policy keeps it; nothing deletes it any more.", ""}
		if kind.removed == Traffic || kind.removed == SafetyLost {
			v.why = "Its deletion policy keeps it as it is; nothing changes or deletes it any more."
		}
	}
	c.put(d, v.rule, v, "", "", "")
}

func (c *comparison) changed(d *delta) {
	if d.moved && !d.settled {
		c.moved(d)
	}
	for _, ch := range d.changes {
		if ch.settled {
			continue
		}
		all := append(slices.Clone(ch.verdicts), d.byUpdate(ch))
		v := worst(all)
		keys := append([]string{"Properties"}, ch.Keys()...)
		if ch.attribute {
			keys = ch.Keys()
			if strings.HasPrefix(keys[0], "Metadata.") {
				keys = []string{"Metadata"}
			}
		}
		c.put(d, v.rule, v, ch.Text(), d.pair.show(ch.Old, false), d.pair.show(ch.New, true), keys...)
		f := &c.findings[len(c.findings)-1]
		f.Update, f.values = d.update(ch), [2]any{ch.Old, ch.New}
		f.Where[0].old = ch.New == nil && !ch.attribute && len(ch.Path) == 1
		if f.Where[0].old {
			f.Where[0].keys[1] = d.old.LogicalID
		}
		if ch.Old == nil {
			f.Old = ""
		}
		if ch.New == nil {
			f.New = ""
		}
	}
}

// moved is a resource under another logical id: CloudFormation makes a new one and deletes the old.
func (c *comparison) moved(d *delta) {
	v := verdict{"moved", classOf(d.new.Type).replaced, "makes a new resource of the old one", "It has another logical id: CloudFormation creates the new one and deletes the old.", "keep the logical id (the construct's path, or overrideLogicalId)"}
	if what := lost(d.new.Type); what != "" {
		// The old one goes, with all that is in it; that is said once, by the rule about state.
		return
	}
	if v.level == Harmless {
		v.instead = ""
	}
	c.put(d, v.rule, v, "", d.old.LogicalID, d.new.LogicalID)
}

// inert properties change nothing that runs.
var inert = []string{"Tags", "Description", "AlarmDescription", "Comment", "TagList", "PropagateTags", "HostedZoneTags", "FileSystemTags", "DisplayName"}

// byUpdate is what CloudFormation does with a change.
func (d *delta) byUpdate(ch *change) verdict {
	typ, top := d.new.Type, ch.Path[0].Key
	if ch.attribute {
		return d.byAttribute(ch)
	}
	kind := classOf(typ)
	switch update := d.update(ch); {
	case update == cfn.Replacement && d.nameTaken(top):
		return verdict{"update", WillFail, string(frozen.Fails), "The change replaces the resource, and the new one has the name of the old: CloudFormation creates first and deletes last.", "give it another name in the same change"}
	case update == cfn.Replacement && lost(typ) != "":
		why := "The new one begins without the " + lost(typ) + " of the old, which is deleted."
		if keeps(policyOf(d.new, "UpdateReplacePolicy")) || keeps(policyOf(d.old, "UpdateReplacePolicy")) {
			why = "The new one begins without the " + lost(typ) + " of the old, which stays behind."
		}
		return verdict{"update", DataLoss, string(frozen.Replaces), why, "a second one beside the first: write to both or copy, move the readers, then remove the first"}
	case update == cfn.Replacement && kind.replaced == Harmless:
		return verdict{"update", Harmless, "makes a new version", "The old one stays until nothing uses it any more.", ""}
	case update == cfn.Replacement:
		why := "The new one has another id, which whatever names it must take over."
		if kind.gone != "" {
			why = kind.gone + ", until the new one has taken over."
		}
		return verdict{"update", kind.replaced, string(frozen.Replaces), why, ""}
	case slices.Contains(inert, top):
		return verdict{"update", Harmless, "changes in place", "", ""}
	case update == cfn.Conditional:
		return verdict{"update", Interruption, "may interrupt or replace the resource", "It depends on the values.", ""}
	case update == cfn.Unknown:
		return verdict{"update", Harmless, "changes", "The specification does not know the property: whoever handles the type decides.", ""}
	case kind.changed != Harmless:
		return verdict{"update", kind.changed, "changes in place", "It takes effect on requests at once.", ""}
	}
	return verdict{"update", Harmless, "changes in place", "", ""}
}

// nameTaken says whether a replacement must fail, because what identifies the resource is given and stays.
func (d *delta) nameTaken(top string) bool {
	identifier := cfn.Identifier(d.new.Type)
	if len(identifier) == 0 || d.moved || slices.Contains(identifier, top) || classOf(d.new.Type).replaced == Harmless {
		return false
	}
	for _, name := range identifier {
		v, ok := d.new.Properties[name].(string)
		if !ok || v == "" || !value.Equal(d.old.Properties[name], d.new.Properties[name]) {
			return false
		}
	}
	return true
}

// byAttribute is what a change of a resource's attributes does.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html
func (d *delta) byAttribute(ch *change) verdict {
	kept := func(v any) int {
		switch v {
		case "Retain", "RetainExceptOnCreate":
			return 2
		case "Snapshot":
			return 1
		}
		return 0
	}
	switch top := ch.Path[0].Key; top {
	case "DeletionPolicy", "UpdateReplacePolicy":
		if what := lost(d.new.Type); what != "" && kept(ch.New) < kept(ch.Old) {
			when := "is removed from its stack, or its stack is deleted"
			if top == "UpdateReplacePolicy" {
				when = "is replaced"
			}
			return verdict{"attribute", DataLoss, "no longer keeps its " + what, "They go when the resource " + when + ".", "keep the policy; delete by hand what is really done with"}
		}
		return verdict{"attribute", Harmless, "changes what happens when it goes", "", ""}
	case "Condition":
		return verdict{"attribute", Interruption, "exists under another condition", "Where the condition does not hold it is deleted.", ""}
	}
	return verdict{"attribute", Harmless, "changes how CloudFormation handles it", "", ""}
}

// outside are the differences of a template that are in no resource, and those of the stack itself.
func (c *comparison) outside(p *pair) {
	at := func(level Level, rule, property, effect, why, before, after string, keys ...string) {
		c.findings = append(c.findings, Finding{Rule: rule, Level: level, Property: property, Effect: effect, Why: why, Old: before, New: after,
			Where: []Place{{Stack: of(p.new), pair: p, keys: keys, old: after == "" && len(keys) > 0}}})
	}
	if effect := p.protection(); effect != "" {
		level, why := Harmless, ""
		if !p.new.TerminationProtection {
			level, why = DataLoss, "One wrong deletion of the stack takes all that is in it."
		}
		at(level, "stack", "termination protection", effect, why, "", "")
	}
	for _, s := range p.sections {
		if s.settled {
			continue
		}
		before, after := "", ""
		if s.Old != nil {
			before = p.show(s.Old, false)
		}
		if s.New != nil {
			after = p.show(s.New, true)
		}
		at(Harmless, "template", s.Text(), "changes outside of resources", "", before, after, s.Keys()...)
	}
}

// protection says what changes in whether the stack can be deleted; nothing where that stays.
func (p *pair) protection() string {
	switch {
	case p.old.TerminationProtection == p.new.TerminationProtection:
		return ""
	case p.new.TerminationProtection:
		return "the stack can no longer be deleted by mistake"
	}
	return "the stack can be deleted by mistake"
}

// bootstrap names what every template of the CDK has to check its bootstrap version with.
const bootstrap = "BootstrapVersion"

// compareSections finds what differs outside of resources.
func (p *pair) compareSections() {
	sections := [2]map[string]any{{}, {}}
	for i, s := range []map[string]any{p.old.Template, p.new.Template} {
		for name, v := range s {
			if name == "Resources" || name == "Metadata" || name == "Rules" || name == "AWSTemplateFormatVersion" {
				continue
			}
			if m, ok := v.(map[string]any); ok && name == "Parameters" {
				v = withoutLookups(m)
			}
			if m, ok := v.(map[string]any); ok && len(m) == 0 {
				continue
			}
			sections[i][name] = v
		}
	}
	for _, d := range value.Diff(sections[0], sections[1]) {
		before, after := p.show(d.Old, false), p.show(d.New, true)
		if before != after && assetless(before) != assetless(after) {
			p.sections = append(p.sections, &change{Change: d})
		}
	}
}

// withoutLookups leaves parameters out that the CDK makes: what they stand for is shown where they are used.
func withoutLookups(parameters map[string]any) map[string]any {
	left := map[string]any{}
	for id, v := range parameters {
		m, _ := v.(map[string]any)
		typ, _ := m["Type"].(string)
		if id == bootstrap || strings.HasPrefix(typ, ssmType) && strings.HasPrefix(id, "SsmParameterValue") || strings.HasPrefix(id, "AssetParameters") {
			continue
		}
		left[id] = v
	}
	return left
}
