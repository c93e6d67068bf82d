package test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/change"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/test/harness"
)

// Catches: something with a name of its own that outlives the stacks of a service and that `storeship retire` does not tell of: a
// service of the same name could not be created again, and nobody would know what is in its way.
func TestRetireNamesWhatStays(t *testing.T) {
	t.Parallel()
	nameOf := map[string]string{"AWS::CodeBuild::ReportGroup": "Name", "AWS::ECS::TaskDefinition": "Family", "AWS::Logs::LogGroup": "LogGroupName", "AWS::S3::Bucket": "BucketName"}
	for file, services := range map[string][]string{retailStore: {"ui"}, monorepo: {"web", "mailer", "feed"}, engines: {"cart", "ui", "search", "mailer"}} {
		c, err := config.Load(filepath.Join(harness.Root, file))
		require.NoError(t, err)
		store, out := c.Plan().Store, harness.Synth(t, harness.Input{Config: file})
		for _, service := range services {
			retired, err := change.Retire(c, service, change.Options{})
			require.NoError(t, err)
			retained := 0
			for _, stack := range out.Assembly.Stacks() {
				if stack.Name != store.PipelineStackName(service) && !slices.ContainsFunc(store.Targets(), func(t environment.Target) bool {
					return stack.Name == t.ServiceStackName(service) && stack.Region == t.Region
				}) {
					continue
				}
				for _, r := range stack.Resources() {
					policy, _ := stack.Template["Resources"].(map[string]any)[r.LogicalID].(map[string]any)["DeletionPolicy"].(string)
					if policy != "Retain" && policy != "RetainExceptOnCreate" {
						continue
					}
					retained++
					require.Contains(t, nameOf, r.Type, "%s: say here which property is the name of %s", stack.Name, r.LogicalID)
					name, named := r.Properties[nameOf[r.Type]]
					if !named {
						continue // CloudFormation made one up: the steps write it down
					}
					require.True(t, slices.ContainsFunc(retired.Stays, func(l change.Leftover) bool {
						return l.Name == name && l.Account == stack.Account && l.Region == stack.Region
					}), "retiring %s leaves %v, the %s of %s in %s", service, name, r.Type, stack.Name, stack.Region)
				}
			}
			require.NotZero(t, retained, "%s: %s", file, service)
		}
	}
}
