package bootstrap

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout/sample"
)

// standIn takes the place of aws, npx and sleep. It records each call with its profile, and answers like accounts in the
// state that the files of $STATE describe.
const standIn = `#!/bin/sh
call="${0##*/} $*"
printf '%s: %s\n' "${AWS_PROFILE-none}" "$call" >>"$STATE/calls"
case $call in
  'aws sts get-caller-identity'*)
    case ${AWS_PROFILE-none} in
      retail-store-tools | none) echo 111111111111 ;;
      retail-store-beta) echo 222222222222 ;;
      retail-store-gamma) echo 333333333333 ;;
      retail-store-prod) echo 444444444444 ;;
      *) exit 255 ;;
    esac ;;
  'aws iam get-role'*) [ -e "$STATE/roles" ] || { echo NoSuchEntity >&2; exit 254; } ;;
  'aws iam create-service-linked-role'*)
    if [ -e "$STATE/taken" ]; then
      echo 'An error occurred (InvalidInput) when calling the CreateServiceLinkedRole operation: Service role name X has been taken in this account, please try a different suffix.' >&2
      exit 254
    elif [ -e "$STATE/denied" ]; then
      echo 'An error occurred (AccessDenied)' >&2
      exit 254
    fi ;;
  'aws service-quotas get-service-quota'*) if [ -e "$STATE/applied" ]; then cat "$STATE/applied"; else exit 254; fi ;;
  'aws service-quotas get-aws-default-service-quota'*) if [ -e "$STATE/default" ]; then cat "$STATE/default"; else exit 254; fi ;;
  'aws service-quotas list-requested'*) if [ -e "$STATE/asked" ]; then echo 1; else echo 0; fi ;;
  'aws service-quotas request'*) [ ! -e "$STATE/refused" ] || exit 254 ;;
  'aws account get-region-opt-status'*)
    if [ ! -e "$STATE/enabling" ]; then
      echo DISABLED
    elif [ ! -e "$STATE/slept" ]; then
      echo ENABLING
    else
      echo ENABLED
    fi ;;
  'aws account enable-region'*) : >"$STATE/enabling" ;;
  'sleep 30') [ ! -e "$STATE/enabling" ] || : >"$STATE/slept" ;;
esac
`

// outcome is how a run of the script ended.
type outcome struct {
	code        int
	out, errOut string
	calls       []string
}

// runScript runs the script of a plan in a folder of its own, with stand-ins for everything that it calls.
func runScript(t *testing.T, shell string, plan *environment.Plan, state map[string]string, env []string, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	var script bytes.Buffer
	if err := New(plan, Options{}).WriteScript(&script); err != nil {
		t.Fatal(err)
	}
	write("work/bootstrap.sh", script.String(), 0o644)
	write("state/calls", "", 0o644)
	if _, missing := state["no-cdk"]; !missing {
		write("work/node_modules/.bin/cdk", "#!/bin/sh\n", 0o755)
	}
	for name, content := range state {
		write("state/"+name, content, 0o644)
	}
	for _, name := range []string{"aws", "npx", "sleep"} {
		write("bin/"+name, standIn, 0o755)
	}
	cmd := exec.Command(shell, append([]string{"bootstrap.sh"}, args...)...)
	cmd.Dir = filepath.Join(dir, "work")
	cmd.Env = append([]string{"PATH=" + filepath.Join(dir, "bin") + ":/usr/bin:/bin", "STATE=" + filepath.Join(dir, "state")}, env...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	o := outcome{}
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
		o.code = exit.ExitCode()
	}
	calls, err := os.ReadFile(filepath.Join(dir, "state", "calls"))
	if err != nil {
		t.Fatal(err)
	}
	o.out, o.errOut = out.String(), errOut.String()
	o.calls = strings.Split(strings.TrimSuffix(string(calls), "\n"), "\n")
	return o
}

// matching lists the calls that contain every one of the words.
func (o outcome) matching(words ...string) []string {
	var found []string
	for _, c := range o.calls {
		all := true
		for _, w := range words {
			all = all && strings.Contains(c, w)
		}
		if all {
			found = append(found, c)
		}
	}
	return found
}

var shells = []string{"sh", "bash"}

// A script that a shell cannot read is found by the person who needs it. Catches a mistake of the generator's quoting.
func TestScriptParses(t *testing.T) {
	for _, plan := range []*environment.Plan{sample.Store(), sample.SixRegions(), sample.Sandbox()} {
		var script bytes.Buffer
		if err := New(plan, Options{}).WriteScript(&script); err != nil {
			t.Fatal(err)
		}
		for _, shell := range shells {
			cmd := exec.Command(shell, "-n")
			cmd.Stdin = bytes.NewReader(script.Bytes())
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s -n: %v\n%s", shell, err, out)
			}
		}
	}
}

// The first run in fresh accounts: every account with its own credentials, roles before the bootstrap, quotas asked for.
func TestScriptInFreshAccounts(t *testing.T) {
	for _, shell := range shells {
		o := runScript(t, shell, sample.Store(), map[string]string{"applied": "1.0\n"}, nil)
		if o.code != 0 || o.errOut != "" {
			t.Fatalf("%s: exit %d: %s%s", shell, o.code, o.out, o.errOut)
		}
		for _, want := range []string{
			"retail-store-tools: npx cdk bootstrap aws://111111111111/us-west-2 --app  --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess --public-access-block-configuration --termination-protection",
			"retail-store-prod: npx cdk bootstrap aws://444444444444/us-west-2 --app  --trust 111111111111 --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess --public-access-block-configuration --termination-protection",
			"retail-store-beta: aws iam create-service-linked-role --aws-service-name ecs.application-autoscaling.amazonaws.com",
			"retail-store-prod: aws service-quotas request-service-quota-increase --region us-west-2 --service-code fargate --quota-code L-3032A538 --desired-value 12",
		} {
			if len(o.matching(want)) != 1 {
				t.Errorf("%s: no call %s in\n%s", shell, want, strings.Join(o.calls, "\n"))
			}
		}
		if n := len(o.matching("npx cdk bootstrap")); n != 4 {
			t.Errorf("%s: %d bootstraps", shell, n)
		}
		if n := len(o.matching("retail-store-tools: aws iam")); n != 0 {
			t.Errorf("%s: the tools account needs no service-linked role, got %d calls", shell, n)
		}
		if !strings.Contains(o.out, "asked AWS for it") || !strings.Contains(o.out, "run this script again") {
			t.Errorf("%s: says nothing of the quotas:\n%s", shell, o.out)
		}
	}
}

// Run again, the script changes nothing but the bootstrap stacks, which the CDK leaves as they are.
func TestScriptRunsAgain(t *testing.T) {
	for _, state := range []map[string]string{
		{"roles": "", "applied": "4000.0\n"},
		{"taken": "", "applied": "1.0\n", "asked": ""},
	} {
		o := runScript(t, "sh", sample.Store(), state, nil)
		if o.code != 0 {
			t.Fatalf("exit %d: %s", o.code, o.errOut)
		}
		if calls := o.matching("request-service-quota-increase"); len(calls) != 0 {
			t.Errorf("asks again: %v", calls)
		}
		if calls := o.matching("create-service-linked-role"); len(calls) != 0 && state["roles"] == "" && state["asked"] != "" {
			t.Errorf("creates again: %v", calls)
		}
		if !strings.Contains(o.out, "role AWSServiceRoleForECS exists") {
			t.Errorf("does not say that roles exist:\n%s", o.out)
		}
	}
}

// Credentials of the wrong account must not touch it. Catches the profile that points elsewhere.
func TestScriptRefusesOtherAccounts(t *testing.T) {
	o := runScript(t, "sh", sample.Store(), nil, []string{"PROFILE_222222222222=retail-store-prod"}, "beta")
	if o.code != 1 || o.errOut != "bootstrap.sh: these are credentials of account 444444444444, not of 222222222222: set PROFILE_222222222222\n" {
		t.Errorf("exit %d: %s", o.code, o.errOut)
	}
	if len(o.calls) != 1 {
		t.Errorf("went on: %v", o.calls)
	}
	o = runScript(t, "sh", sample.Store(), nil, []string{"PROFILE_222222222222=nobody"}, "222222222222")
	if o.code != 1 || !strings.Contains(o.errOut, "no credentials for account 222222222222: add profile 'nobody'") {
		t.Errorf("exit %d: %s", o.code, o.errOut)
	}
}

// An empty variable takes what the shell has, as in a build or with single sign-on.
func TestScriptTakesTheShellsCredentials(t *testing.T) {
	o := runScript(t, "sh", sample.Sandbox(), map[string]string{"applied": "4000"}, []string{"PROFILE_111111111111="})
	if o.code != 0 || len(o.matching("none: npx cdk bootstrap aws://111111111111/us-west-2")) != 1 {
		t.Errorf("exit %d: %s\n%s", o.code, o.errOut, strings.Join(o.calls, "\n"))
	}
	o = runScript(t, "sh", sample.Store(), map[string]string{"applied": "4000"}, []string{"PROFILE_222222222222=", "AWS_PROFILE=retail-store-beta"})
	if o.code != 0 || len(o.matching("retail-store-beta: npx")) != 1 || len(o.matching("retail-store-gamma: npx")) != 1 {
		t.Errorf("exit %d: %s\n%s", o.code, o.errOut, strings.Join(o.calls, "\n"))
	}
}

// An argument chooses an account, and a word that is none stops before anything is done.
func TestScriptArguments(t *testing.T) {
	o := runScript(t, "sh", sample.Store(), map[string]string{"applied": "4000"}, nil, "gamma", "111111111111")
	if o.code != 0 || len(o.matching("npx")) != 2 || len(o.matching("npx", "333333333333")) != 1 {
		t.Errorf("exit %d: %s\n%s", o.code, o.errOut, strings.Join(o.calls, "\n"))
	}
	o = runScript(t, "sh", sample.Store(), nil, nil, "beta", "delta")
	if o.code != 1 || !strings.HasPrefix(o.errOut, "bootstrap.sh: unknown account delta; known: 111111111111 tools 222222222222 beta") || o.calls[0] != "" {
		t.Errorf("exit %d: %s %v", o.code, o.errOut, o.calls)
	}
}

// Without the pinned CLI, npx would fetch whatever the registry calls latest.
func TestScriptNeedsThePinnedCLI(t *testing.T) {
	o := runScript(t, "sh", sample.Store(), map[string]string{"no-cdk": ""}, nil)
	if o.code != 1 || !strings.Contains(o.errOut, "run npm ci") || o.calls[0] != "" {
		t.Errorf("exit %d: %s %v", o.code, o.errOut, o.calls)
	}
}

// A region that is not open is opened, and waited for, before anything is done in it.
func TestScriptOpensRegions(t *testing.T) {
	o := runScript(t, "sh", sample.SixRegions(), map[string]string{"applied": "4000"}, nil, "prod")
	if o.code != 0 {
		t.Fatalf("exit %d: %s", o.code, o.errOut)
	}
	var order []string
	for _, c := range o.calls {
		for _, word := range []string{"enable-region", "sleep", "get-region-opt-status", "create-service-linked-role", "npx"} {
			if strings.Contains(c, word) && (len(order) == 0 || order[len(order)-1] != word) {
				order = append(order, word)
			}
		}
	}
	want := "get-region-opt-status enable-region sleep get-region-opt-status create-service-linked-role npx"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := len(o.matching("enable-region --region-name me-central-1")); n != 1 {
		t.Errorf("enables %d times", n)
	}
	if n := len(o.matching("npx cdk bootstrap aws://444444444444/")); n != 6 {
		t.Errorf("bootstraps %d regions", n)
	}
}

// What the rest needs stops the script with its reason. Catches `set -e` swallowed by a condition.
func TestScriptStopsOnErrors(t *testing.T) {
	o := runScript(t, "sh", sample.Store(), map[string]string{"denied": "", "applied": "4000"}, nil, "beta")
	if o.code != 1 || !strings.Contains(o.errOut, "role AWSServiceRoleForECS: An error occurred (AccessDenied)") || len(o.matching("npx")) != 0 {
		t.Errorf("exit %d: %s\n%s", o.code, o.errOut, strings.Join(o.calls, "\n"))
	}
}

// Quotas do not stop it: they can be raised while the rest goes on. A quota that was never changed is answered by AWS's
// default only.
func TestScriptGoesOnWithoutQuotas(t *testing.T) {
	request := []string{"request-service-quota-increase", "L-3032A538 --desired-value 8"}
	for name, c := range map[string]struct {
		state    map[string]string
		says     string
		requests int
	}{
		"none":    {map[string]string{}, "quota in us-west-2: Fargate On-Demand vCPU resource count, need 8: cannot be read; look at it", 0},
		"default": {map[string]string{"default": "6.0\n"}, "is 6.0, need 8: asked AWS for it", 1},
		"refused": {map[string]string{"default": "6.0\n", "refused": ""}, "is 6.0, need 8: AWS does not take the request; look at it", 1},
	} {
		c.state["roles"] = ""
		o := runScript(t, "sh", sample.Store(), c.state, nil, "gamma")
		if o.code != 0 || len(o.matching(request...)) != c.requests || len(o.matching("npx")) != 1 {
			t.Errorf("%s: exit %d: %s\n%s", name, o.code, o.errOut, strings.Join(o.calls, "\n"))
		}
		if !strings.Contains(o.out, c.says) || !strings.Contains(o.out, "Some quotas are too small still") {
			t.Errorf("%s: does not say %q:\n%s", name, c.says, o.out)
		}
	}
}
