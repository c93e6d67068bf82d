package notify_test

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/notify"
)

const keyARN = "arn:aws:kms:us-west-2:111111111111:key/11111111-2222-3333-4444-555555555555"

// newProps are those of a retail store. Without a scope there is no key.
func newProps(scope constructs.Construct) *notify.NotificationsProps {
	p := &notify.NotificationsProps{
		Name: "retail-store", Account: "111111111111", Region: "us-west-2",
		TopicName: "retail-store-notifications", FunctionName: "retail-store-notifications",
		RoleName: "retail-store-us-west-2-notifications", LogGroupName: "/retail-store/pipelines/operations/notifications",
		Environments: []notify.Environment{
			{Name: "beta", Kind: environment.Test, Account: "222222222222", Stages: stages("beta", "us-west-2")},
			{Name: "gamma", Kind: environment.Preproduction, Account: "333333333333", Stages: stages("gamma", "us-west-2 us-east-1")},
			{
				Name: "prod", Kind: environment.Production, Account: "444444444444", StopSwitch: "/retail-store/platform/tools/stop/v1/prod",
				Stages: stages("prod", "us-west-2 us-east-1", "eu-central-1 eu-west-1"),
			},
		},
		Addresses: []notify.Address{
			{Email: "team@shop.example.com"},
			{Email: "managers@shop.example.com", Asked: []string{"prod"}},
			{Email: "oncall@shop.example.com", Urgent: true},
		},
	}
	for _, service := range []string{"platform", "catalog", "orders"} {
		p.Pipelines = append(p.Pipelines, notify.Pipeline{
			Name: "retail-store-" + service, Service: service, BreakGlass: "/retail-store/platform/tools/break-glass/v1/" + service,
		})
	}
	if scope != nil {
		p.Key = awskms.Key_FromKeyArn(scope, jsii.String("Key"), jsii.String(keyARN))
	}
	return p
}

// stages are those of an environment whose waves release to regions, each a word.
func stages(name string, waves ...string) []notify.Stage {
	e := &environment.Environment{Name: name}
	for _, regions := range waves {
		e.Waves = append(e.Waves, environment.Wave{Regions: strings.Fields(regions)})
	}
	var all []notify.Stage
	for i, w := range e.Waves {
		s := notify.Stage{Name: e.StageID(i)}
		for _, r := range w.Regions {
			s.Targets = append(s.Targets, notify.Target{ID: name + "-" + r, Region: r})
		}
		all = append(all, s)
	}
	return all
}
