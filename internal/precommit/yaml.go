package precommit

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/storeship/storeship/constructs/environment"
)

// yaml is the file below its header.
func (r *repository) yaml() string {
	hooks := &yaml.Node{Kind: yaml.SequenceNode}
	for _, h := range r.hooks() {
		hooks.Content = append(hooks.Content, r.entry(h))
	}
	repo := mapping("repo", scalar("local"), "hooks", hooks)
	root := mapping(
		"minimum_pre_commit_version", quotedScalar(MinimumVersion),
		"default_install_hook_types", flow(commit, push),
		"repos", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{repo}},
	)
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		panic(err) // a tree of texts can be written
	}
	return b.String()
}

// entry is a hook as pre-commit wants it.
func (r *repository) entry(h hook) *yaml.Node {
	name := h.name
	if len(r.services) > 1 && !strings.HasPrefix(h.id, "secrets") {
		name = h.program.service + ": " + name
	}
	if h.program.lenient {
		name += ", report only"
	}
	n := mapping("id", scalar(h.id), "name", scalar(name), "language", scalar(either(h.language, "system")))
	if len(h.dependencies) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, d := range h.dependencies {
			list.Content = append(list.Content, scalar(d))
		}
		add(n, "additional_dependencies", list)
	}
	add(n, "stages", flow(h.stage))
	files, exclude := r.filter(h)
	if files == "" && exclude == "" {
		add(n, "always_run", &yaml.Node{Kind: yaml.ScalarNode, Value: "true"})
	}
	if files != "" {
		add(n, "files", scalar(files))
	}
	if exclude != "" {
		add(n, "exclude", scalar(exclude))
	}
	add(n, "pass_filenames", &yaml.Node{Kind: yaml.ScalarNode, Value: "false"})
	if h.program.lenient {
		// pre-commit shows what a hook says only where it fails, or with this.
		add(n, "verbose", &yaml.Node{Kind: yaml.ScalarNode, Value: "true"})
	}
	add(n, "entry", scalar("bash"))
	script := scalar(h.program.text())
	script.Style = yaml.LiteralStyle
	add(n, "args", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{scalar("-c"), script}})
	if h.comment != "" {
		n.HeadComment = "# " + h.comment
	}
	return n
}

// filter are the expressions of the files whose change a hook looks at: those that start the pipeline, by the plan's file paths or the
// service's folder.
func (r *repository) filter(h hook) (files, exclude string) {
	s := r.plan.Service(h.program.service)
	source := r.plan.SourceOf(s)
	if h.program.folder == "." && source.Path != "." {
		return "", "" // it looks at the whole repository
	}
	includes := source.FilePaths.Includes
	if len(includes) == 0 && source.Path != "." {
		includes = []string{source.Path + "/**"}
	}
	return expression(includes), expression(source.FilePaths.Excludes)
}

// expression is what matches what one of the patterns does.
func expression(patterns []string) string {
	var all []string
	for _, p := range patterns {
		e, err := environment.GlobExpression(p)
		if err != nil {
			panic(err) // the plan is valid
		}
		all = append(all, e)
	}
	return strings.Join(all, "|")
}

func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

func quotedScalar(s string) *yaml.Node {
	n := scalar(s)
	n.Style = yaml.DoubleQuotedStyle
	return n
}

// flow is a list in one line.
func flow(values ...string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range values {
		n.Content = append(n.Content, scalar(v))
	}
	return n
}

// mapping is keys and values in turn.
func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(pairs); i += 2 {
		add(n, pairs[i].(string), pairs[i+1].(*yaml.Node))
	}
	return n
}

func add(n *yaml.Node, key string, value *yaml.Node) {
	n.Content = append(n.Content, scalar(key), value)
}
