package review

import (
	"encoding/json"

	"github.com/storeship/storeship/internal/value"
)

// texts judges properties that hold a document of their own: what a build runs, when images and objects expire, what a web ACL
// lets through.
func texts(c *comparison) []Finding {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old == nil || d.new == nil {
				continue
			}
			switch d.new.Type {
			case "AWS::CodeBuild::Project":
				c.build(d)
				d.buildVariables()
			case "AWS::ECR::Repository":
				d.expiry("LifecyclePolicy", images(d.old.Properties), images(d.new.Properties), "images")
			case "AWS::S3::Bucket":
				d.expiry("LifecycleConfiguration", objects(d.old.Properties), objects(d.new.Properties), "objects")
			case "AWS::WAFv2::WebACL":
				d.webACL()
			}
		}
	}
	return nil
}

// expiry is when something expires, by what it is for: smaller is sooner.
type expiry map[string]float64

// expiry finds what is deleted sooner than before, or at all.
func (d *delta) expiry(property string, before, after expiry, what string) {
	for _, selection := range value.Keys(after) {
		if was, ok := before[selection]; !ok || after[selection] < was {
			d.say(verdict{"expiry", DataLoss, what + " are deleted sooner", "Those that are too old, or too many, by the new rule go within a day.", "list what would go, before this is deployed"}, property)
			return
		}
	}
}

// images reads a lifecycle policy of a registry.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
func images(properties map[string]any) expiry {
	all := expiry{}
	m, _ := properties["LifecyclePolicy"].(map[string]any)
	text, _ := m["LifecyclePolicyText"].(string)
	var policy struct {
		Rules []struct {
			Selection map[string]any
			Action    struct{ Type string }
		}
	}
	if json.Unmarshal([]byte(text), &policy) != nil {
		return all
	}
	for _, r := range policy.Rules {
		if r.Action.Type != "expire" {
			continue
		}
		count, _ := number(r.Selection["countNumber"], 0)
		delete(r.Selection, "countNumber")
		all[value.Canonical(r.Selection)] = count
	}
	return all
}

// objects reads the lifecycle rules of a bucket.
func objects(properties map[string]any) expiry {
	all := expiry{}
	m, _ := properties["LifecycleConfiguration"].(map[string]any)
	for _, r := range value.Objects(m["Rules"]) {
		if r["Status"] != "Enabled" {
			continue
		}
		of := value.Canonical([]any{r["Prefix"], r["TagFilters"], r["ObjectSizeGreaterThan"], r["ObjectSizeLessThan"]})
		for _, property := range []string{"ExpirationInDays", "NoncurrentVersionExpirationInDays"} {
			if n, ok := number(r[property], 0); ok && r[property] != nil {
				all[of+property] = n
			}
		}
		if m, ok := r["NoncurrentVersionExpiration"].(map[string]any); ok {
			if n, ok := number(m["NoncurrentDays"], 0); ok {
				all[of+"NoncurrentVersionExpirationInDays"] = n
			}
		}
		if date, ok := r["ExpirationDate"].(string); ok {
			all[of+date] = 0
		}
	}
	return all
}

// webACL finds rules that are gone, or that no longer block.
func (d *delta) webACL() {
	rules := func(r map[string]any) map[string]map[string]any {
		all := map[string]map[string]any{}
		for _, e := range value.Objects(r["Rules"]) {
			name, _ := e["Name"].(string)
			all[name] = e
		}
		return all
	}
	before, after := rules(d.old.Properties), rules(d.new.Properties)
	counts := func(m map[string]any) bool {
		action, _ := m["Action"].(map[string]any)
		override, _ := m["OverrideAction"].(map[string]any)
		return action["Count"] != nil || action["Allow"] != nil || override["Count"] != nil
	}
	for _, name := range value.Keys(before) {
		switch n, ok := after[name]; {
		case !ok:
			d.say(verdict{"web-acl", SafetyLost, "no longer has the rule " + name, "What it held back gets through.", ""}, "Rules["+name+"]", "Rules")
		case counts(n) && !counts(before[name]):
			d.say(verdict{"web-acl", SafetyLost, "the rule " + name + " no longer blocks", "What it held back is counted, and gets through.", ""}, "Rules["+name+"]")
		case value.Canonical(n["Statement"]) != value.Canonical(before[name]["Statement"]):
			d.say(verdict{"web-acl", SafetyLost, "the rule " + name + " looks for something else", "Whether it holds back less, the rule says.", ""}, "Rules["+name+"].Statement")
		}
	}
	was, _ := d.old.Properties["DefaultAction"].(map[string]any)
	is, _ := d.new.Properties["DefaultAction"].(map[string]any)
	if was["Block"] == nil && is["Block"] != nil {
		d.say(verdict{"web-acl", Traffic, "holds back what no rule lets through", "Every customer whom no rule names is refused.", "a rule that allows customers, in a release before"}, "DefaultAction")
	}
	if was["Block"] != nil && is["Block"] == nil {
		d.say(verdict{"web-acl", AccessWidened, "lets through what no rule is about", "It was held back.", ""}, "DefaultAction")
	}
}

// clip shortens a text.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
