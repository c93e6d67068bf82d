package environment

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Tests are what a release must pass in a target, where it runs. Each stands in every target of the environments of its kind, after
// the release and the smoke test, and the next wave waits for it.
type Tests struct {
	// Integration asks whether the service works with what it stands on, in [Test] environments. Default: none; nobody can guess it.
	Integration *TargetTest
	// Acceptance asks whether the service does what its users want, in [Test] environments, after Integration. Default: none.
	Acceptance *TargetTest
	// Performance asks whether it does so fast enough and under load, in [Preproduction] environments. Default: none.
	Performance *TargetTest
}

// TargetTest is one test of a service where it runs: commands, or a load.
type TargetTest struct {
	// Gate has the Commands, with the Reports that they write, and says what becomes of a failure. Commands run in the folder of the
	// service, of the commit that its image was built from, with the preset's runtime; they are required without a Load.
	Gate
	// Image that Commands run in, of any registry, with a tag other than latest or a digest; it needs bash, tar and gzip. Default: the
	// image of the other builds.
	Image string
	// Timeout of the test in a target, whole minutes, [MinTestTimeout] to [MaxTestTimeout]; so long is what Integration and Acceptance
	// may take together. Default: [DefaultTestTimeout].
	Timeout time.Duration
	// Variables of Commands, beside those of [TestVariables]. References are resolved as in the variables of the container; they stand
	// in the template: no place for a secret. Default: none.
	Variables map[string]string
	// Load is what Performance does without Commands. Default: none.
	Load *Load
}

// Load is a stream of GET requests at a constant rate, and what the answers must be.
type Load struct {
	// Path that is asked, with a slash first, and a query if need be. Required.
	Path string
	// RequestsPerSecond at a constant rate, however slow the answers are: 1 to [MaxRequestsPerSecond]. Required.
	RequestsPerSecond int
	// Duration of the load, whole seconds, at least [MinLoad]. It must leave the test's Timeout [LoadMargin] to begin and to end.
	// Default: [DefaultLoad].
	Duration time.Duration
	// P99 is what 99 of 100 answers may take at most, in whole milliseconds up to [MaxP99]. Required.
	P99 time.Duration
	// ErrorPercent is how many of a hundred requests may fail, or have an answer other than 200 to 399: 0 to 100. Default:
	// [DefaultErrorPercent].
	ErrorPercent *int
}

// Bounds of tests.
const (
	// DefaultTestTimeout is what a test has in a target.
	DefaultTestTimeout = 10 * time.Minute
	// MinTestTimeout is the least that CodeBuild offers. https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
	MinTestTimeout = 5 * time.Minute
	// MaxTestTimeout is what all tests of a service in a target may take together: who waits longer for the word whether a change is
	// good goes on to the next one.
	MaxTestTimeout = 30 * time.Minute
	// MaxRequestsPerSecond is what one build host sends without being the bottleneck itself.
	MaxRequestsPerSecond = 1000
	// MinLoad is the shortest load.
	MinLoad = 10 * time.Second
	// DefaultLoad is how long a load lasts.
	DefaultLoad = 2 * time.Minute
	// LoadMargin is what a test with a load needs beside it: a host, the tool, the last answers.
	LoadMargin = 4 * time.Minute
	// MaxP99 is how long the load waits for an answer.
	MaxP99 = 30 * time.Second
	// DefaultErrorPercent is how many of a hundred requests may fail.
	DefaultErrorPercent = 1
	// RateLimit is how many requests one address may make to a public load balancer in [RateWindow], before the web ACL blocks it.
	RateLimit = 10_000
	// RateWindow is the time that the web ACL counts in.
	RateWindow = 5 * time.Minute
	// maxPublicLoad is what a load may take of that: tests come from the address of a NAT gateway, as the tasks' own calls do.
	maxPublicLoad = RateLimit * 9 / 10
)

// TestKind says what a test of a target asks.
type TestKind string

// The kinds of tests, as the plan names them.
const (
	Integration TestKind = "integration"
	Acceptance  TestKind = "acceptance"
	Performance TestKind = "performance"
)

// TestKinds lists all kinds in the order in which they run.
var TestKinds = []TestKind{Integration, Acceptance, Performance}

// RunsIn is the kind of environments that tests of the kind run in.
func (k TestKind) RunsIn() Kind {
	if k == Performance {
		return Preproduction
	}
	return Test
}

// Step is the name of the test's action while it blocks.
func (k TestKind) Step() string {
	return map[TestKind]string{Integration: "Integration", Acceptance: "Acceptance", Performance: "Performance"}[k]
}

// TestVariables are the names of what every test finds in its environment; see docs/tests.md. Variables of a test may have none of them, nor
// others that [IsTestVariable] knows.
var TestVariables = []string{
	"CLUSTER", "COMMIT_ID", "ENVIRONMENT", "IMAGE_DIGEST", "LOG_GROUP", "REGION", "SERVICE", "SERVICE_NAME", "STORE", "TARGET", "TARGET_HOST",
	"TARGET_URL", "TASK_ROLE_ARN",
}

// testInternals are the names of what a test's build sets for itself, and of what no tool finds its way without.
var testInternals = []string{
	"HOME", "PATH", "REPORT", "REPORT_OF", "SOURCE_PATH", "STORESHIP", "TEST_REPORTS", "TEST_REPORTS_PATTERN", "VEGETA_VERSION",
}

// IsTestVariable says whether every test has a variable of this name, or AWS sets it: variables of a test may not have it.
func IsTestVariable(name string) bool {
	return slices.Contains(TestVariables, name) || slices.Contains(testInternals, name) ||
		strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "CODEBUILD_") || strings.HasPrefix(name, "LOAD_")
}

// NamedTest is a test with its kind.
type NamedTest struct {
	// Kind says what the test asks.
	Kind TestKind
	// TargetTest is the test.
	TargetTest
}

// Action is the name of the test's action in a stage of one target.
func (t NamedTest) Action() string { return t.TargetTest.Action(t.Kind.Step()) }

// of is the test of a kind, or nil.
func (t *Tests) of(k TestKind) **TargetTest {
	switch k {
	case Integration:
		return &t.Integration
	case Acceptance:
		return &t.Acceptance
	}
	return &t.Performance
}

// List is all tests in the order in which they run.
func (t Tests) List() []NamedTest {
	var all []NamedTest
	for _, k := range TestKinds {
		if test := *t.of(k); test != nil {
			all = append(all, NamedTest{k, *test})
		}
	}
	return all
}

// clone copies t so deep that changing the copy leaves t alone.
func (t Tests) clone() Tests {
	for _, k := range TestKinds {
		test := t.of(k)
		if *test == nil {
			continue
		}
		c := **test
		c.Commands, c.Variables = slices.Clone(c.Commands), maps.Clone(c.Variables)
		if c.Load != nil {
			l := *c.Load
			if l.ErrorPercent != nil {
				percent := *l.ErrorPercent
				l.ErrorPercent = &percent
			}
			c.Load = &l
		}
		*test = &c
	}
	return t
}

// withDefaults leaves out what does not run in environments of that kind, and fills in the rest. The tests must be clones.
func (t Tests) withDefaults(kind Kind) Tests {
	for _, k := range TestKinds {
		test := t.of(k)
		switch {
		case *test == nil:
		case k.RunsIn() != kind:
			*test = nil
		default:
			set(&(*test).Mode, Block)
			set(&(*test).Timeout, DefaultTestTimeout)
			if l := (*test).Load; l != nil {
				set(&l.Duration, DefaultLoad)
				if l.ErrorPercent == nil {
					percent := DefaultErrorPercent
					l.ErrorPercent = &percent
				}
			}
		}
	}
	return t
}

// setting is the load as the configuration writes it, key by key.
func (l *Load) setting() [][2]string {
	return [][2]string{
		{"path", l.Path}, {"requestsPerSecond", strconv.Itoa(l.RequestsPerSecond)}, {"duration", text.Duration(l.Duration)},
		{"p99", text.Duration(l.P99)}, {"errorPercent", strconv.Itoa(*l.ErrorPercent)},
	}
}

// Settings is what the configuration says of a test that has its defaults: keys and values.
func (t TargetTest) Settings() [][2]string {
	all := [][2]string{{"mode", string(t.Mode)}}
	add := func(key, value string) {
		if value != "" {
			all = append(all, [2]string{key, value})
		}
	}
	add("reason", t.Reason)
	if t.Commands != nil {
		add("commands", "["+text.List(t.Commands)+"]")
	}
	add("image", t.Image)
	add("reports", t.Reports)
	add("timeout", text.Duration(t.Timeout))
	for _, name := range sortedKeys(t.Variables) {
		all = append(all, [2]string{text.Under("variables", name), t.Variables[name]})
	}
	if t.Load != nil {
		for _, s := range t.Load.setting() {
			add("load."+s[0], s[1])
		}
	}
	return all
}
