package once_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/internal/kernel"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

// Two values under one name would be one of them in both places: ten seconds where ten minutes are meant.
func TestValuesDiffer(t *testing.T) {
	defer kernel.Keep()()
	values := map[any]string{}
	for what, v := range map[string]any{
		"ten seconds": once.Seconds(10), "ten minutes": once.Minutes(10), "ten days": once.Days(10), "port 10": once.Port(10),
		"eleven seconds": once.Seconds(11), "port 11": once.Port(11),
		"CodeBuild for one account": once.ServiceFor("codebuild.amazonaws.com", "111111111111"),
		"CodeBuild for another":     once.ServiceFor("codebuild.amazonaws.com", "222222222222"),
		"ECS":                       once.Service("ecs.amazonaws.com"), "CodeBuild": once.Service("codebuild.amazonaws.com"),
		"one account": once.Account("111111111111"), "another": once.Account("222222222222"),
	} {
		if other := values[v]; other != "" {
			t.Errorf("%s and %s are the same value", what, other)
		}
		values[v] = what
	}
	if once.Seconds(10) != once.Seconds(10) {
		t.Error("ten seconds were made twice")
	}
}

// What one construct said must not be the answer of another.
func TestPropertiesDiffer(t *testing.T) {
	defer kernel.Keep()()
	app := awscdk.NewApp(nil)
	one, other := awscdk.NewStack(app, jsii.String("One"), nil), awscdk.NewStack(app, jsii.String("Other"), nil)
	asked := 0
	name := func(s awscdk.Stack) string {
		return once.Property(s, "StackName", func() string { asked++; return *s.StackName() })
	}
	for range 2 {
		if name(one) != "One" || name(other) != "Other" || once.StackOf(one) == once.StackOf(other) {
			t.Error("one stack is taken for the other")
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times, want 2", asked)
	}
}

// One stack's account or region given for another's is a role's ARN that nobody has, whether values are kept or not.
func TestPlace(t *testing.T) {
	for _, keep := range []bool{false, true} {
		end := func() {}
		if keep {
			end = kernel.Keep()
		}
		app := awscdk.NewApp(nil)
		for _, want := range [][2]string{{"111111111111", "us-west-2"}, {"222222222222", "eu-west-1"}} {
			env := &awscdk.Environment{Account: &want[0], Region: &want[1]}
			stage := awscdk.NewStage(app, jsii.String("Stage-"+want[1]), &awscdk.StageProps{Env: env})
			stack := awscdk.NewStack(app, jsii.String("Stack-"+want[1]), &awscdk.StackProps{Env: env})
			for what, scope := range map[string]constructs.Construct{
				"a stack":                   stack,
				"a construct in a stack":    constructs.NewConstruct(stack, jsii.String("Within")),
				"a stack told by its stage": awscdk.NewStack(stage, jsii.String("Stack"), nil),
			} {
				for range 2 {
					if account, region := once.Place(scope); account != want[0] || region != want[1] {
						t.Errorf("%s: got %s and %s, want %v; kept: %v", what, account, region, want, keep)
					}
				}
			}
		}
		plain := awscdk.NewStack(app, jsii.String("Plain"), nil)
		if account, region := once.Place(plain); account != *plain.Account() || region != *plain.Region() {
			t.Errorf("got %s and %s, want the tokens %s and %s", account, region, *plain.Account(), *plain.Region())
		}
		end()
	}
}
