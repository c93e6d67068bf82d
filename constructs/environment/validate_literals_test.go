package environment

import "testing"

const reference = "${services.ui.url}"

// Each case catches a reference that reaches a container, a shell or a load balancer as it is written.
func TestReferencesOutsideOfVariables(t *testing.T) {
	test := func(t *TargetTest) func(*Plan) { return func(p *Plan) { catalog(p).Runtime.Tests.Integration = t } }
	check := func(k Check) func(*Plan) { return func(p *Plan) { catalog(p).Runtime.Checks = []Check{k} } }
	refuse(t, []refusal{
		{"in a command", func(p *Plan) { mailer(p).Runtime.Command = []string{"run", "--ui=" + reference} },
			"services.mailer.command[1]: ${services.ui.url} is resolved in variables only, and would stand here as it is; give the container a variable"},
		{"to no service", func(p *Plan) { mailer(p).Runtime.Command = []string{"${services.nope.uri}"} },
			"services.mailer.command[0]: ${services.nope.uri} is resolved in variables only"},
		{"after another dollar sign, which is no escape here", func(p *Plan) { mailer(p).Runtime.Command = []string{"$" + reference} },
			"services.mailer.command[0]: ${services.ui.url} is resolved"},
		{"in a health command", func(p *Plan) { mailer(p).Runtime.HealthCommand = []string{"/healthy", reference} },
			"services.mailer.healthCommand[1]: ${services.ui.url} is resolved"},
		{"in a writable path", func(p *Plan) { mailer(p).Runtime.WritablePaths = []string{"/" + reference} },
			"services.mailer.writablePaths[0]: ${services.ui.url} is resolved"},
		{"in the path of the health check", func(p *Plan) { catalog(p).Runtime.HTTP.Health = "/health?of=" + reference },
			"services.catalog.http.health: ${services.ui.url} is resolved"},
		{"for the path of the health check", func(p *Plan) { catalog(p).Runtime.HTTP.Health = reference },
			"services.catalog.http.health: ${services.ui.url} is resolved"},
		{"in the path of a check", check(Check{Path: "/" + reference}), "services.catalog.checks[0].path: ${services.ui.url} is resolved"},
		{"in a header of a check", check(Check{Path: "/", Headers: map[string]string{"origin": reference}}),
			"services.catalog.checks[0].headers.origin: ${services.ui.url} is resolved"},
		{"in the body of a check", check(Check{Path: "/", Method: "POST", Body: reference}), "services.catalog.checks[0].body: ${services.ui.url} is resolved"},
		{"in an expected header", check(Check{Path: "/", Expect: Expectation{Headers: map[string]string{"location": reference}}}),
			"services.catalog.checks[0].expect.headers.location: ${services.ui.url} is resolved"},
		{"in an expected value", check(Check{Path: "/", Expect: Expectation{JSON: map[string]string{"ui": reference}}}),
			"services.catalog.checks[0].expect.json.ui: ${services.ui.url} is resolved"},
		{"in a command of the unit tests", func(p *Plan) { mailer(p).Build.TestCommands[0] += " " + reference },
			"services.mailer.build.testCommands[0]: ${services.ui.url} is resolved in variables only, and would stand here as it is; a build reaches no service"},
		{"in a command of a gate", func(p *Plan) { mailer(p).Build.Gates.Quality.Commands[0] += " " + reference },
			"services.mailer.build.gates.quality.commands[0]: ${services.ui.url} is resolved"},
		{"in a command of a test", test(&TargetTest{Gate: Gate{Commands: []string{"curl " + reference}}}),
			"services.catalog.tests.integration.commands[0]: ${services.ui.url} is resolved in variables only, and would stand here as it is; give the test a variable"},
		{"in the path of a load", func(p *Plan) {
			catalog(p).Runtime.Tests.Performance = &TargetTest{Load: &Load{Path: "/" + reference, RequestsPerSecond: 1, P99: MaxP99}}
		}, "services.catalog.tests.performance.load.path: ${services.ui.url} is resolved"},
	})
}

// Catches a variable of a shell, or a placeholder of a template, that is taken for a reference and refused.
func TestOtherDollarSignsAreLeftAlone(t *testing.T) {
	for _, text := range []string{"echo ${HOME} $HOME $${HOME}", "${services}", "${services.ui}", "${services[0].url}", "${SERVICES_UI_URL:-services.ui.url}", "{services.ui.url}"} {
		err := newPlan(func(p *Plan) {
			mailer(p).Runtime.Command = []string{text}
			mailer(p).Build.TestCommands = []string{text}
			mailer(p).Build.Gates.Quality.Commands = []string{text}
			catalog(p).Runtime.HealthCommand = []string{"sh", "-c", text}
			catalog(p).Runtime.Checks = []Check{{Path: "/", Method: "POST", Body: text}}
			catalog(p).Runtime.Tests.Integration = &TargetTest{Gate: Gate{Commands: []string{text}}}
		}).Validate().Err()
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
