package review

import (
	"fmt"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/value"
)

// exports finds what other stacks import and what changes or goes all the same: CloudFormation refuses both.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
func exports(c *comparison) []Finding {
	importers := [2]map[string][]*assembly.Stack{{}, {}}
	for i, all := range c.stacks {
		for _, s := range all {
			for _, name := range imports(s) {
				key := s.Account + " " + s.Region + " " + name
				importers[i][key] = append(importers[i][key], s)
			}
		}
	}
	// The order of deployment of the new stacks: an importer that comes first has let go of it by then.
	order := map[string]int{}
	for i, s := range c.stacks[1] {
		order[fmt.Sprint(of(s))] = i
	}
	var all []Finding
	for _, p := range c.pairs {
		before, after := exported(p.old), exported(p.new)
		for _, name := range value.Keys(before) {
			b, a := before[name], after[name]
			if value.Equal(b.value, a.value) {
				continue
			}
			key := p.old.Account + " " + p.old.Region + " " + name
			still := importers[1][key]
			if len(still) == 0 {
				for _, s := range importers[0][key] {
					if at, there := order[fmt.Sprint(of(s))]; !there || at > order[fmt.Sprint(of(p.new))] {
						still = append(still, s)
					}
				}
			}
			if len(still) == 0 {
				continue
			}
			f := Finding{Level: WillFail, Property: "Outputs." + b.output, Effect: string(frozen.Fails),
				Why:     "Stack " + still[0].Name + " imports the export " + name + ", and CloudFormation neither changes nor removes what is imported.",
				Instead: "in two releases: first let the other stack do without it (keep the export with Stack.exportValue), then change or remove it",
				Old:     p.show(b.value, false), Where: []Place{{Stack: of(p.new), pair: p, keys: []string{"Outputs", b.output}, old: a.value == nil}}}
			if a.value != nil {
				f.New = p.show(a.value, true)
			}
			for _, s := range p.sections {
				if s.under("Outputs." + b.output) {
					s.settled = true
				}
			}
			all = append(all, f)
		}
	}
	return all
}

type export struct {
	output string
	value  any
}

// exported are the exports of a stack, by their names.
func exported(s *assembly.Stack) map[string]export {
	all := map[string]export{}
	for id, v := range section(s, "Outputs") {
		m, _ := v.(map[string]any)
		e, _ := m["Export"].(map[string]any)
		if name := value.Show(e["Name"], pseudo(s)); e["Name"] != nil {
			all[name] = export{id, m["Value"]}
		}
	}
	return all
}

// pseudo puts in what a stack knows of itself.
func pseudo(s *assembly.Stack) value.Names {
	return func(id string) string {
		if id == "AWS::StackName" {
			return s.Name
		}
		return ""
	}
}

// imports lists the exports that a stack imports.
func imports(s *assembly.Stack) []string {
	var all []string
	var walk func(v any)
	walk = func(v any) {
		switch t := v.(type) {
		case []any:
			for _, e := range t {
				walk(e)
			}
		case map[string]any:
			if name, ok := t["Fn::ImportValue"]; ok {
				all = append(all, value.Show(name, pseudo(s)))
			}
			for _, e := range t {
				walk(e)
			}
		}
	}
	walk(any(s.Template))
	return all
}
