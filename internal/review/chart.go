package review

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/graph"
)

// chart knows for each stack what it is one of and where it is: "ui" and "prod-eu-west-1". It goes by the names of stacks and
// stages, which any app has, and not by those of Storeship.
type chart struct {
	places map[Stack]*coordinates
	// columns are the targets in the order of deployment.
	columns []string
}

// coordinates of a stack.
type coordinates struct {
	service, environment, region, target string
	column                               int
	mask                                 mask
}

var nothing = &coordinates{mask: newMask(nil, nil)}

func (c *chart) of(s Stack) *coordinates {
	if p, ok := c.places[s]; ok {
		return p
	}
	return nothing
}

// survey makes the chart of the stacks of both assemblies.
func survey(stacks [2][]*assembly.Stack, drawn [2][]graph.Pipeline) *chart {
	c := &chart{places: map[Stack]*coordinates{}}
	all := slices.Concat(stacks[1], stacks[0])
	common := commonWords(all)
	environments := map[string]map[string]bool{} // by account
	for _, s := range all {
		if e := environmentOf(s); e != "" && s.Account != "" {
			if environments[s.Account] == nil {
				environments[s.Account] = map[string]bool{}
			}
			environments[s.Account][e] = true
		}
	}
	for _, s := range all {
		if c.places[of(s)] != nil {
			continue
		}
		p := &coordinates{environment: environmentOf(s), region: s.Region}
		if of := environments[s.Account]; p.environment == "" && len(of) == 1 {
			for e := range of {
				p.environment = e
			}
		}
		p.service = serviceOf(s, p, common)
		p.target = join("-", p.environment, s.Region)
		if p.environment == "" {
			p.target = join(" ", s.Account, s.Region)
		}
		if p.target == "" {
			p.target = "everywhere"
		}
		p.mask = maskOf(s, p)
		c.places[of(s)] = p
	}
	c.sort(all, drawn)
	return c
}

func join(separator string, words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), separator)
}

// environmentOf is the stage that the stack is of, without the region.
func environmentOf(s *assembly.Stack) string {
	if s.Assembly == nil || s.Assembly.Path == "" {
		return ""
	}
	stage := s.Assembly.Path[strings.LastIndex(s.Assembly.Path, "/")+1:]
	if s.Region != "" {
		stage = strings.Trim(strings.ReplaceAll(stage, s.Region, ""), "-_")
	}
	return stage
}

// words splits a name at what people put between its words.
func words(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("-_/. :", r) })
}

// commonWords are those that every stack has in its name: that of the app.
func commonWords(all []*assembly.Stack) map[string]bool {
	count := map[string]int{}
	names := map[string]bool{}
	for _, s := range all {
		if names[s.Name] {
			continue
		}
		names[s.Name] = true
		seen := map[string]bool{}
		for _, w := range words(s.Name) {
			if !seen[w] {
				seen[w] = true
				count[w]++
			}
		}
	}
	common := map[string]bool{}
	for w, n := range count {
		common[w] = n == len(names) && n > 1
	}
	return common
}

// serviceOf is what is left of a stack's name without the app's, the environment's and the region's.
func serviceOf(s *assembly.Stack, p *coordinates, common map[string]bool) string {
	name := s.Name
	if s.Region != "" {
		name = strings.ReplaceAll(name, s.Region, "")
	}
	var left []string
	for _, w := range words(name) {
		if !common[w] && !slices.Contains(words(p.environment), w) && w != s.Account {
			left = append(left, w)
		}
	}
	if len(left) == 0 {
		all := words(s.Name)
		if len(all) == 0 {
			return s.Name
		}
		return all[len(all)-1]
	}
	return strings.Join(left, "-")
}

// joined is a path as the CDK makes ids of it.
var separators = regexp.MustCompile(`[^A-Za-z0-9]`)

// maskOf takes out of texts what a stack is called, and where it is.
func maskOf(s *assembly.Stack, p *coordinates) mask {
	whole := []string{s.Name, s.ID, s.Path, s.Account, s.Region, separators.ReplaceAllString(s.Path, "")}
	if s.Assembly != nil && s.Assembly.Path != "" {
		whole = append(whole, s.Assembly.Path, separators.ReplaceAllString(s.Assembly.Path, ""))
	}
	own := append(words(p.environment), words(p.service)...)
	if p.region != "" {
		own = append(own, separators.ReplaceAllString(p.region, ""))
	}
	return newMask(whole, own)
}

// sort puts the targets into the order in which pipelines deploy to them; those that none deploys to come first, because they
// are what the rest stands on.
func (c *chart) sort(all []*assembly.Stack, drawn [2][]graph.Pipeline) {
	when := map[string]int{}
	for _, pipelines := range drawn {
		for _, p := range pipelines {
			for i, stage := range p.Stages {
				for j, t := range stage.Targets() {
					// The pipeline with most before it says when: the platform's comes before those of services.
					when[t] = max(when[t], i*100+j+1)
				}
			}
		}
	}
	type column struct {
		target string
		at     int
	}
	var columns []column
	seen := map[string]bool{}
	for _, s := range all {
		p := c.places[of(s)]
		if !seen[p.target] {
			seen[p.target] = true
			columns = append(columns, column{p.target, when[p.target]})
		}
	}
	slices.SortStableFunc(columns, func(a, b column) int { return cmp.Compare(a.at, b.at) })
	at := map[string]int{}
	for i, col := range columns {
		at[col.target] = i
		c.columns = append(c.columns, col.target)
	}
	for _, p := range c.places {
		p.column = at[p.target]
	}
}

// Matrix is the worst finding by service and target.
type Matrix struct {
	// Targets are the columns, in the order of deployment.
	Targets []string `json:"targets"`
	// Rows by service, those with the worst findings first.
	Rows []Row `json:"rows"`
}

// Row is one service.
type Row struct {
	// Service of the row.
	Service string `json:"service"`
	// Cells in the order of the targets.
	Cells []Cell `json:"cells"`
}

// Cell is a service in a target.
type Cell struct {
	// Deployed says that the service is there at all, before or after.
	Deployed bool `json:"deployed"`
	// Worst is the level of the worst finding; empty where there is none.
	Worst Level `json:"worst,omitempty"`
	// Findings is how many there are.
	Findings int `json:"findings"`
}

// matrix counts the findings by service and target.
func (c *comparison) matrix(findings []Finding) Matrix {
	m := Matrix{Targets: []string{}, Rows: []Row{}}
	rows := map[string]int{}
	cell := func(service string, column int) *Cell {
		i, ok := rows[service]
		if !ok {
			i = len(m.Rows)
			rows[service] = i
			m.Rows = append(m.Rows, Row{service, make([]Cell, len(c.chart.columns))})
		}
		return &m.Rows[i].Cells[column]
	}
	m.Targets = append(m.Targets, c.chart.columns...)
	for _, p := range c.chart.places {
		cell(p.service, p.column).Deployed = true
	}
	for _, f := range findings {
		seen := map[string]bool{}
		for _, p := range f.Where {
			at := c.chart.of(p.Stack)
			key := fmt.Sprint(at.service, " ", at.column)
			if at == nothing || seen[key] {
				continue
			}
			seen[key] = true
			one := cell(at.service, at.column)
			one.Findings++
			if one.Worst == "" || f.Level.worse(one.Worst) {
				one.Worst = f.Level
			}
		}
	}
	slices.SortFunc(m.Rows, func(a, b Row) int {
		return cmp.Or(a.worst()-b.worst(), strings.Compare(a.Service, b.Service))
	})
	return m
}

// worst is how bad the worst of a row is, 0 for the worst level of all.
func (r Row) worst() int {
	least := len(Levels)
	for _, c := range r.Cells {
		if c.Worst != "" {
			least = min(least, slices.Index(Levels, c.Worst))
		}
	}
	return least
}
