package build_test

import (
	"strings"
	"testing"
)

func contractHost(t *testing.T) *host {
	h := newHost(t, "Contract")
	for _, p := range contract {
		value := p.Value
		if value == "" {
			value = "any value"
		}
		h.write("ssm"+p.Name, value)
	}
	return h
}

// Catches a check that asks for more names than the API takes, or stops after the first ten, or uses the build's own
// role; the stand-in refuses the first and the last.
func TestContract(t *testing.T) {
	h := contractHost(t)
	h.run(nil)
	h.succeeds()
	calls := h.calls("aws ssm get-parameters --region eu-west-1 --names ")
	if len(calls) != 2 || !strings.Contains(calls[1], "/shop/platform/beta/m") {
		t.Errorf("calls: %q", calls)
	}
	if got := h.calls("aws sts assume-role --role-arn " + inspector); len(got) != 1 {
		t.Errorf("assumes: %q", got)
	}
}

// Catches a check that passes without the platform, that names only the first problem, or that does not say what to do.
func TestContractBroken(t *testing.T) {
	h := contractHost(t)
	must(t, removeAll(h.state+"/ssm/shop/platform/beta/c"))
	must(t, removeAll(h.state+"/ssm/shop/platform/beta/m"))
	h.write("ssm/shop/platform/beta/b", "/utility/*")
	h.run(nil)
	h.fails(
		"missing in eu-west-1: /shop/platform/beta/c\n", "missing in eu-west-1: /shop/platform/beta/m\n",
		"different in eu-west-1: /shop/platform/beta/b is '/utility/*', and this release needs '/utility/*,/proxy/*'",
		"Release the platform pipeline shop-platform first",
	)
}

// Catches a check that takes a call that failed for an answer.
func TestContractCallFails(t *testing.T) {
	for call, says := range map[string]string{
		"aws-sts-assume-role":    "cannot assume " + inspector,
		"aws-ssm-get-parameters": "cannot read parameters in eu-west-1",
	} {
		h := contractHost(t)
		h.write("fail/"+call, "")
		h.run(nil)
		h.fails(says)
	}
}

// Catches the inspector's credentials living on in later commands of the build.
func TestCredentialsEndWithTheScript(t *testing.T) {
	h := contractHost(t)
	build := h.project.spec.Phases["build"]
	build.Commands = append(build.Commands, `[ -z "${AWS_SESSION_TOKEN-}" ]`)
	h.project.spec.Phases["build"] = build
	h.run(nil)
	h.succeeds()
}

// Catches a smoke test that gives up at the first refusal, or asks without the host that the rule needs, or for ever.
func TestSmokeURL(t *testing.T) {
	h := newHost(t, "Url")
	h.write("answers", "down\n503 starting\n204 \n")
	h.run(nil)
	h.succeeds()
	calls := h.calls("curl")
	if len(calls) != 3 || len(h.calls("sleep 15")) != 2 {
		t.Fatalf("calls: %q", calls)
	}
	for _, want := range []string{
		"--header Host: admin.shop.example.com", "--max-time 10", "--connect-timeout 5",
		"https://eu-west-1.shop.example.com/health",
	} {
		if !strings.Contains(calls[0], want) {
			t.Errorf("%q lacks %s", calls[0], want)
		}
	}
}

// Catches a smoke test that passes a broken service, or that hides what the service said.
func TestSmokeURLNever(t *testing.T) {
	h := newHost(t, "Url")
	h.write("answers", "500 no database\n")
	h.run(nil)
	h.fails("attempt 3 of 3", "no database", "smoke test: https://eu-west-1.shop.example.com/health answers 500")
	if got := len(h.calls("curl")); got != 3 {
		t.Errorf("asks %d times", got)
	}
	h = newHost(t, "Url")
	h.write("answers", "down\n")
	h.run(nil)
	h.fails("does not answer")
}

// Catches a smoke test without a domain that asks a name which does not exist.
func TestSmokeAddress(t *testing.T) {
	h := newHost(t, "Address")
	h.write("address", "alb-1.eu-west-1.elb.amazonaws.com\n")
	h.write("answers", "200 ok\n")
	h.run(nil)
	h.succeeds()
	if got := h.calls("curl"); len(got) != 1 || !strings.HasSuffix(got[0], " http://alb-1.eu-west-1.elb.amazonaws.com/health") {
		t.Errorf("calls: %q", got)
	}
	h = newHost(t, "Address")
	h.write("fail/aws-ssm-get-parameter", "")
	h.run(nil)
	h.fails("cannot read /shop/platform/beta/dns in eu-west-1")
}

func runningHost(t *testing.T, step string) *host {
	h := newHost(t, step)
	h.write("service", "family:7\t2\t2\tarn:targets\n")
	h.write("images", "log-router@"+second+"\trepository@"+first+"\n")
	h.write("targets", "healthy\thealthy\tdraining\n")
	return h
}

// Catches a check of the wrong version: of the old task set, or of a deployment that is not the primary.
func TestSmokeRunning(t *testing.T) {
	for step, query := range map[string]string{
		"BlueGreen": "services[0].taskSets[?status=='PRIMARY']|[0].",
		"Native":    "services[0].[(deployments[?status=='PRIMARY']|[0].taskDefinition),",
		"Rolling":   "services[0].[deployments[?status=='PRIMARY']|[0].",
	} {
		h := runningHost(t, step)
		h.run(map[string]string{"IMAGE_DIGEST": first})
		h.succeeds()
		got := h.calls("aws ecs describe-services --region eu-west-1 --cluster shop-beta --services shop-beta-catalog ")
		if len(got) != 1 || !strings.Contains(got[0], query) {
			t.Errorf("%s: %q", step, got)
		}
	}
}

// Catches a service that runs the old image, too few tasks, or tasks that the load balancer refuses; each may still
// change, so the last answer counts.
func TestSmokeNotRunning(t *testing.T) {
	for name, c := range map[string]struct{ file, answers, says string }{
		"image":     {"images", "repository@" + second + "\n", "not " + first},
		"tasks":     {"service", "family:7\t3\t2\tarn:targets\n", "2 of 3 tasks run"},
		"unhealthy": {"targets", "healthy\tunhealthy\n", "a target is unhealthy"},
		"targets":   {"targets", "healthy\tinitial\n", "1 of 2 targets are healthy"},
		"service":   {"service", "None\n", "is not in cluster shop-beta"},
	} {
		t.Run(name, func(t *testing.T) {
			h := runningHost(t, "BlueGreen")
			h.write(c.file, c.answers)
			h.run(map[string]string{"IMAGE_DIGEST": first})
			h.fails("attempt 3 of 3", "smoke test: ", c.says)
		})
	}
	h := runningHost(t, "BlueGreen")
	h.write("service", "family:7\t2\t1\tarn:targets\nfamily:7\t2\t2\tarn:targets\n")
	h.write("targets", "initial\nhealthy\thealthy\n")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.succeeds()
}

// Catches a release of the engine ecs that is looked for in one of its two target groups only, and one whose targets there
// are not healthy.
func TestSmokeBothTargetGroups(t *testing.T) {
	for _, c := range []struct{ targets, says string }{
		{"draining\nhealthy\thealthy\n", ""},
		{"healthy\thealthy\n\n", ""},
		{"draining\nhealthy\tinitial\n\nhealthy\n\nhealthy\n", "1 of 2 targets are healthy"},
		{"draining\nunhealthy\n", "a target is unhealthy"},
	} {
		h := runningHost(t, "Native")
		h.write("service", "family:7\t2\t2\tarn:blue\tarn:green\n")
		h.write("targets", c.targets)
		h.run(map[string]string{"IMAGE_DIGEST": first})
		if c.says == "" {
			h.succeeds()
		} else {
			h.fails("attempt 3 of 3", c.says)
		}
		for _, group := range []string{"arn:blue", "arn:green"} {
			if got := h.calls("aws elbv2 describe-target-health --region eu-west-1 --target-group-arn " + group); len(got) == 0 {
				t.Errorf("%q: does not look into %s", c.targets, group)
			}
		}
	}
}

// Catches a rolling release whose bake is over before it began, that is not looked at any more, or whose session ends
// after an hour.
func TestSmokeBakes(t *testing.T) {
	h := runningHost(t, "Baking")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.succeeds()
	if got := len(h.calls("sleep 60")); got != 90 {
		t.Errorf("waits %d minutes, want 90", got)
	}
	if got := len(h.calls("aws ecs describe-services")); got != 91 {
		t.Errorf("looks %d times, want 91", got)
	}
	if got := len(h.calls("aws sts assume-role")); got != 4 {
		t.Errorf("takes the role %d times, want 4", got)
	}
	h = runningHost(t, "Baking")
	h.write("service", "family:7\t2\t2\tarn:targets\nfamily:7\t2\t2\tarn:targets\nfamily:7\t2\t0\tarn:targets\n")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.fails("smoke test: 0 of 2 tasks run")
}

// Catches a rolling bake in which an alarm fires and nobody hears it, and one that asks for the alarms of others.
func TestSmokeBakeHearsAlarms(t *testing.T) {
	h := runningHost(t, "Baking")
	h.write("alarms", "\n\nshop-beta-catalog-errors\n")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.fails("bake: the alarm shop-beta-catalog-errors fires; the new version stays here and goes no further")
	if got := len(h.calls("sleep 60")); got != 3 {
		t.Errorf("waits %d minutes, want 3", got)
	}
	if got := h.calls("aws cloudwatch describe-alarms --region eu-west-1 --alarm-types MetricAlarm --state-value ALARM " +
		"--alarm-names shop-beta-catalog-errors shop-beta-catalog-tasks --query "); len(got) != 3 {
		t.Errorf("asks for %q", got)
	}
	h = runningHost(t, "Rolling")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.succeeds()
	if got := h.calls("aws cloudwatch"); len(got) != 0 {
		t.Errorf("asks without a bake: %q", got)
	}
}

// Catches a service without a load balancer that is refused for having no targets.
func TestSmokeWorker(t *testing.T) {
	h := runningHost(t, "Rolling")
	h.write("service", "family:7\t2\t2\tNone\n")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.succeeds()
	if got := h.calls("aws elbv2"); len(got) != 0 {
		t.Errorf("asks for targets: %q", got)
	}
}

// Catches calls that failed taken for a service that is well, and a test against no image at all.
func TestSmokeCallFails(t *testing.T) {
	for call, says := range map[string]string{
		"aws-sts-assume-role":              "cannot assume " + inspector,
		"aws-ecs-describe-services":        "cannot read service shop-beta-catalog",
		"aws-ecs-describe-task-definition": "cannot read task definition family:7",
		"aws-elbv2-describe-target-health": "cannot read the targets of arn:targets",
		"aws-cloudwatch-describe-alarms":   "cannot read the alarms of shop-beta-catalog",
	} {
		h := runningHost(t, "Baking")
		h.write("fail/"+call, "")
		h.run(map[string]string{"IMAGE_DIGEST": first})
		h.fails(says)
	}
	h := runningHost(t, "BlueGreen")
	h.run(map[string]string{"IMAGE_DIGEST": ""})
	h.fails("IMAGE_DIGEST is ''")
}

// Catches a project that serves several targets and looks into the wrong one, or into one that it was not made for.
func TestTargetsOfAProject(t *testing.T) {
	h := contractHost(t)
	h.run(map[string]string{"TARGET": "beta-us-west-2"})
	h.succeeds()
	if got := h.calls("aws ssm get-parameters --region us-west-2 --names /shop/platform/beta/a "); len(got) != 1 {
		t.Errorf("calls: %q", h.calls("aws ssm"))
	}
	h = contractHost(t)
	h.run(map[string]string{"TARGET": "prod-us-west-2"})
	h.fails("this project knows no target 'prod-us-west-2'")
	h = newHost(t, "Url")
	h.write("answers", "204 \n")
	h.run(map[string]string{"TARGET": "beta-us-west-2"})
	h.succeeds()
	if got := h.calls("curl"); len(got) != 1 || !strings.HasSuffix(got[0], " https://other.shop.example.com/it's?a&b") ||
		strings.Contains(got[0], "--header") {
		t.Errorf("calls: %q", got)
	}
}
