package conformance_test

import (
	"testing"

	"github.com/storeship/storeship/internal/conformance"
)

// Catches: a deployment window or a stop switch that is asked when the deployment it guards is over, or while it runs; and one before all of
// production, in a stage of its own, that is not found.
func TestGuards(t *testing.T) {
	window := func(name, order string) string { return commands(name, order, "./open.sh") }
	release := func(region string) string { return ordered(deploy("To-"+region, "444444444444", region), "2") }
	gamma := stage("Gamma", deploy("G", "333333333333", "us-west-2"))
	for name, c := range map[string]struct {
		stages []string
		state  conformance.State
		reason string
	}{
		"before":              {[]string{gamma, stage("Prod", window("DeploymentWindow", "1"), release("us-west-2"))}, conformance.Present, ""},
		"beside":              {[]string{gamma, stage("Prod", window("DeploymentWindow", "2"), release("us-west-2"))}, conformance.Hollow, "it runs beside Prod/To-us-west-2, which does not wait for it"},
		"after":               {[]string{gamma, stage("Prod", window("DeploymentWindow", "9"), release("us-west-2"))}, conformance.Hollow, "it runs after Prod/To-us-west-2, which it should guard"},
		"a stage of its own":  {[]string{gamma, stage("Ask", window("DeploymentWindow", "1")), stage("Prod", release("us-west-2"))}, conformance.Present, ""},
		"before gamma":        {[]string{stage("Ask", window("DeploymentWindow", "1")), gamma, stage("Prod", release("us-west-2"))}, conformance.Missing, ""},
		"every wave":          {[]string{gamma, stage("Prod1", window("DeploymentWindow", "1"), release("us-west-2")), stage("Prod2", window("DeploymentWindow", "1"), release("us-east-1"))}, conformance.Present, ""},
		"one wave":            {[]string{gamma, stage("Prod1", window("DeploymentWindow", "1"), release("us-west-2")), stage("Prod2", release("us-east-1"))}, conformance.Hollow, "only in some targets of prod; not in 444444444444 us-east-1"},
		"late in one wave":    {[]string{gamma, stage("Prod1", window("DeploymentWindow", "1"), release("us-west-2")), stage("Prod2", window("DeploymentWindow", "3"), release("us-east-1"))}, conformance.Hollow, "not in 444444444444 us-east-1, where it runs after Prod2/To-us-east-1"},
		"the last wave alone": {[]string{gamma, stage("Prod1", release("us-west-2")), stage("Prod2", window("DeploymentWindow", "1"), release("us-east-1"))}, conformance.Hollow, "not in 444444444444 us-west-2"},
	} {
		t.Run(name, func(t *testing.T) { judge(t, stages("", c.stages...), nil).is("deployment-window", c.state, c.reason) })
	}
	judge(t, stages("", stage("Prod", commands("Freeze", "9", "./frozen.sh"), release("us-west-2"))), nil).is("stop-switch", conformance.Hollow, "it runs after Prod/To-us-west-2")
}
