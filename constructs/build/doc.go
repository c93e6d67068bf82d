// Package build holds the steps of a pipeline that run in CodeBuild: unit tests and the gates beside them, packaging, synthesis, the review of
// a change, the checks before and after a release, and the start of the pipelines that changed.
//
//	project := build.Project{Artifacts: bucket, LogGroup: logs}
//	code := source.CodeCommit("shop-catalog", "main").Source(stack, "Code", true)
//	tests := build.UnitTests(stack, "UnitTests", &build.UnitTestsProps{
//		Project: project,
//		Source:  code,
//		Name:    "shop-catalog",
//		Build:   environment.Build{Preset: environment.PresetGo},
//	})
//
// Each function returns a step for pipelines.CodePipeline and gives its role exactly what its commands need.
package build
