package delivery_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
)

// Catches a deployer of production that may start builds, one of a test environment that may start others than its tests, and tests
// whose role may not read the source in another account.
func TestAccessOfTests(t *testing.T) {
	store := shop()
	for _, e := range store.Environments {
		stack := stackIn(awscdk.NewApp(nil), "Access", e.Account, "us-west-2")
		delivery.NewAccess(stack, "Access", &delivery.AccessProps{Store: store, Environment: e})
		template := text(t, stack)
		starts := strings.Contains(template, `"codebuild:StartBuild"`)
		if starts != (e.Kind != environment.Production) {
			t.Errorf("%s: starts builds: %t", e.Name, starts)
		}
		if e.Kind == environment.Test {
			wants(t, template, `"arn:aws:codebuild:*:222222222222:project/shop-beta-*-integration","arn:aws:codebuild:*:222222222222:project/shop-beta-*-acceptance"`)
		}
	}
}
