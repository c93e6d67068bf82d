package frozen

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Markdown is the documentation of [Settings] and [Table], docs/what-you-can-change.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString(`# What you can change, and how

<!-- Generated from internal/frozen; "make golden" rewrites it. -->

Most settings change with the next release. Some cannot change in place, because CodeDeploy controls the service: for
CloudFormation such a service is create-only, and any difference in its resource fails the deployment. Frozen are the
service, its two target groups, and the listeners or rules that forward to them; frozen in value too, so that an SSM
parameter that feeds them is written once. A service with the engine rolling is not frozen: CloudFormation changes it. With
the engine ecs CloudFormation changes the service, but target groups and rules are frozen as well: ECS changes the rules'
weights with every release, and CloudFormation would set them back.

## Settings of storeship.yaml

[Reviewing a release](reviewing.md) says how the pipelines stop a change that cannot be made in place: ` + "`storeship review`" + ` stops
exactly what is never in place here; but for the store's name, its tools and an environment's account, with which new stacks are
made and nothing that is deployed changes.

| setting | a change takes effect | how |
| --- | --- | --- |
`)
	for _, s := range Settings() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(s.Keys), s.When, s.How)
	}
	b.WriteString(otherEngines())
	b.WriteString(`
## Properties of resources

What a difference in a synthesized template does, for whoever extends the stacks. "Released" resources are a service
that CodeDeploy controls, its target groups, and the listeners and rules that forward to them; with the engine ecs the
target groups and rules.

| resource | property | a change | why | instead |
| --- | --- | --- | --- | --- |
`)
	for _, e := range Table() {
		typ := "`" + e.Type + "`"
		if e.Released {
			typ += ", released"
		}
		properties := "every other"
		if len(e.Properties) > 0 {
			properties = code(e.Properties)
		} else if !hasSibling(e) {
			properties = "every"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", typ, properties, e.Effect, e.Why, e.Way)
	}
	b.WriteString(`
A resource with a name of its own cannot be replaced while it keeps that name: then the deployment fails instead. Task
definitions are replaced by every release and retained, so that a rollback finds the old one.
`)
	return b.String()
}

// otherEngines lists the settings for which another engine than codedeploy makes a difference.
func otherEngines() string {
	var b strings.Builder
	b.WriteString(`
### With another engine

What differs from the table above for a service that has the engine ecs or rolling.

| setting | with ecs | with rolling |
| --- | --- | --- |
`)
	cell := func(s Setting, ok bool) string {
		if !ok {
			return "as above"
		}
		return string(s.When) + ": " + s.How
	}
	for _, key := range slices.Compact(slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(native)), slices.Collect(maps.Keys(rolling))...)))) {
		n, isNative := native[key]
		r, isRolling := rolling[key]
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", key, cell(n, isNative), cell(r, isRolling))
	}
	return b.String()
}

func hasSibling(e Entry) bool {
	for _, o := range Table() {
		if o.Type == e.Type && o.Released == e.Released && len(o.Properties) > 0 {
			return true
		}
	}
	return false
}

func code(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
