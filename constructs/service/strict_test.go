package service_test

import (
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/service"
)

// Catches: a property that CloudFormation does not know, of the wrong type, or with a value that it does not take.
func TestStrictValidation(t *testing.T) {
	anew(t, "true")
	defer anew(t, "false")
	context := map[string]any{
		"@aws-cdk/core:validateAgainstDefaultRules": true,
		"@aws-cdk/core:strictCfnValidateErrors":     true,
	}
	app := func() (awscdk.App, func(string) awscdk.Stack) {
		app := awscdk.NewApp(&awscdk.AppProps{Context: &context})
		return app, func(id string) awscdk.Stack {
			return awscdk.NewStack(app, jsii.String(id), &awscdk.StackProps{
				Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
			})
		}
	}
	full := func(p *service.FargateProps) {
		secrets(p)
		p.Runtime.Command = []string{"serve"}
		p.Runtime.Variables = map[string]string{"A": "1"}
		p.Runtime.WritablePaths = []string{"/tmp"}
		p.Runtime.Release.Percent = 25
		p.Runtime.Scale.Peaks = []environment.Peak{{Name: "sale", From: "2026-11-27T06:00", To: "2026-11-30T23:59", TimeZone: "America/New_York", Min: 9}}
	}
	good, stack := app()
	create(stack("Internal"), full, https, alarm)
	create(stack("Public"), public, full)
	create(stack("Canary"), full, https, alarm, ecs)
	create(stack("Linear"), public, full, ecs, func(p *service.FargateProps) { p.Runtime.Release.Strategy = environment.Linear })
	create(stack("AtOnce"), ecs, func(p *service.FargateProps) { p.Runtime.Release.Strategy = environment.AllAtOnce })
	create(stack("Worker"), worker, secrets)
	good.Synth(nil)

	bad, stack := app()
	f := create(stack("Bad"), public)
	f.Service.Node().FindChild(jsii.String("Service")).(awsecs.CfnService).AddPropertyOverride(jsii.String("LaunchTyp"), jsii.String("FARGATE"))
	if got := recovered(func() { bad.Synth(nil) }); got == "" {
		t.Error("the validation is not strict: it lets an unknown property through")
	}
}

// anew starts the runtime again, with CDK's validation or without.
func anew(tb testing.TB, validation string) {
	tb.Helper()
	os.Setenv("CDK_VALIDATION", validation)
	jsii.Close()
}
