package observe

import (
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/text"
)

// AlarmsProps configures [Alarms].
type AlarmsProps struct {
	// Name of the ECS service, 2 to 240 letters, digits and hyphens, a letter first. It begins the names of the alarms: another
	// name is another alarm. Required.
	Name string
	// Cluster that the service runs in. Without Container Insights on it, the alarm on running tasks sees nothing. Required.
	Cluster string
	// Runtime is how the service runs: its Alarms say when they fire. Default: what environment.Runtime.WithDefaults fills in
	// for production.
	Runtime environment.Runtime
	// Canary is the name of the canary that asks the service, as [NewCanary] makes one. Required where Runtime has one: of a public
	// service of http or http2, unless Runtime.Synthetics says otherwise. Default: no canary.
	Canary string
	// Blue is the target group of the service, behind a load balancer. Required with Runtime.HTTP, not allowed without.
	Blue awselasticloadbalancingv2.ApplicationTargetGroup
	// Green is the other target group. Required where the engine shifts traffic between two, not allowed elsewhere.
	Green awselasticloadbalancingv2.ApplicationTargetGroup
	// Others are alarms of your own that Arm arms as well, on what the service is for. With those that are created at most
	// environment.MaxAlarms: one for a service with two target groups and no canary. Default: none.
	// https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html
	Others []interfacesawscloudwatch.IAlarmRef
}

var namePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,239}$`)

// Validate reports every problem in p, joined.
func (p *AlarmsProps) Validate() error {
	var l problem.List
	switch {
	case p.Name == "":
		l.Addf("Name", "required")
	case !strings.Contains(p.Name, "${Token[") && !namePattern.MatchString(p.Name):
		l.Addf("Name", "must be 2 to 240 letters, digits and hyphens, a letter first, got %q", p.Name)
	}
	if p.Cluster == "" {
		l.Addf("Cluster", "required")
	}
	l.Add(p.Runtime.Validate("Runtime").Err())
	full := p.withDefaults().Runtime
	if full.Alarms.Disabled {
		l.Addf("Runtime.Alarms.Disabled", "leaves no alarm to create; create none")
	}
	for _, g := range []struct {
		field       string
		given, want bool
		with        string
	}{
		{"Blue", p.Blue != nil, full.HTTP != nil, "Runtime.HTTP"},
		{"Green", p.Green != nil, full.HTTP != nil && full.Release.Engine.Shifts(), "an engine that shifts traffic"},
	} {
		switch {
		case g.want && !g.given:
			l.Addf(g.field, "required with %s", g.with)
		case g.given && !g.want:
			l.Addf(g.field, "goes with %s only; remove it", g.with)
		}
	}
	if own := len(full.ArmedAlarms()); own+len(p.Others) > environment.MaxAlarms {
		l.Addf("Others", "may be at most %d beside the %d that are created, got %d; a composite alarm is one alarm for several",
			environment.MaxAlarms-own, own, len(p.Others))
	}
	switch asked := len(full.Asked()) > 0; {
	case asked && p.Canary == "":
		l.Addf("Canary", "required: Runtime has a canary; give its name, or set Runtime.Synthetics.Disabled to true")
	case !asked && p.Canary != "":
		l.Addf("Canary", "Runtime has none; remove it")
	}
	for i, o := range p.Others {
		if o == nil {
			l.Addf(text.Item("Others", i), "must not be nil")
		}
	}
	return l.Err()
}

func (p *AlarmsProps) withDefaults() *AlarmsProps {
	c := *p
	c.Runtime = p.Runtime.WithDefaults(environment.Production)
	return &c
}
