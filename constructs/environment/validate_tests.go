package environment

import (
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// imagePattern is an image of any registry with a tag or a digest: "node:22.11.0", "public.ecr.aws/x/y@sha256:…".
// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
var imagePattern = regexp.MustCompile(`^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|@sha256:[0-9a-f]{64})$`)

// tests checks the tests of a service in an environment: r has its defaults, and so those only that run there.
func (c *checker) tests(at string, e *Environment, s *Service, r Runtime) {
	said := s.said(e)
	for _, k := range TestKinds {
		t := *said.Tests.of(k)
		if t == nil {
			continue
		}
		path := at + ".tests." + string(k)
		if k.RunsIn() != e.Kind && !reflect.DeepEqual(t, *s.Runtime.Tests.of(k)) {
			why := ""
			if k == Performance && e.Kind == Production {
				why = ": in production customers would share the load"
			}
			c.add(path, "runs in environments of the kind %s only, and %s is of the kind %s%s; remove it", k.RunsIn(), e.Name, e.Kind, why)
			continue
		}
		c.targetTest(path, k, t)
		if k.RunsIn() == e.Kind {
			c.inTarget(path, at+".expose", e, r, *r.Tests.of(k))
		}
	}
	if i, a := r.Tests.Integration, r.Tests.Acceptance; i != nil && a != nil && i.Timeout <= MaxTestTimeout && a.Timeout <= MaxTestTimeout &&
		i.Timeout+a.Timeout > MaxTestTimeout {
		c.related([]string{at + ".tests.acceptance.timeout", at + ".tests.integration.timeout"}, at+".tests.acceptance.timeout",
			"must be at most %s together with integration's %s, got %s: who waits longer goes on to the next thing",
			text.Duration(MaxTestTimeout), text.Duration(i.Timeout), text.Duration(a.Timeout))
	}
}

// targetTest checks what can be said of a test alone.
func (c *checker) targetTest(at string, k TestKind, t *TargetTest) {
	switch l := t.Load; {
	case l != nil && k != Performance:
		c.add(at+".load", "goes with performance only")
	case l != nil && len(t.Commands) > 0:
		c.related([]string{at + ".commands"}, at+".load", "is what the test does without commands, and it has some; keep one of the two")
	case l != nil:
		c.load(at, t)
	case len(t.Commands) == 0 && k == Performance:
		c.add(at+".commands", "is required, or a load: {path: …, requestsPerSecond: …, p99: …}")
	case len(t.Commands) == 0:
		c.add(at+".commands", "is required: what tests the service, such as [npm ci, npm run test:%s]", k)
	}
	c.commands(at+".commands", t.Commands, inTest)
	writes := ""
	if t.Load != nil {
		writes = "a load writes its own"
	}
	c.gate(at, t.Gate, "a failure stops", writes)
	switch name := strings.ToLower(t.Image); {
	case t.Image == "":
	case t.Load != nil && len(t.Commands) == 0:
		c.add(at+".image", "goes with commands only, and a load has none; remove it")
	case strings.HasPrefix(name, "aws/codebuild/"):
		c.add(at+".image", "is one of CodeBuild's own, which commands run in without it; remove it")
	case !imagePattern.MatchString(t.Image):
		c.add(at+".image", "must be an image with a tag or a digest, such as mcr.microsoft.com/playwright:v1.50.0-noble, got %s", text.Quote(t.Image))
	case strings.HasSuffix(name, ":latest"):
		c.add(at+".image", "must have a tag other than latest, or a digest: the same test must not change by itself, got %s", text.Quote(t.Image))
	}
	if d := t.Timeout; d != 0 && (d < MinTestTimeout || d > MaxTestTimeout || d%time.Minute != 0) {
		c.add(at+".timeout", "must be %s to %s in whole minutes, got %s", text.Duration(MinTestTimeout), text.Duration(MaxTestTimeout), text.Duration(d))
	}
	for _, name := range sortedKeys(t.Variables) {
		path := text.Under(at+".variables", name)
		c.variableName(path, name)
		if IsTestVariable(name) {
			c.add(path, "every test has a variable of this name, or AWS sets it; choose another")
		}
	}
}

// load checks a load alone.
func (c *checker) load(at string, t *TargetTest) {
	l, path := t.Load, at+".load"
	switch {
	case l.Path == "":
		c.add(path+".path", "is required: what is asked, such as /")
	case c.literal(path+".path", l.Path, inPlan):
	case !checkPathPattern.MatchString(l.Path):
		c.add(path+".path", "must be a path with a slash first, with a query if need be, and other characters as %%XX, got %s", text.Quote(l.Path))
	}
	c.between(path+".requestsPerSecond", l.RequestsPerSecond, 1, MaxRequestsPerSecond)
	switch {
	case l.P99 == 0:
		c.add(path+".p99", "is required: what 99 of 100 answers may take, such as 500ms")
	case l.P99 < 0 || l.P99 > MaxP99 || l.P99%time.Millisecond != 0:
		c.add(path+".p99", "must be 1ms to %s, got %s", text.Duration(MaxP99), text.Duration(l.P99))
	}
	if l.ErrorPercent != nil {
		c.between(path+".errorPercent", *l.ErrorPercent, 0, 100)
	}
	timeout, duration := t.Timeout, l.Duration
	set(&timeout, DefaultTestTimeout)
	set(&duration, DefaultLoad)
	switch {
	case duration < MinLoad || duration%time.Second != 0:
		c.add(path+".duration", "must be whole seconds, at least %s, got %s", text.Duration(MinLoad), text.Duration(duration))
	case duration+LoadMargin > timeout:
		c.related([]string{at + ".timeout"}, path+".duration", "must leave the timeout of %s another %s to begin and to end, got %s",
			text.Duration(timeout), text.Duration(LoadMargin), text.Duration(duration))
	}
}

// inTarget checks a test with the service as it runs in an environment, whose exposure is the setting at expose. Both have their defaults.
func (c *checker) inTarget(at, expose string, e *Environment, r Runtime, t *TargetTest) {
	c.references(at+".variables", e, t.Variables)
	l := t.Load
	if l == nil {
		return
	}
	switch path, _, _ := strings.Cut(l.Path, "?"); {
	case r.HTTP == nil:
		c.add(at+".load", "is requests, and a service without http answers none; test it with commands")
		return
	case r.HTTP.Protocol == GRPC:
		c.related([]string{at + ".load"}, at+".load", "is requests of HTTP, which a server of gRPC does not answer; test it with commands")
		return
	case !r.public() || !r.Expose.known() || !strings.HasPrefix(path, "/"):
		return
	case !r.Expose.Covers(path):
		c.related([]string{expose + ".path"}, at+".load.path", "does not reach the service, whose path is %s, got %s", r.Expose.Path, text.Quote(path))
	default:
		if b := r.Expose.blocks(path); b != "" {
			c.related([]string{expose + ".block"}, at+".load.path", "is answered by the web ACL with 403, for expose.block has %s, got %s", text.Quote(b), text.Quote(path))
		}
	}
	if n := l.RequestsPerSecond * int(min(l.Duration, RateWindow)/time.Second); n > maxPublicLoad {
		c.related([]string{at + ".load.duration", expose}, at+".load.requestsPerSecond", "makes %d requests in %s, more than %d: the web ACL of the public load "+
			"balancer blocks an address with more than %d in %s, and the calls of tasks come from the same one; ask at most %d times a second for so long, or the "+
			"services behind it", n, text.Duration(min(l.Duration, RateWindow)), maxPublicLoad, RateLimit, text.Duration(RateWindow),
			maxPublicLoad/int(min(l.Duration, RateWindow)/time.Second))
	}
}
