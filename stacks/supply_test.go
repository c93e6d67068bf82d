package stacks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

// catalogOf synthesizes the pipeline of catalog of a changed plan.
func catalogOf(t *testing.T, change func(*environment.Plan)) *assembly.Stack {
	t.Helper()
	app := newApp(t, nil)
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(change), Scope: "catalog"})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	return a.Own()[0]
}

// Catches: an image that is synthesized for a release before it was scanned and its signature seen, and dependencies that are looked at
// after the image is built.
func TestTheBuildStageInOrder(t *testing.T) {
	_, actions := actionsOf(t, catalogOf(t, func(*environment.Plan) {}))
	at := func(name string) float64 {
		a, ok := actions["Build/"+name]
		if !ok {
			t.Fatalf("no %s", name)
		}
		return order(a)
	}
	if at("SCA") != at("UnitTests") || at("SCA") >= at("Package") || at("Package") >= at("ImageScan") || at("ImageScan") != at("VerifySignature") ||
		at("ImageScan") >= at("Synth") {
		t.Errorf("SCA %v, Package %v, ImageScan %v, VerifySignature %v, Synth %v", at("SCA"), at("Package"), at("ImageScan"), at("VerifySignature"), at("Synth"))
	}
}

// Catches: a gate that reports only and looks as if it blocked, in the action's name or to who approves; and one that blocks and is said
// to let pass.
func TestReportOnlyIsSaid(t *testing.T) {
	question := func(s *assembly.Stack) string {
		_, actions := actionsOf(t, s)
		for name, a := range actions {
			if strings.HasSuffix(name, "/Approve-prod") {
				return a["Configuration"].(map[string]any)["CustomData"].(string)
			}
		}
		t.Fatal("no approval")
		return ""
	}
	told := catalogOf(t, func(p *environment.Plan) {
		p.Services[0].Build.Gates.SCA.Mode, p.Services[0].Build.Gates.SCA.Reason = environment.ReportOnly, "old libraries"
		p.Services[0].Build.Gates.ImageScan.Mode, p.Services[0].Build.Gates.ImageScan.Reason = environment.ReportOnly, "an old base image"
		p.Services[0].Runtime.Tests = environment.Tests{
			Integration: &environment.TargetTest{Gate: environment.Gate{Commands: []string{"make it"}}},
			Acceptance:  &environment.TargetTest{Gate: environment.Gate{Commands: []string{"make e2e"}, Mode: environment.ReportOnly, Reason: "flaky"}},
		}
	})
	names, _ := actionsOf(t, told)
	for _, want := range []string{"Build/SCA-report-only", "Build/ImageScan-report-only"} {
		if !slices.Contains(names, want) {
			t.Errorf("no %s: %v", want, names)
		}
	}
	if got := question(told); !strings.Contains(got, "\nPassed: Integration in beta\n") || !strings.Contains(got, "\nReports only, stops nothing: sca, imageScan, acceptance in beta\n") || !strings.Contains(got, ".SBOM_URL}\n") {
		t.Errorf("asks %s", got)
	}
	if got := question(catalogOf(t, func(*environment.Plan) {})); strings.Contains(got, "Reports only") {
		t.Errorf("asks %s", got)
	}
}

// Catches: a store that signs with a profile of its own where another is configured, that configures what somebody else does, or that
// waits for signatures which nobody makes.
func TestSigningByWhom(t *testing.T) {
	for _, c := range []struct {
		signing           environment.Signing
		profile           string
		configures, waits bool
	}{
		{environment.Signing{}, "arn:aws:signer:us-west-2:111111111111:/signing-profiles/shop_images", true, true},
		{environment.Signing{Profile: "shop_images_2"}, "arn:aws:signer:us-west-2:111111111111:/signing-profiles/shop_images_2", true, true},
		{
			environment.Signing{Mode: environment.SigningExternal, Profile: "acme", Account: "999999999999"},
			"arn:aws:signer:us-west-2:999999999999:/signing-profiles/acme", false, true,
		},
		{environment.Signing{Mode: environment.SigningNone, Reason: "not yet"}, "", false, false},
	} {
		change := func(p *environment.Plan) { p.Store.Signing = c.signing }
		pipeline := catalogOf(t, change)
		names, _ := actionsOf(t, pipeline)
		if slices.Contains(names, "Build/VerifySignature") != c.waits {
			t.Errorf("%+v: %v", c.signing, names)
		}
		policies := fmt.Sprint(pipeline.Resources("AWS::IAM::Policy"))
		if c.waits != strings.Contains(policies, "signer:SignPayload") || !strings.Contains(policies, c.profile) {
			t.Errorf("%+v: lets nobody sign with %s", c.signing, c.profile)
		}
		app := newApp(t, nil)
		stage := awscdk.NewStage(app, jsii.String("tools"), nil)
		registry := stacks.NewRegistry(stage, newPlan(change), "us-west-2")
		if (registry.Signing != nil) != c.configures {
			t.Errorf("%+v: registry configures %v", c.signing, registry.Signing)
		}
		if c.configures && *registry.Signing.Profile.SigningProfileName() == "" {
			t.Errorf("%+v: no profile", c.signing)
		}
	}
}
