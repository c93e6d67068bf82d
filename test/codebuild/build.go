package codebuild

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Build is a build of a project.
type Build struct {
	// Project, Account and Region say where it runs, and Initiator who started it.
	Project, Account, Region, Initiator string
	// Number of the build.
	Number int
	// Spec is the buildspec.
	Spec *Spec
	// Variables of the project, and over them those of the action that starts it. None begins with CODEBUILD_.
	Variables map[string]string
	// Inputs are folders: the source, which is copied, by the empty name; and more, by the names of artifacts.
	Inputs map[string]string
	// Defined has the shell refuse variables that are not defined, in commands that do not say so themselves.
	Defined bool
}

// Result is how a build ended.
type Result struct {
	// Succeeded says that no phase failed.
	Succeeded bool
	// Failure says which phase did, and why.
	Failure string
	// Ran are the phases that had their turn, in order.
	Ran []string
	// Output is everything that the commands printed.
	Output string
	// Exported are the exported variables.
	Exported map[string]string
	// Artifacts are the files of each artifact, and Reports those of each report group, of a build that came so far.
	Artifacts, Reports map[string][]string
}

// run is a build that is going on.
type run struct {
	*Build
	host   *Host
	result *Result
	output strings.Builder
	failed bool
}

// Run runs the build on a host that no other build had. The error is about the host; a failed build is a result.
func (b *Build) Run(h *Host) (*Result, error) {
	r := &run{Build: b, host: h, result: &Result{Exported: map[string]string{}, Artifacts: map[string][]string{}, Reports: map[string][]string{}}}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	reached := "install"
	for _, name := range Phases {
		goOn, err := r.phase(name)
		if err != nil {
			return nil, err
		}
		reached = name
		if !goOn {
			break
		}
	}
	var err error
	for _, name := range b.Spec.Exported {
		if strings.HasPrefix(name, "AWS_") {
			continue
		}
		if r.result.Exported[name], err = r.value(name); err != nil {
			return nil, err
		}
	}
	// After a failed build as well, but not when there was none.
	if reached == "build" || reached == "post_build" {
		r.upload()
	}
	r.result.Output, r.result.Succeeded = r.output.String(), !r.failed
	return r.result, nil
}

func (r *run) file(name string) string { return filepath.Join(r.host.Root, name) }

// prepare does what comes before the first phase: the source, and the environment.
func (r *run) prepare() error {
	variables := maps.Clone(r.Spec.Variables)
	if variables == nil {
		variables = map[string]string{}
	}
	for name, value := range r.Variables {
		if strings.HasPrefix(name, "CODEBUILD_") {
			return fmt.Errorf("%s: the prefix is CodeBuild's own", name)
		}
		variables[name] = value
	}
	for name, value := range variables {
		for _, folder := range r.Spec.Cached {
			// What the host keeps between builds is the machine's, and this is no place for it.
			variables[name] = strings.ReplaceAll(value, folder, r.file("cache"))
		}
	}
	id := r.Project + ":00000000-0000-0000-0000-" + fmt.Sprintf("%012d", r.Number)
	maps.Copy(variables, map[string]string{
		"HOME": r.host.Home, "PATH": r.host.Bin + ":" + r.host.machine.base,
		"AWS_DEFAULT_REGION": r.Region, "AWS_REGION": r.Region,
		"CODEBUILD_BUILD_ARN": "arn:aws:codebuild:" + r.Region + ":" + r.Account + ":build/" + id, "CODEBUILD_BUILD_ID": id,
		"CODEBUILD_BUILD_NUMBER": strconv.Itoa(r.Number), "CODEBUILD_BUILD_SUCCEEDING": "1", "CODEBUILD_INITIATOR": r.Initiator,
		"CODEBUILD_BUILD_URL": "https://" + r.Region + ".console.aws.amazon.com/codebuild/home?region=" + r.Region + "#/builds/" + id + "/view/new",
		"CODEBUILD_SRC_DIR":   r.host.Source,
	})
	for name, folder := range r.Inputs {
		to := r.host.Source
		if name != "" {
			to = r.file("src-" + name)
			variables["CODEBUILD_SRC_DIR_"+name] = to
		}
		if err := Copy(folder, to); err != nil {
			return err
		}
	}
	var names []string
	for name := range variables {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(variables[name], "'", `'\''`))
	}
	return errors.Join(os.WriteFile(r.file("env"), []byte(b.String()), 0o600), os.WriteFile(r.file("dir"), []byte(r.host.Source), 0o600))
}

// phase runs a phase, and says whether the build goes on.
func (r *run) phase(name string) (bool, error) {
	p := r.Spec.Phases[name]
	r.result.Ran = append(r.result.Ran, name)
	failed := false
	for _, list := range [][]string{p.Commands, p.Finally} {
		for _, command := range list {
			code, err := r.command(command)
			if err != nil {
				return false, err
			}
			if code != 0 {
				failed = true
				if p.OnFailure != "CONTINUE" && r.result.Failure == "" {
					r.result.Failure = fmt.Sprintf("%s: exit status %d", name, code)
				}
				break
			}
		}
	}
	switch {
	case !failed || p.OnFailure == "CONTINUE":
		return true, nil
	default:
		r.failed = true
		return name == "build" && p.OnFailure != "ABORT", nil
	}
}

// command runs a command in the environment and the folder that the one before left.
func (r *run) command(command string) (int, error) {
	succeeding, strict := "1", ""
	if r.failed {
		succeeding = "0"
	}
	if r.Defined {
		strict = "set -u"
	}
	script := strings.Join([]string{
		`cd "$(cat '` + r.file("dir") + `')"`, `. '` + r.file("env") + `'`, "set -a", "CODEBUILD_BUILD_SUCCEEDING=" + succeeding, strict,
		command,
		"CODEBUILD_LAST_EXIT=$?", `export -p > '` + r.file("env") + `'`, `pwd > '` + r.file("dir") + `'`, "exit $CODEBUILD_LAST_EXIT", "",
	}, "\n")
	if err := os.WriteFile(r.file("script.sh"), []byte(script), 0o600); err != nil {
		return 0, err
	}
	c := r.shell(r.file("script.sh"))
	c.Stdout, c.Stderr = &r.output, &r.output
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}

func (r *run) shell(args ...string) *exec.Cmd {
	shell := r.Spec.Shell
	if shell == "" {
		shell = "sh"
	}
	c := exec.Command(filepath.Join(r.host.machine.base, filepath.Base(shell)), args...)
	c.Env = []string{"PATH=" + r.host.machine.base}
	return c
}

// value is that of a variable after the last command.
func (r *run) value(name string) (string, error) {
	out, err := r.shell("-c", `. "$0"; printf '%s' "${`+name+`-}"`, r.file("env")).Output()
	return string(out), err
}

// upload looks for artifacts and reports.
func (r *run) upload() {
	for into, all := range map[*map[string][]string]map[string]Files{&r.result.Artifacts: r.Spec.Artifacts, &r.result.Reports: r.Spec.Reports} {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			found, err := all[name].find(r.host.Source)
			if err != nil {
				r.failed = true
				if r.result.Failure == "" {
					r.result.Failure = "upload_artifacts: " + name + ": " + err.Error()
				}
				continue
			}
			(*into)[name] = found
		}
	}
}
