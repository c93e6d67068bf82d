package ingress_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/network"
)

// Catches: a nil pointer instead of what the target lacks.
func TestTargetIsRequired(t *testing.T) {
	var none environment.Target
	stack := newStack()
	vpc := network.NewVpc(stack, "Vpc", nil)
	logs := ingress.NewLogBucket(stack, "Logs", nil)
	public := ingress.NewPublic(stack, "P", &ingress.PublicProps{Vpc: vpc.Vpc, Logs: logs})
	internal := ingress.NewInternal(stack, "I", &ingress.InternalProps{
		Vpc: vpc.Vpc, Logs: logs, WorkloadSecurityGroup: vpc.WorkloadSecurityGroup, Zone: "internal.shop",
	})
	for what, f := range map[string]func(){
		"network.Imported Stack/A":         func() { network.FromParameters(stack, "A", none) },
		"network.Vpc Stack/Vpc":            func() { vpc.Publish(none) },
		"ingress.ImportedPublic Stack/B":   func() { ingress.PublicFromParameters(stack, "B", none) },
		"ingress.ImportedInternal Stack/C": func() { ingress.InternalFromParameters(stack, "C", none, vpc.Vpc) },
		"ingress.Public Stack/P":           func() { public.Publish(none) },
		"ingress.Internal Stack/I":         func() { internal.Publish(none) },
	} {
		if got, want := recovered(f), what+":\n  Target.Store: required\n  Target.Environment: required"; !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
