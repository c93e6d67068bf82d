package review

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/value"
)

const (
	deploymentGroupType  = "AWS::CodeDeploy::DeploymentGroup"
	deploymentConfigType = "AWS::CodeDeploy::DeploymentConfig"
)

// releases judges how CodeDeploy releases: how fast, under which alarms, and how long there is a way back.
func releases(c *comparison) []Finding {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old != nil && d.new != nil && d.new.Type == deploymentGroupType {
				d.release()
			}
		}
	}
	return nil
}

func (d *delta) release() {
	safety := func(effect, why string, properties ...string) {
		d.say(verdict{"release", SafetyLost, effect, why, ""}, properties...)
	}
	both := func(path ...string) (any, any) { return get(d.old, path...), get(d.new, path...) }
	if off(both("AutoRollbackConfiguration", "Enabled")) {
		safety("a bad release is no longer rolled back", "Somebody has to.", "AutoRollbackConfiguration.Enabled")
	}
	if fewer(both("AutoRollbackConfiguration", "Events")) {
		safety("fewer reasons roll a release back", "Somebody has to.", "AutoRollbackConfiguration.Events")
	}
	if off(both("AlarmConfiguration", "Enabled")) {
		safety("alarms no longer stop a release", "Somebody has to notice.", "AlarmConfiguration.Enabled")
	}
	if on(both("AlarmConfiguration", "IgnorePollAlarmFailure")) {
		safety("goes on when alarms cannot be read", "What they say then is not heard.", "AlarmConfiguration.IgnorePollAlarmFailure")
	}
	before, after := both("AlarmConfiguration", "Alarms")
	if shownFewer(d.pair, before, after) {
		safety("fewer alarms stop a release", "What they watched may go wrong unnoticed.", "AlarmConfiguration.Alarms")
	}
	const blue = "BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess"
	wait := func(r *assembly.Resource) any {
		return get(r, "BlueGreenDeploymentConfiguration", "TerminateBlueInstancesOnDeploymentSuccess", "TerminationWaitTimeInMinutes")
	}
	if a, b := wait(d.old), wait(d.new); lower(0)(a, b) {
		effect := "shortens the bake"
		if n, ok := number(b, 0); ok && n == 0 {
			effect = "releases without a bake"
		}
		safety(effect, "There is less time in which an alarm takes the release back at once.", blue+".TerminationWaitTimeInMinutes")
	}
	d.routes()
	was, ok := d.routing(d.old)
	is, ok2 := d.routing(d.new)
	if ok && ok2 && (is.first > was.first || is.minutes < was.minutes) {
		safety("releases in fewer or faster steps", "More customers meet a bad release before it stops.", "DeploymentConfigName")
	}
}

// routes judges what a deployment group releases, and through which listeners.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-ecs.html
func (d *delta) routes() {
	fails := func(why string, properties ...string) {
		d.say(verdict{"release", WillFail, string(frozen.Fails), why, ""}, properties...)
	}
	if becomes("WITHOUT_TRAFFIC_CONTROL")(get(d.old, "DeploymentStyle", "DeploymentOption"), get(d.new, "DeploymentStyle", "DeploymentOption")) {
		fails("CodeDeploy releases services of ECS with traffic control only.", "DeploymentStyle.DeploymentOption")
	}
	if becomes("IN_PLACE")(get(d.old, "DeploymentStyle", "DeploymentType"), get(d.new, "DeploymentStyle", "DeploymentType")) {
		fails("CodeDeploy releases services of ECS blue/green only.", "DeploymentStyle.DeploymentType")
	}
	if before, after := d.old.Properties["ECSServices"], d.new.Properties["ECSServices"]; shownFewer(d.pair, before, after) {
		d.say(verdict{"release", WillFail, "releases another service", "Its tasks would be led to where they were never meant to be, and the service that it released no longer is.", "a deployment group of its own for the other service"}, "ECSServices")
	}
	before, after := d.pairOfGroups(d.old), d.pairOfGroups(d.new)
	switch {
	case before["ProdTrafficRoute"] != nil && after["ProdTrafficRoute"] == nil:
		fails("It names no listener that requests come through.", "LoadBalancerInfo")
	case d.pair.show(before["ProdTrafficRoute"], false) != d.pair.show(after["ProdTrafficRoute"], true):
		d.say(verdict{"release", Traffic, "shifts the requests of another listener", "Those of the listener before stay where they are.", ""}, "LoadBalancerInfo")
	}
	switch {
	case before["TestTrafficRoute"] != nil && after["TestTrafficRoute"] == nil:
		d.say(verdict{"release", SafetyLost, "no longer has a test listener", "What is asked of a new version before customers meet it is asked through it.", ""}, "LoadBalancerInfo")
	case before["TestTrafficRoute"] != nil && d.pair.show(before["TestTrafficRoute"], false) != d.pair.show(after["TestTrafficRoute"], true):
		d.say(verdict{"release", SafetyLost, "tests through another listener", "What is asked there may not be the new version.", ""}, "LoadBalancerInfo")
	}
	if d.pair.show(before["TargetGroups"], false) != d.pair.show(after["TargetGroups"], true) {
		d.say(verdict{"release", Traffic, "releases to other target groups", "The listener leads to those of before until the next release.", ""}, "LoadBalancerInfo")
	}
}

// pairOfGroups is the pair of target groups between which a release shifts requests.
func (d *delta) pairOfGroups(group *assembly.Resource) map[string]any {
	for _, p := range value.Objects(get(group, "LoadBalancerInfo", "TargetGroupPairInfoList")) {
		return p
	}
	return nil
}

// shownFewer is fewer for lists of references, which are compared as they are shown.
func shownFewer(p *pair, old, renewed any) bool {
	after := map[string]bool{}
	for _, v := range value.List(renewed) {
		after[p.show(v, true)] = true
	}
	for _, v := range value.List(old) {
		if !after[p.show(v, false)] {
			return true
		}
	}
	return false
}

// routing is how traffic is shifted: the percentage of the first step, and the minutes until all of it is.
type routing struct{ first, minutes float64 }

// named are the configurations that CodeDeploy has.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
var configured = regexp.MustCompile(`(Linear|Canary)(\d+)Percent(?:Every)?(\d+)Minutes?$`)

// routing reads the configuration of a deployment group: one of CodeDeploy's, or one of the same template.
func (d *delta) routing(group *assembly.Resource) (routing, bool) {
	switch name := group.Properties["DeploymentConfigName"].(type) {
	case string:
		return routingOf(name)
	case map[string]any:
		id, _ := name["Ref"].(string)
		if r, ok := group.Stack.Resource(id); ok && r.Type == deploymentConfigType {
			return routingIn(r)
		}
	}
	return routing{}, false
}

func routingOf(name string) (routing, bool) {
	if strings.HasSuffix(name, "AllAtOnce") {
		return routing{100, 0}, true
	}
	m := configured.FindStringSubmatch(name)
	if m == nil {
		return routing{}, false
	}
	percent, err := strconv.ParseFloat(m[2], 64)
	minutes, err2 := strconv.ParseFloat(m[3], 64)
	if err != nil || err2 != nil {
		return routing{}, false
	}
	return steps(m[1] == "Linear", percent, minutes), true
}

func routingIn(r assembly.Resource) (routing, bool) {
	kind, _ := get(&r, "TrafficRoutingConfig", "Type").(string)
	switch kind {
	case "AllAtOnce":
		return routing{100, 0}, true
	case "TimeBasedLinear":
		return timed(r, "TimeBasedLinear", "LinearPercentage", "LinearInterval", true)
	case "TimeBasedCanary":
		return timed(r, "TimeBasedCanary", "CanaryPercentage", "CanaryInterval", false)
	}
	return routing{}, false
}

func timed(r assembly.Resource, kind, percentage, interval string, linear bool) (routing, bool) {
	percent, ok := number(get(&r, "TrafficRoutingConfig", kind, percentage), 0)
	minutes, ok2 := number(get(&r, "TrafficRoutingConfig", kind, interval), 0)
	return steps(linear, percent, minutes), ok && ok2 && percent > 0
}

func steps(linear bool, percent, minutes float64) routing {
	if linear {
		return routing{percent, (100/percent - 1) * minutes}
	}
	return routing{percent, minutes}
}
