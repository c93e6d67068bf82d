package graph

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
)

// Graph is what an assembly deploys, as a picture shows it.
type Graph struct {
	// Pipelines of the assembly, by name.
	Pipelines []Pipeline
	// Columns are the stages of all pipelines, in an order that each of them follows.
	Columns []Column
	// Rest are the accounts with stacks that no pipeline deploys, and how many.
	Rest []Account
}

// Column is the stages of one name.
type Column struct {
	// Name of the stages.
	Name string
	// Account that they deploy to; that of the pipeline for stages that deploy nothing.
	Account string
	// Label of the account: the environments in it.
	Label string
}

// Account is where stacks are deployed.
type Account struct {
	// ID of the account; empty when the app leaves it open.
	ID string
	// Stacks in it, each with its region, or the number of its regions.
	Stacks []string
}

// Of reads the picture of an assembly.
func Of(a *assembly.Assembly) *Graph {
	stacks := a.Stacks()
	g := &Graph{Pipelines: Pipelines(stacks)}
	account := map[string]string{} // by stack and region
	environment := map[string]map[string]bool{}
	for _, s := range stacks {
		account[s.Name+" "+s.Region] = s.Account
	}
	for _, name := range order(g.Pipelines) {
		c := Column{Name: name}
		for _, p := range g.Pipelines {
			for _, s := range p.Stages {
				if s.Name != name {
					continue
				}
				if c.Account == "" && len(s.Targets()) == 0 {
					c.Account = p.Account
				}
				for _, action := range s.Actions {
					if action.Deploys != "" && c.Account == "" {
						c.Account = account[action.Deploys+" "+action.Region]
					}
				}
				if len(s.Targets()) > 0 {
					if environment[c.Account] == nil {
						environment[c.Account] = map[string]bool{}
					}
					environment[c.Account][environmentOf(s)] = true
				}
			}
		}
		g.Columns = append(g.Columns, c)
	}
	for i := range g.Columns {
		var names []string
		for name := range environment[g.Columns[i].Account] {
			names = append(names, name)
		}
		sort.Strings(names)
		g.Columns[i].Label = strings.Join(names, ", ")
	}
	g.rest(stacks)
	return g
}

// environmentOf is what the targets of a stage have in common: "prod" of "prod-eu-west-1" and "prod-us-east-1".
func environmentOf(s Stage) string {
	regions := map[string]bool{}
	for _, a := range s.Actions {
		regions[a.Region] = true
	}
	name := s.Targets()[0]
	for region := range regions {
		if before, ok := strings.CutSuffix(name, "-"+region); ok && region != "" {
			return before
		}
	}
	return name
}

// order merges the stages of all pipelines into one row: each after those that come before it anywhere.
func order(all []Pipeline) []string {
	var row []string
	// The longest first: the others fit into it.
	sorted := slices.Clone(all)
	sort.SliceStable(sorted, func(i, j int) bool { return len(sorted[i].Stages) > len(sorted[j].Stages) })
	for _, p := range sorted {
		at := 0
		for _, s := range p.Stages {
			if i := slices.Index(row, s.Name); i >= 0 {
				at = max(at, i+1)
				continue
			}
			row = slices.Insert(row, at, s.Name)
			at++
		}
	}
	return row
}

// rest finds what people deploy by hand.
func (g *Graph) rest(stacks []*assembly.Stack) {
	deployed := map[string]bool{}
	for _, p := range g.Pipelines {
		if p.Stack != nil {
			deployed[p.Stack.Name+" "+p.Stack.Region] = true
		}
		for _, s := range p.Stages {
			for _, a := range s.Actions {
				if a.Deploys != "" {
					deployed[a.Deploys+" "+a.Region] = true
				}
			}
		}
	}
	at := map[string]int{}
	regions := map[[2]string][]string{} // by account and name
	var names [][2]string
	for _, s := range stacks {
		if deployed[s.Name+" "+s.Region] {
			continue
		}
		key := [2]string{s.Account, s.Name}
		if regions[key] == nil {
			names = append(names, key)
		}
		regions[key] = append(regions[key], s.Region)
	}
	for _, key := range names {
		account, name := key[0], key[1]
		if _, ok := at[account]; !ok {
			at[account] = len(g.Rest)
			g.Rest = append(g.Rest, Account{ID: account})
		}
		if n := len(regions[key]); n > 1 {
			name = fmt.Sprintf("%s in %d regions", name, n)
		} else if regions[key][0] != "" {
			name += " in " + regions[key][0]
		}
		of := &g.Rest[at[account]]
		of.Stacks = append(of.Stacks, name)
	}
	sort.SliceStable(g.Rest, func(i, j int) bool { return g.Rest[i].ID < g.Rest[j].ID })
}
