package test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/test/harness"
)

// Catches: a `storeship plan` that tells of stacks, stages or actions that are not synthesized, leaves some out, or has them
// in another order. The plan is made without the CDK, so nothing but this test ties the two.
func TestPlanIsWhatIsSynthesized(t *testing.T) {
	t.Parallel()
	for _, file := range []string{retailStore, minimal.Config, monorepo, "internal/config/testdata/good/minimal.yaml", "internal/config/testdata/good/design.yaml", "internal/config/testdata/good/sources.yaml",
		engines} {
		t.Run(file, func(t *testing.T) {
			c, err := config.Load(filepath.Join(harness.Root, file))
			require.NoError(t, err)
			said := rollout.New(c.Plan(), rollout.Options{})
			synthesized := harness.Synth(t, harness.Input{Config: file}).Assembly
			require.ElementsMatch(t, stacksSaid(said), stacksOf(synthesized))
			require.Equal(t, pipelinesSaid(said), pipelinesOf(synthesized))
		})
	}
}

func stacksSaid(r *rollout.Rollout) (stacks []string) {
	for _, s := range r.Stacks() {
		stacks = append(stacks, s.Account()+"/"+s.Region()+"/"+s.Name)
	}
	return stacks
}

func stacksOf(a *assembly.Assembly) (stacks []string) {
	for _, s := range a.Stacks() {
		stacks = append(stacks, s.Account+"/"+s.Region+"/"+s.Name)
	}
	return stacks
}

// pipelinesSaid lists the action names of every stage of every pipeline.
func pipelinesSaid(r *rollout.Rollout) map[string][][]string {
	all := map[string][][]string{}
	for _, p := range r.Pipelines {
		for _, s := range p.Stages {
			names := []string{s.Name}
			for _, a := range s.Actions {
				names = append(names, a.Name)
			}
			slices.Sort(names[1:])
			all[p.Name] = append(all[p.Name], names)
		}
	}
	return all
}

func pipelinesOf(a *assembly.Assembly) map[string][][]string {
	all := map[string][][]string{}
	for _, stack := range a.Own() {
		for _, r := range stack.Resources("AWS::CodePipeline::Pipeline") {
			name := r.Properties["Name"].(string)
			for _, s := range stagesOf(r.Properties) {
				names := []string{s.name}
				for _, a := range s.actions {
					names = append(names, a.name)
				}
				slices.Sort(names[1:])
				all[name] = append(all[name], names)
			}
		}
	}
	return all
}
