package config

import (
	"strconv"

	"github.com/storeship/storeship/constructs/environment"
)

// names lists what is derived for the service: the same in every region first, then region by region.
func (x *explainer) names() {
	s, t, name := x.plan.Store, x.target(), x.service.Name
	r := x.service.In(x.environment)
	x.derived("account", x.environment.Account)
	x.derived("pipeline", s.PipelineName(name))
	x.derived("stack", t.ServiceStackName(name))
	x.derived("cluster", t.ClusterName())
	x.derived("service", t.ServiceName(name))
	x.derived("logGroup", t.LogGroupName(name))
	if r.Expose != nil {
		x.reached(t, r)
	}
	switch {
	case len(r.Asked()) > 0:
		x.derived("canary", t.CanaryName(name))
	case r.Synthetics.Interval > 0 && !r.Synthetics.Off():
		x.derived("canary", "none: it has nothing to ask; storeship validate says why")
	case r.Expose != nil && r.Expose.Internal && x.environment.Kind == environment.Production && !x.says("synthetics.disabled"):
		x.derived("canary", "none: of internal services only in preproduction; synthetics: {disabled: false} in the overrides of "+
			x.environment.Name+" makes one")
	}
	for _, t := range x.environment.Targets(s) {
		in := "." + t.Region
		x.derived("repository"+in, t.RepositoryURI(name))
		x.derived("executionRole"+in, t.ExecutionRoleName(name))
		x.derived("taskRole"+in, t.TaskRoleName(name))
		if r.Release.Engine == environment.CodeDeploy {
			x.derived("codeDeployRole"+in, t.CodeDeployRoleName(name))
		}
		if r.Release.Engine == environment.ECS {
			x.derived("shiftRole"+in, t.ShiftRoleName(name))
		}
		if r.Gated() {
			x.derived("gate"+in, t.GateName(name))
		}
		if len(r.Asked()) > 0 {
			x.derived("canaryRole"+in, t.CanaryRoleName(name))
		}
		tests := r.Tests.List()
		for _, test := range tests {
			x.derived(string(test.Kind)+"Tests"+in, t.TestName(name, test.Kind))
		}
		if len(tests) > 0 {
			x.derived("testRole"+in, t.TestRoleName(name))
		}
		if r.Expose != nil && !r.Expose.Internal && r.Expose.Host == "" && t.Host() != "" {
			x.derived("url"+in, "https://"+t.Host())
		}
	}
}

// addresses lists what settles a collision with another service.
func (x *explainer) addresses() {
	name, expose := x.service.Name, x.service.In(x.environment).Expose
	switch {
	case expose == nil:
	case expose.Internal:
		x.add("expose.internal.port", strconv.Itoa(expose.PortOf(name)), "derived from the name")
	default:
		x.add("expose.priority", strconv.Itoa(expose.PriorityOf(name)), "derived from name, host and path")
	}
}

// reached lists how the service is reached.
func (x *explainer) reached(t environment.Target, r environment.Runtime) {
	name, testPort := x.service.Name, environment.PublicTestPort
	if r.Expose.Internal {
		testPort = r.Expose.PortOf(name) + environment.TestPortOffset
	}
	if r.Release.Engine.Shifts() {
		x.derived("testPort", strconv.Itoa(testPort))
	}
	url, err := x.plan.Resolve(t, "${services."+name+".url}")
	if err != nil {
		url = "known at deployment: the load balancer's own name"
	}
	x.derived("url", url)
}

func (x *explainer) derived(what, value string) {
	x.settings = append(x.settings, Setting{"names." + what, value, "derived"})
}
