package conformance

import (
	"path"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/shell"
)

// role is what a command of no known tool may be, in an action that is named for a gate.
type role int

const (
	// work is a script of the repository, or a program that nobody here knows: it is believed.
	work role = iota
	// asking may be all that a gate of one's own has: it looks at texts, or calls a service.
	asking
	// reading asks for what a script needs, and what files are there. It may be the gate where no tool is one, as with a stop switch.
	reading
	// setup brings tools and cleans up, and finds nothing.
	setup
	// idle does nothing that could fail.
	idle
)

// roles are the programs that are no work, by patterns of commands.
var roles = []struct {
	role     role
	patterns []string
}{
	{idle, []string{"echo|printf|cd|export|mkdir|set|true|sleep|date|ls|pwd|cat|env|which|type|whoami|id|uname|hostname|touch|shopt|ulimit|umask|say|log|info|break|continue|shift|dirname|basename|mktemp|exit|return|false"}},
	{setup, []string{
		"npm ci|install|i", "yarn install|add", "pnpm install|i|add", "bun install|i|add", "pip|pip3|pipx install|download", "uv sync|venv|pip", "uv tool install", "poetry|bundle|composer install", "gem install",
		"apt-get|apt|yum|dnf|microdnf|apk|brew|choco", "go install|mod|env|list|get|version|clean", "cargo install|fetch", "dotnet restore", "dotnet tool install|restore|update", "corepack|nvm|pyenv|rbenv|n|sdk|asdf|venv|virtualenv",
		"tar|unzip|gunzip|gzip|chmod|chown|cp|mv|rm|ln|kill|pkill|killall|wait", "sha256sum|sha512sum|sha1sum|md5sum|shasum|gpgv", "wget",
		"docker|podman|nerdctl|finch login|pull|rm|rmi|stop|kill|logs|ps|image|images|tag|inspect", "crane|skopeo|oras|helm auth|login|registry", "python|python3 --version|-V",
		// They turn the report of another program into one of another form.
		"gocover-cobertura|gcov2lcov|lcov|genhtml|reportgenerator|go-junit-report|junit2html|allure",
	}},
	{reading, []string{
		"git", "find|head|tail|tee|tr|cut|sort|uniq|wc", ".|source", "aws sts|configure|sso", "aws s3 cp|ls|sync|presign",
		"aws ssm|s3api|secretsmanager|codeartifact|eks|ecr|ecs|ec2|elbv2|cloudformation|logs get-*|describe-*|list-*|batch-*|filter-*|head-*|wait|login|update-kubeconfig",
	}},
	{asking, []string{
		"jq|yq|sed|awk|grep|egrep|fgrep|xargs|test|diff|cmp", "aws", "zip|rsync|scp", "docker|podman compose",
		"python|python3|py -c", "node -e|--eval|-p", "ruby|perl -e", "php -r",
	}},
}

// roleOf says what a command is to a gate that it is no tool of.
func roleOf(step *pipeline.Step) role {
	form := step.Forms[len(step.Forms)-1] // what is started, not what starts it
	switch {
	case script(form):
		return work
	case searches(step):
		return asking
	case begins("command -v|-V", step.Forms[0]):
		return idle
	case shell.Program(form) == "curl" && keeps(form), len(form) == 2 && (form[1] == "--version" || form[1] == "-v" || form[1] == "version"):
		return setup
	}
	for _, k := range roles {
		if slices.ContainsFunc(k.patterns, func(p string) bool { return begins(p, form) }) {
			return k.role
		}
	}
	return work
}

// begins says whether a command is a pattern's program and begins with the pattern's words, options and their values aside: `docker run
// scanner image` does not list images, as `docker image` does.
func begins(p string, form []string) bool {
	c, err := compile(p)
	if err != nil || !c[0].matches(shell.Program(form)) {
		return false
	}
	args := form[1:]
	for _, word := range c[1:] {
		i := slices.IndexFunc(args, word.matches)
		if i < 0 || len(plain(args[:i])) > 0 {
			return false
		}
		args = args[i+1:]
	}
	return true
}

// plain are arguments without the options, and without what may be the value of one.
func plain(args []string) []string {
	var all []string
	for i, w := range args {
		if !strings.HasPrefix(w, "-") && (i == 0 || !strings.HasPrefix(args[i-1], "-")) {
			all = append(all, w)
		}
	}
	return all
}

// script says whether a command is a script of the repository, whatever program has its name: ./test.sh, . ./scan.
func script(form []string) bool {
	name := form[0]
	if (name == "." || name == "source") && len(form) > 1 {
		name = form[1]
		if base := path.Base(name); base == "activate" || strings.Contains(base, "env") || strings.Contains(base, "profile") || strings.HasSuffix(base, "rc") || base == "nvm.sh" {
			return false
		}
	}
	for _, root := range []string{"$CODEBUILD_SRC_DIR/", "${CODEBUILD_SRC_DIR}/", "$PWD/"} {
		name = strings.TrimPrefix(name, root)
	}
	folder := strings.Contains(name, "/") && !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "$") && !strings.Contains(name, "bin/")
	return folder || slices.Contains([]string{".sh", ".bash", ".py", ".js", ".mjs", ".ts", ".rb", ".pl"}, path.Ext(name))
}

// searches says whether a command looks through the files of the repository: a check of one's own.
func searches(step *pipeline.Step) bool {
	form := step.Forms[len(step.Forms)-1]
	switch shell.Program(form) {
	case "rg", "ag", "ack":
		return true
	case "grep", "egrep", "fgrep":
		return shell.Program(step.Forms[0]) == "xargs" || slices.ContainsFunc(form[1:], func(w string) bool {
			return w == "--recursive" || len(w) > 1 && w[0] == '-' && w[1] != '-' && strings.ContainsAny(w, "rR")
		})
	case "git":
		return slices.Contains(form, "grep")
	}
	return false
}

// keeps says whether curl writes what it gets into a file.
func keeps(form []string) bool {
	return slices.ContainsFunc(form[1:], func(w string) bool {
		short := len(w) > 1 && w[0] == '-' && w[1] != '-'
		return strings.HasPrefix(w, "--output") || strings.HasPrefix(w, "--remote-name") || short && strings.ContainsAny(w, "oO")
	})
}

// unit is a command of an action as its name is judged by. A function of the script stands for what it does, and fails where it does and
// not all of that is lost.
type unit struct {
	*pipeline.Step
	role role
	// inside are the commands of a function.
	inside []*pipeline.Step
}

// units reads the commands of an action. What another shell runs is as good as what the first one does.
func units(a *pipeline.Action) []unit {
	var all []unit
	for i := 0; i < len(a.Steps); i++ {
		step := &a.Steps[i]
		u := unit{Step: step}
		if !step.Function {
			u.role = roleOf(step)
			all = append(all, u)
			continue
		}
		u.role = idle
		for ; i+1 < len(a.Steps) && a.Steps[i+1].Depth > step.Depth; i++ {
			if inner := &a.Steps[i+1]; !inner.Function {
				u.role = min(u.role, roleOf(inner))
				u.inside = append(u.inside, inner)
			}
		}
		all = append(all, u)
	}
	return all
}

// lost is why a unit does not fail.
func (u *unit) lost() string {
	if why := lostByName(u.Step); why != "" || !u.Function {
		return why
	}
	first := ""
	for _, step := range u.inside {
		if roleOf(step) != u.role {
			continue
		}
		why := lostByName(step)
		if why == "" {
			return ""
		}
		first = either(first, why)
	}
	return first
}

// commands lists what a unit has its role by.
func (u *unit) commands() []*pipeline.Step {
	if !u.Function {
		return []*pipeline.Step{u.Step}
	}
	return slices.DeleteFunc(slices.Clone(u.inside), func(step *pipeline.Step) bool { return roleOf(step) != u.role })
}

// stops says whether a unit ends the script with a failure.
func (u *unit) stops() bool {
	return slices.ContainsFunc(append(u.inside, u.Step), func(step *pipeline.Step) bool { return step.Stop && step.Lost == "" })
}
