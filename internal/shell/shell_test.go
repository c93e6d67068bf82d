package shell_test

import (
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/shell"
)

// verdict is the reason of the only gate in the scripts, "-" where it counts.
func verdict(t *testing.T, variables map[string]string, scripts ...string) string {
	t.Helper()
	var found []string
	for _, r := range shell.Read(scripts, variables) {
		if r.Err != nil {
			t.Fatalf("%q: %v", scripts, r.Err)
		}
		for _, c := range r.Commands {
			for _, f := range c.Forms {
				if shell.Program(f) == "gate" {
					found = append(found, c.Lost)
				}
			}
		}
	}
	if len(found) == 0 {
		return "none"
	}
	if found[0] == "" {
		return "-"
	}
	return found[0]
}

// Each case catches a swallowed failure that is taken for one that counts, or the other way round, or a reason that does not
// name the cause.
func TestLost(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{"gate", "-"},
		{"gate || true", "`|| true` takes its place"},
		{"gate || :", "`|| :` takes its place"},
		{"gate || echo failed", "`|| echo failed` takes its place"},
		{"gate || exit 0", "`|| exit 0` takes its place"},
		{"gate || exit 1", "-"},
		{"gate || exit", "-"},
		{"gate || { echo no; exit; }", "takes its place"},
		{"gate || { echo no; exit 3; }", "-"},
		{"gate || gate", "-"},
		{"gate || [ $? -eq 5 ]", "-"},
		{"gate || [ $? -eq 1 ]", "takes its place"},
		{"gate && echo fine || echo bad", "`|| echo bad` takes its place"},
		{"gate > report; cat report", "`cat report` follows it"},
		{"set +e; gate; set -e", "`set +e` is in effect"},
		{"while ! gate; do break; done", "a loop looks at its result"},
		{"# gate", "none"},
		{"echo gate", "none"},
		{"gate; exit 0", "`exit 0` follows it"},
		{"gate; exit $?", "-"},
		{"gate; rc=$?; echo done; exit $rc", "-"},
		{"gate; rc=$?; echo done", "`rc=$?` follows it"},
		{"gate || failed=1\necho\n[ -z \"$failed\" ]", "-"},
		{"gate || failed=1\necho", "`|| failed=1` takes its place"},
		{"gate\necho done", "`echo done` follows it, and the shell goes on after a failure (no `set -e`)"},
		{"set -e\ngate\necho done", "-"},
		{"set +e\ngate", "`set +e` is in effect"},
		{"set -e\nset +e\ngate\necho", "`set +e` is in effect"},
		{"set +e\ngate || exit 1", "-"},
		{"gate | tee log", "pipe to `tee log`"},
		{"set -o pipefail\ngate | tee log", "-"},
		{"set -eo pipefail; gate | tee log; echo", "-"},
		{"gate | tee log; exit ${PIPESTATUS[0]}", "-"},
		{"cat list | gate", "-"},
		{"gate & echo", "in the background"},
		{"gate & pid=$!; wait $pid", "-"},
		{"if gate; then echo; fi", "an `if` looks at its result"},
		{"if ! gate; then exit 1; fi; echo", "-"},
		{"if gate; then echo; else exit 1; fi", "-"},
		{"if false; then gate; fi", "never runs: `false` is not so"},
		{"if [ \"$A\" = b ]; then gate; fi", "-"},
		{"A=c; if [ \"$A\" = b ]; then gate; fi", "never runs"},
		{"exit 0; gate", "never runs: `exit 0` stands before it"},
		{"false && gate", "never runs"},
		{"true || gate", "never runs"},
		{"set -e; gate && echo; echo", "on the left of `&&`"},
		{"! gate", "turns its failure into success"},
		{"fail() { echo no; exit 1; }; gate || fail; echo", "-"},
		{"say() { echo no; }; gate || say; echo", "`|| say` takes its place"},
		{"scan() { gate; }; scan || true", "`|| true` takes its place"},
		{"scan() { gate; }; scan", "-"},
		{"scan() { gate; }", "none"},
		{"scan() { gate || return 1; echo; }; scan", "-"},
		{"scan() { gate; return 0; }; scan", "`return 0` follows it"},
		{"run() { echo \"+ $*\"; \"$@\"; }; run gate --flag", "-"},
		{"run() { \"$@\" || true; }; run gate --flag", "takes its place"},
		{"( set -e; gate; echo )", "-"},
		{"( set -e; gate; echo ) || exit 1", "`set -e` does not act where"},
		{"x=$(gate)", "-"},
		{"x=$(gate; echo)", "`echo` follows it"},
		{"echo $(gate)", "in an argument is lost"},
		{"export x=$(gate)", "`export` takes the status"},
		{"[ -z \"$(gate)\" ]", "in an argument is lost"},
		{"for i in a b; do gate; done", "of a loop only the last turn's status counts"},
		{"set -e; for i in a b; do gate; done", "-"},
		{"until gate; do sleep 1; done", "a loop looks at its result"},
		{"until gate; do n=$((n+1)); [ $n -lt 5 ] || exit 1; done", "-"},
		{"bash -c 'gate; echo'", "`echo` follows it"},
		{"bash -ec 'gate; echo'", "-"},
		{"bash -e -o pipefail -c 'gate | tee log'", "-"},
		{"bash <<'E'\ngate || true\nE", "`|| true` takes its place"},
		{"cat > run.sh <<'E'\n#!/bin/bash\ngate\necho\nE\nchmod +x run.sh\n./run.sh", "`echo` follows it"},
		{"cat > run.sh <<'E'\nset -e\ngate\necho\nE\nsh run.sh", "-"},
		{"eval 'gate || true'", "`|| true` takes its place"},
		{"trap 'exit 0' EXIT; gate", "ends the shell with 0"},
		{"timeout -k 5 60 env A=b npx --yes gate --all", "-"},
		{"docker run --rm -v \"$PWD:/src\" example.com/tools/gate:v8 --all", "-"},
		{"docker run --rm golang:1.25 gate --all", "-"},
		{"python3 -m gate", "-"},
		{"go run example.com/tools/gate/v8@v8.1.0 --all", "-"},
		{"poetry run gate", "-"},
		{"time gate", "-"},
		{"case $A in b) gate ;; esac", "-"},
		{"[ \"$SKIP\" = yes ] || gate", "-"},
	} {
		got := verdict(t, nil, c.script)
		if c.want == "-" && got != "-" || c.want != "-" && (got == "-" || !strings.Contains(got, c.want)) {
			t.Errorf("%q: got %s, want %s", c.script, got, c.want)
		}
	}
}

// Catches: what one command of a build leaves for the next is forgotten, or trusted where it must not be.
func TestSeveral(t *testing.T) {
	for _, c := range []struct {
		scripts []string
		want    string
	}{
		{[]string{"set +e", "gate"}, "`set +e` is in effect"},
		{[]string{"set +e", "set -e", "gate"}, "-"},
		{[]string{"set -e", "gate\necho"}, "`echo` follows it"},
		{[]string{"scan() { gate || true; }", "scan"}, "`|| true` takes its place"},
		{[]string{"SKIP=yes", "[ \"$SKIP\" = yes ] || gate"}, "never runs"},
		{[]string{"gate || FAILED=1", "echo", "[ -z \"$FAILED\" ] || exit 1"}, "-"},
		{[]string{"exit 0", "gate"}, "-"},
	} {
		if got := verdict(t, nil, c.scripts...); c.want == "-" && got != "-" || !strings.Contains(got, c.want) {
			t.Errorf("%q: got %s, want %s", c.scripts, got, c.want)
		}
	}
	if got := verdict(t, map[string]string{"TOOL": "gate --all"}, "$TOOL || true"); !strings.Contains(got, "takes its place") {
		t.Errorf("a variable of the environment: %s", got)
	}
}

// Catches: flags that hide in a variable, and variables that are set for one command only.
func TestWords(t *testing.T) {
	r := shell.Read([]string{`F="--a --b=c"; V=1.2; A=x GATE_EXIT=0 gate $F "$F" --v "v$V" ${D:-d} $UNKNOWN 'q q'`}, map[string]string{"GATE_EXIT": "1"})[0]
	c := r.Commands[0]
	if got, want := strings.Join(c.Forms[0], "|"), "gate|--a|--b=c|--a --b=c|--v|v1.2|d|$UNKNOWN|q q"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if v, ok := c.Variable("GATE_EXIT"); !ok || v != "0" {
		t.Errorf("GATE_EXIT is %q", v)
	}
}

// Catches: a script that is no shell, such as PowerShell, taken for an empty one.
func TestUnreadable(t *testing.T) {
	if r := shell.Read([]string{"if (Test-Path x) { gate }", "gate"}, nil); r[0].Err == nil || r[1].Err != nil || len(r[1].Commands) != 1 {
		t.Errorf("got %+v", r)
	}
}

// wraps puts a fragment into something bigger. A gate fails the first time that it runs, and no more.
var wraps = []string{
	"%s; true", "true; %s", "%s && true", "true && %s", "%s || true", "%s || exit 3", "%s || false", "%s | cat", "true | { %s; }", "( %s )", "{ %s; }",
	"if %s; then true; fi", "if ! { %s; }; then exit 4; fi; true", "if true; then %s; fi", "if %s; then true; else exit 5; fi", "if %s; then true; else false; fi",
	"F() { %s; }; F", "F() { %s; }; F || true", "F() { %s; return 0; }; F", "set -e; %s", "set -e; %s; true", "set -o pipefail; %s", "set -eo pipefail; %s; true",
	"x=$( %s )", "x=$( %s ); true", "echo \"$( %s )\"", "for i in 1 2; do %s; done", "while true; do %s; break; done", "case a in a) %s ;; esac",
	"%s; rc=$?; exit $rc", "{ { %s; } & wait $!; }", "{ %s; } & true", "eval '%s'", "false || { %s; }", "true || { %s; }", "( %s ) || true", "( set -e; %s; true ); true",
	"bash -ec '%s'", "bash -c '%s'", "if false; then true; elif %s; then true; else exit 6; fi", "export x=$( %s )", "exit 0; %s",
}

// Catches a rule of the shell that is not what the shell does: a real bash runs thousands of scripts in which the gate fails once,
// and its exit status is compared with the verdict.
func TestAgainstBash(t *testing.T) {
	bin := t.TempDir()
	gate := "#!/bin/sh\n[ ! -e \"$STATE\" ] || exit 0\n: > \"$STATE\"\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "gate"), []byte(gate), 0o755); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewSource(1))
	state := filepath.Join(t.TempDir(), "state")
	var scripts []string
	for _, w := range wraps {
		scripts = append(scripts, fmt.Sprintf(w, "gate"))
	}
	for range 500 {
		script := "gate"
		for i := range 2 + random.Intn(3) {
			w := wraps[random.Intn(len(wraps))]
			if strings.Contains(w, "'") && strings.Contains(script, "'") {
				continue
			}
			script = fmt.Sprintf(strings.ReplaceAll(w, "F", fmt.Sprint("f", i)), script)
		}
		scripts = append(scripts, script)
	}
	swallowed := 0
	for _, script := range scripts {
		if err := os.RemoveAll(state); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("bash", "-c", script)
		cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "STATE=" + state}
		out, err := cmd.CombinedOutput()
		if strings.Contains(string(out), "syntax error") {
			t.Fatalf("%q: %s", script, out)
		}
		_, missing := os.Stat(state)
		got := verdict(t, nil, script)
		// A gate that did not run cannot have failed.
		want := err != nil && missing == nil
		if err == nil {
			swallowed++
		}
		if (got == "-") != want {
			t.Errorf("%s\n  bash: %v, ran %v\n  read: %s", script, err, missing == nil, got)
		}
	}
	if swallowed < 100 || swallowed > len(scripts)-100 {
		t.Errorf("%d of %d scripts swallow the failure: that is no test", swallowed, len(scripts))
	}
}

// Catches: a decision without consequences that is not seen, or one that has some and is taken for such; and an end of a script that is
// taken for a program's.
func TestDecisions(t *testing.T) {
	for _, c := range []struct {
		script string
		stops  int // those that end the script
		passes bool
	}{
		{"if [ $a = b ]; then exit 0; fi; echo closed; exit 1", 1, false},
		{"gate; if [ $a = b ]; then exit 0; fi; echo closed", 0, true},
		{"if [ $a = b ]; then exit 0; fi; gate", 0, false},
		{"if [ $a = b ]; then exit 0; fi; gate; echo", 0, false},
		{"if [ $a = b ]; then exit 0; fi", 0, false},
		{"gate; [ $a = b ] && exit 0; echo closed", 0, true},
		{"x=$(gate) || exit 1; [ $x = b ] && exit 0; echo closed", 1, true},
		{"x=$(gate); [ $x = c ] && exit 1; [ $x = b ] && exit 0; echo closed", 1, false},
		{"x=$(gate); case $x in c) exit 1;; esac; [ $x = b ] && exit 0; echo closed", 1, false},
		{"case $TARGET in c) ;; *) exit 1;; esac; [ $x = b ] && exit 0; echo closed", 1, true},
		{"say() { echo; }; ( [ $x = b ] && exit 0; say closed )", 0, true},
		{"exit 1 || true", 1, false},
		{"(exit 1) || true", 0, false},
		{"f() { return 1; }; f || true", 0, false},
		{"f() { return 1; }; f", 1, false},
		{"false", 1, false},
		{"exit 0", 0, false},
		{"", 0, false},
	} {
		stops, passes := 0, false
		for _, r := range shell.Read([]string{c.script}, nil) {
			for _, command := range r.Commands {
				if command.Stop && command.Lost == "" {
					stops++
				}
				passes = passes || command.Passes != ""
			}
		}
		if stops != c.stops || passes != c.passes {
			t.Errorf("%q: %d stops, and passes is %t; want %d, %t", c.script, stops, passes, c.stops, c.passes)
		}
	}
}
