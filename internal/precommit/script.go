package precommit

import (
	"embed"
	"maps"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/internal/pinned"
)

//go:embed scripts/*.sh
var files embed.FS

// own is a script of this package, without its comments.
func own(name string) string {
	text, err := files.ReadFile("scripts/" + name + ".sh")
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// program is the script of a hook.
type program struct {
	// service that the hook is of, and the folder where it looks.
	service, folder string
	// pins and variables that the scripts read.
	pins      []string
	variables map[string]string
	// report is the file that the gate's own scripts write, without its folder. Empty without one.
	report string
	// staged says that the hook needs what git says of the commit that is being made.
	staged bool
	// install runs at the root of the repository, look in the folder.
	install, look string
	// lenient says that what look finds stops nothing.
	lenient bool
}

// text is the program as bash reads it.
func (p program) text() string {
	var b strings.Builder
	b.WriteString("HOOKS_OF=" + quoted(p.service) + "\n" + own("begin"))
	if !p.staged {
		b.WriteString(own("apart"))
	}
	variables := pinned.Variables(p.pins...)
	maps.Copy(variables, p.variables)
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		b.WriteString("export " + name + "=" + quoted(variables[name]) + "\n")
	}
	if p.report != "" {
		b.WriteString("REPORT=$STORESHIP/" + p.report + "\n")
	}
	b.WriteString("export SOURCE_PATH=" + quoted(p.folder) + "\n" + p.install + "cd \"$SOURCE_PATH\"\n")
	if !p.lenient {
		return b.String() + p.look
	}
	// Not with ||: what stands before it goes on after a failure, whatever set -e says.
	return b.String() + "set +e\n(\nset -e\n" + p.look + ")\n[ $? -eq 0 ] || say 'report only: what was found stops nothing'\n"
}

// commands are those of the plan: each begins as it does in the pipeline, and of several lines or a pipe every part counts.
func commands(all []string) string {
	var b strings.Builder
	b.WriteString("set +u\n")
	for _, c := range all {
		b.WriteString("set -eo pipefail\n" + strings.TrimRight(c, "\n") + "\n")
	}
	return b.String()
}

// once runs a script that installs something, and no more until one of the values is another: it needs the network, and a commit
// should not.
func once(what, values, script string) string {
	file := "\"$STORESHIP/" + what + ".of\""
	return "wanted=\"" + values + "\"\nif [ \"$(cat " + file + " 2> /dev/null)\" != \"$wanted\" ]; then\n" +
		script + "printf %s \"$wanted\" > " + file + "\nfi\n"
}

// required fails where files were not written.
func required(p *program, reports string) string {
	p.set("TEST_REPORTS", reports)
	p.set("TEST_REPORTS_PATTERN", scripts.FindPattern(reports))
	return scripts.Text("require-report")
}

func (p *program) set(name, value string) {
	if p.variables == nil {
		p.variables = map[string]string{}
	}
	p.variables[name] = value
}

// quoted is a text as one word of a shell.
func quoted(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
