package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// buildURL is the variable of CodeBuild with the address of the build's page, which has its log and its reports.
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
const buildURL = "CODEBUILD_BUILD_URL"

// pageOf is the page of a build of the running execution, as a variable that only actions of the pipeline can read.
func pageOf(step pipelines.CodeBuildStep) string {
	return *step.ExportedVariable(jsii.String(buildURL))
}

// tested says which tests a release has passed where it runs before it comes to e. Their pages are a click away from the execution's: an
// address for each would be more than an approval has room for.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
func tested(store *environment.Store, s *environment.Service, e *environment.Environment) string {
	var all []string
	for _, other := range store.Environments {
		if other == e {
			break
		}
		var names []string
		for _, test := range s.In(other).Tests.List() {
			if !test.ReportsOnly() {
				names = append(names, test.Action())
			}
		}
		if len(names) > 0 {
			all = append(all, text.List(names)+" in "+other.Name)
		}
	}
	return strings.Join(all, "; ")
}

// lenient names the gates of a service, and the tests of it before e, that have stopped nothing whatever they found.
func lenient(store *environment.Store, s *environment.Service, e *environment.Environment) string {
	names := s.Build.Gates.ReportOnly()
	for _, other := range store.Environments {
		if other == e {
			break
		}
		for _, test := range s.In(other).Tests.List() {
			if test.ReportsOnly() {
				names = append(names, string(test.Kind)+" in "+other.Name)
			}
		}
	}
	return strings.Join(names, ", ")
}

// mostRegions is how long the names of an environment's regions may be in an approval, which has 1000 characters for everything.
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html
const mostRegions = 200

// journey says through which environments a release has come to e, and how it goes on there.
func journey(store *environment.Store, e *environment.Environment) []delivery.Fact {
	var before []string
	for _, other := range store.Environments {
		if other == e {
			break
		}
		before = append(before, other.Name)
	}
	var waves []string
	regions := 0
	for _, w := range e.Waves {
		waves = append(waves, text.List(w.Regions))
		regions += len(w.Regions)
	}
	goes := strings.Join(waves, "; then ")
	if len(goes) > mostRegions {
		goes = text.Count(regions, "region") + " in " + text.Count(len(waves), "wave")
	}
	return []delivery.Fact{{Name: "Released to", Value: text.List(before)}, {Name: "Goes to", Value: goes}}
}
