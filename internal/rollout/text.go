package rollout

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/storeship/storeship/internal/text"
)

// WriteJSON writes the rollout as one JSON document.
func (r *Rollout) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// WriteText writes the rollout as trees, and the first deployment as a numbered list.
func (r *Rollout) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Store %s: %s in %s, %s.\n\n", r.Store,
		text.Count(len(r.Pipelines)-1, "service"), text.Count(r.targets(), "target"), text.Count(len(r.Accounts), "account"))
	b.WriteString("Accounts\n")
	render(&b, "", r.accountTree())
	fmt.Fprintf(&b, "\nPipelines, in %s %s\n", r.Accounts[0].ID, r.Accounts[0].Regions[0].Name)
	render(&b, "", r.pipelineTree())
	b.WriteString("\nThe first deployment, in this order\n")
	writeSteps(&b, r.FirstDeployment, r.holds)
	_, err := io.WriteString(w, b.String())
	return err
}

// targets counts the targets: the platform pipeline passes each of them, and the tools.
func (r *Rollout) targets() int {
	n := 0
	for _, stage := range r.Pipelines[0].Stages {
		for _, id := range stage.targets() {
			if !strings.HasPrefix(id, ToolsName+"-") {
				n++
			}
		}
	}
	return n
}

// branch is a line of a tree, with what hangs below it.
type branch struct {
	label, note string
	children    []branch
}

// render writes a tree. The notes of siblings stand in one column.
func render(b *strings.Builder, indent string, branches []branch) {
	width := 0
	for _, x := range branches {
		if x.note != "" {
			width = max(width, utf8.RuneCountInString(x.label))
		}
	}
	for i, x := range branches {
		tick, below := "├─ ", "│  "
		if i == len(branches)-1 {
			tick, below = "└─ ", "   "
		}
		b.WriteString(indent + tick + x.label)
		if x.note != "" {
			b.WriteString(strings.Repeat(" ", width-utf8.RuneCountInString(x.label)) + "  " + x.note)
		}
		b.WriteByte('\n')
		render(b, indent+below, x.children)
	}
}

func (r *Rollout) accountTree() []branch {
	var tree []branch
	for _, a := range r.Accounts {
		node := branch{label: a.ID + ": " + strings.Join(a.Holds, ", ")}
		for _, region := range a.Regions {
			leaf := branch{label: region.Name}
			for _, s := range region.Stacks {
				by := "deployed by people"
				if s.Pipeline != "" {
					by = "by " + s.Pipeline
				}
				leaf.children = append(leaf.children, branch{label: s.Name, note: s.Holds + "; " + by})
			}
			node.children = append(node.children, leaf)
		}
		tree = append(tree, node)
	}
	return tree
}

func (r *Rollout) pipelineTree() []branch {
	var tree []branch
	for _, p := range r.Pipelines {
		node := branch{label: p.Name + ": starts with " + p.Trigger.String()}
		for _, s := range p.Stages {
			stage := branch{label: s.Name, children: actionTree(s)}
			if n := len(s.targets()); n > 1 {
				stage.label += fmt.Sprintf(": %d targets side by side", n)
			}
			node.children = append(node.children, stage)
		}
		tree = append(tree, node)
	}
	return tree
}

// actionTree lists the actions of a stage: those of the whole stage, then those of its targets, one target after the other
// though they run side by side.
func actionTree(s Stage) []branch {
	var tree []branch
	lanes := map[string]int{}
	several := len(s.targets()) > 1
	for _, a := range s.Actions {
		leaf := branch{label: a.label(), note: a.note()}
		if a.Target == "" || !several {
			tree = append(tree, leaf)
			continue
		}
		i, seen := lanes[a.Target]
		if !seen {
			i = len(tree)
			lanes[a.Target] = i
			tree = append(tree, branch{label: a.Target})
		}
		tree[i].children = append(tree[i].children, leaf)
	}
	return tree
}

// targets lists the targets of a stage.
func (s Stage) targets() []string {
	var ids []string
	for _, a := range s.Actions {
		if a.Target != "" && !slices.Contains(ids, a.Target) {
			ids = append(ids, a.Target)
		}
	}
	return ids
}

// label is the action's name without what the tree says already.
func (a Action) label() string {
	switch {
	case a.Stack != "":
		return a.Stack
	case a.step != "":
		return a.step
	}
	return a.Name
}

func (a Action) note() string {
	if a.Stack != "" && a.Does != "" {
		return "deploy in " + a.Account + " " + a.Region + "; " + a.Does
	}
	if a.Stack != "" {
		return "deploy in " + a.Account + " " + a.Region
	}
	return a.Does
}

func writeSteps(b *strings.Builder, steps []Step, holds func(account string) []string) {
	for i, step := range steps {
		fmt.Fprintf(b, "\n%d. %s\n", i+1, step.Title)
		account := ""
		for _, c := range step.Commands {
			if c.Account != account && c.Account != "" {
				fmt.Fprintf(b, "   with credentials of %s (%s):\n", c.Account, strings.Join(holds(c.Account), ", "))
			}
			account = c.Account
			fmt.Fprintf(b, "     %s\n", c.Run)
		}
		for _, note := range step.Notes {
			for _, line := range wrap(note, 110) {
				fmt.Fprintf(b, "   %s\n", line)
			}
		}
	}
}

func (r *Rollout) holds(account string) []string {
	for _, a := range r.Accounts {
		if a.ID == account {
			return a.Holds
		}
	}
	return nil
}

// wrap breaks s into lines of at most width characters, between words.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
