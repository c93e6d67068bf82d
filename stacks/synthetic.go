package stacks

import (
	"strings"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
)

// addSynthetic creates what looks at the canaries of preproduction after a release. In production their alarms are armed in the release,
// and while it goes on the approval and the waves are what holds it back.
func (p *ServicePipeline) addSynthetic() {
	props := &build.SyntheticTestProps{Project: p.Pipeline.CheckProject(), Input: p.input()}
	for _, t := range p.props.Plan.Store.Targets() {
		r := p.service.In(t.Environment)
		if !t.Environment.LooksAtCanary(r) {
			continue
		}
		props.Targets = append(props.Targets, build.SyntheticTarget{
			ID:               t.ID(),
			InspectorRoleARN: t.Environment.RoleARN(t.Environment.InspectorRoleName(t.Store)),
			Region:           t.Region,
			Canary:           t.CanaryName(p.service.Name),
			Asks:             asks(t, p.service.Name, r),
			Interval:         r.Synthetics.Interval,
			Settled:          t.Bake(),
		})
	}
	if len(props.Targets) > 0 {
		p.synthetic = build.NewSyntheticTest(p.Stack, "Synthetic", props)
	}
}

// asks is what the canary of a service asks, and where, in words.
func asks(t environment.Target, service string, r environment.Runtime) string {
	var all []string
	for _, k := range r.Asked() {
		all = append(all, k.String())
	}
	where := "the public load balancer, by its own name"
	switch host := t.PublicHost(r.Expose); {
	case r.Expose.Internal:
		where = listener(t, t.InternalHost(service), r.Expose.PortOf(service))
	case t.Host() != "":
		where = t.Scheme() + "://" + t.Host()
		if host != "" {
			where += " for " + host
		}
	}
	return strings.Join(all, ", ") + " at " + where
}
