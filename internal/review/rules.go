package review

import (
	"slices"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/cfn"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/value"
)

// Rule finds one kind of what a change does.
type Rule struct {
	// Name of the rule, as findings have it.
	Name string
	// About says what it finds, in a line.
	About string

	find func(*comparison) []Finding
}

// Rules lists all rules, in the order in which findings of one level are printed.
func Rules() []Rule {
	return []Rule{
		{"frozen", "a frozen property changes in the template: the deployment fails, or traffic is reset", frozenText},
		{"frozen-value", "a frozen property changes in value although its template says the same: through what it refers to, within the stack or by an SSM parameter", frozenValue},
		{"name-taken", "a resource keeps its name, port or priority under another logical id: CloudFormation creates the new one first, and it is taken", nameTaken},
		{"traffic-removed", "a service that CodeDeploy releases, or what leads traffic to it, leaves its stack", trafficRemoved},
		{"export", "what another stack imports changes or goes", exports},
		{"state-removed", "a resource with state leaves its stack, and is deleted with it or left behind", stateRemoved},
		{"replacement", "a resource is replaced that others name, or that has state", replacement},
		{"expiry", "images or objects are deleted sooner", none},
		{"policy", "a policy allows more or less, by action, resource, principal and condition", policies},
		{"security-group", "a security group reaches, or is reached by, more or less", securityGroups},
		{"permission", "somebody may call a function", permissions},
		{"gate", "a pipeline loses an approval, a check, a stage or a condition, asks it too late, or deploys something else", gates},
		{"checks", "a gate's function or a canary asks less, or a release no longer asks it", checks},
		{"release", "CodeDeploy releases faster, with fewer alarms, with less of a way back, or something else", releases},
		{"release-file", "what CodeDeploy registers or leads traffic to is another, and the template does not say so", releaseFiles},
		{"alarm", "an alarm fires later, or watches something else", alarms},
		{"build", "a build runs fewer or other commands, passes where it failed, or asks for less", texts},
		{"web-acl", "a web ACL holds back less, or everybody", none},
		{"watched", "a property of the table of watched properties changes in the direction that matters", watched},
		{"live", "a change acts on running tasks at once", live},
		{"moved", "a resource has another logical id", none},
		{"update", "what CloudFormation does with a changed property, by the resource specification", none},
		{"attribute", "a deletion policy, a condition or another attribute of a resource changes", none},
		{"stack", "whether a stack can be deleted by mistake changes", none},
		{"removed", "a resource leaves its stack", none},
		{"cost", "a resource comes that is paid for", none},
		{"created", "a resource comes", none},
		{"stack-added", "a stack comes", none},
		{"stack-removed", "a stack leaves the assembly, which nothing deletes", stackRemoved},
		{"template", "something outside of resources changes", none},
		{"differs", "a change is missing in one place among its siblings", none},
	}
}

// none is for rules whose findings others make, while they look at the same thing.
func none(*comparison) []Finding { return nil }

// fromTable makes findings of the changes that satisfy keep, and takes them out of what is left to say.
func fromTable(c *comparison, level Level, keep func(frozen.Change) bool) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		for _, change := range p.changes {
			if !keep(change) {
				continue
			}
			if level != WillFail && change.Because == "" && p.show(change.Old, false) == p.show(change.New, true) {
				continue // The same in other words.
			}
			r, ok := p.new.Resource(change.LogicalID)
			if !ok || r.Type != change.Type {
				r, _ = p.old.Resource(change.LogicalID)
			}
			f := about(r, level)
			f.Property, f.Effect, f.Why, f.Instead = change.Property, string(change.Effect), change.Why, change.Way
			if change.Effect == frozen.Replaces && level != WillFail {
				f.Level = replaced(r.Type)
			}
			f.Where[0].pair = p
			f.Where[0].keys = []string{"Resources", r.LogicalID, "Properties", change.Property}
			d := p.delta(change.LogicalID)
			if change.Property == "" {
				f.Effect = "removes the resource"
				f.Where[0].old, f.Where[0].keys = true, f.Where[0].keys[:2]
				if d != nil {
					d.settled = true
				}
			} else {
				f.Update = cfn.Of(r.Type, change.Property)
			}
			if change.Because == "" && level != WillFail && d != nil {
				// The property may do something worse besides.
				rule := "live"
				if change.Effect == frozen.Replaces {
					rule = "replacement"
				}
				d.say(verdict{rule, f.Level, f.Effect, f.Why, f.Instead}, change.Property)
				continue
			}
			if change.Because == "" {
				f.values = [2]any{change.Old, change.New}
				f.Old, f.New = valueText(p, change.Old, false), valueText(p, change.New, true)
				if d != nil && change.Property != "" {
					d.settle(change.Property)
				}
			}
			f.Where[0].Because = change.Because
			all = append(all, f)
		}
	}
	return all
}

func valueText(p *pair, v any, renewed bool) string {
	if v == nil {
		return ""
	}
	return p.show(v, renewed)
}

// delta is what differs in the resource; nil where nothing does.
func (p *pair) delta(id string) *delta {
	for _, d := range p.deltas {
		if d.any().LogicalID == id || d.moved && d.old.LogicalID == id {
			return d
		}
	}
	return nil
}

// replaced is the level of a replacement that takes place.
func replaced(typ string) Level {
	if lost(typ) != "" {
		return DataLoss
	}
	return classOf(typ).replaced
}

func frozenText(c *comparison) []Finding {
	return fromTable(c, WillFail, func(f frozen.Change) bool { return refused(f) && f.Because == "" })
}

func frozenValue(c *comparison) []Finding {
	return fromTable(c, WillFail, func(f frozen.Change) bool { return refused(f) && f.Because != "" })
}

// refused says whether a change must not be deployed. Traffic that is reset goes to the target group of the first
// deployment, which has no tasks after every second release.
func refused(c frozen.Change) bool { return c.Effect == frozen.Fails || c.Effect == frozen.Resets }

func replacement(c *comparison) []Finding {
	written := map[*pair]map[string]bool{}
	for _, p := range c.pairs {
		written[p] = map[string]bool{}
		for _, f := range p.changes {
			if f.Effect == frozen.Replaces && f.Property != "" && f.Because == "" {
				written[p][f.LogicalID] = true
			}
		}
	}
	all := fromTable(c, Interruption, func(f frozen.Change) bool { return f.Effect == frozen.Replaces && f.Property != "" })
	// Where the template itself says that a resource is another one, it need not be said what else makes it one.
	return slices.DeleteFunc(all, func(f Finding) bool {
		return f.Where[0].Because != "" && written[f.Where[0].pair][f.Where[0].LogicalID]
	})
}

// trafficRemoved finds what no longer leads traffic to a released service. Where something else does so instead, CloudFormation
// creates that first, and the target group is taken: it serves one load balancer only.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func trafficRemoved(c *comparison) []Finding {
	return fromTable(c, WillFail, func(f frozen.Change) bool { return f.Property == "" })
}

func live(c *comparison) []Finding {
	return fromTable(c, Traffic, func(f frozen.Change) bool { return f.Effect == frozen.Live })
}

func nameTaken(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		if p.unchanged {
			continue
		}
		holders := map[string]string{}
		for _, r := range p.old.Resources() {
			if key, _ := slot(r); key != "" {
				holders[key] = r.LogicalID
			}
		}
		before := byID(p.old)
		for _, r := range p.new.Resources() {
			key, what := slot(r)
			if holder, taken := holders[key]; key == "" || !taken || before[r.LogicalID] != nil || holder == r.LogicalID {
				continue
			}
			holder := holders[key]
			f := about(r, WillFail)
			f.Where[0].pair, f.Where[0].keys = p, []string{"Resources", r.LogicalID}
			if d := p.delta(r.LogicalID); d != nil {
				d.settled = true
			}
			f.Effect = string(frozen.Fails)
			f.Why = "It has " + what + ", which " + holder + " has until the deployment is done: CloudFormation deletes last."
			f.Instead = "keep the logical id (the construct's path), or change what is taken with it; where the resource may be gone for a while, remove it in a release of its own"
			all = append(all, f)
		}
	}
	return all
}

// slot is what only one resource at a time can have, with the words for it: a name, the port of a load balancer, the
// priority of a listener.
func slot(r assembly.Resource) (key, what string) {
	if name := frozen.PhysicalName(r.Type, r.Properties); name != "" {
		return r.Type + " " + name, "the name " + name
	}
	of := func(owner, number, words string) (string, string) {
		if r.Properties[owner] == nil || r.Properties[number] == nil {
			return "", ""
		}
		return r.Type + " " + value.Canonical(r.Properties[owner]) + " " + value.Canonical(r.Properties[number]), words + " " + value.Show(r.Properties[number], nil)
	}
	switch r.Type {
	case "AWS::ElasticLoadBalancingV2::Listener":
		return of("LoadBalancerArn", "Port", "port")
	case "AWS::ElasticLoadBalancingV2::ListenerRule":
		return of("ListenerArn", "Priority", "priority")
	}
	return "", ""
}
