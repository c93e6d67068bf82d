package once_test

import (
	"testing"

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
		"ECS": once.Service("ecs.amazonaws.com"), "CodeBuild": once.Service("codebuild.amazonaws.com"),
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
