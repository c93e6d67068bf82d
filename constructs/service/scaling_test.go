package service_test

import (
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/service"
)

// Catches: scaling of another service, fewer tasks than promised, or a release of CodeDeploy that meets a desired count of
// CloudFormation's.
func TestScaling(t *testing.T) {
	for name, changes := range map[string][]func(*service.FargateProps){"codedeploy": nil, "worker": {worker}} {
		template := newFargate(t, append(changes, func(p *service.FargateProps) {
			p.Runtime.Scale = environment.Scale{Min: 2, Max: 9, CPUPercent: 50, MemoryPercent: 80}
		})...)
		target := template.Only(t, "AWS::ApplicationAutoScaling::ScalableTarget").Properties
		equal(t, name+": what", []any{target["ResourceId"], target["ScalableDimension"], target["ServiceNamespace"]},
			`[{"Fn::Join":["",["service/shop-beta/",{"Fn::GetAtt":["Service9571FDD8","Name"]}]]},"ecs:service:DesiredCount","ecs"]`)
		equal(t, name+": how many", []any{target["MinCapacity"], target["MaxCapacity"]}, `[2,9]`)
		for id, want := range map[string]string{
			"ServiceTaskCountTargetCpu3C0D3B0E":    `"PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageCPUUtilization"},"ScaleInCooldown":300,"ScaleOutCooldown":60,"TargetValue":50`,
			"ServiceTaskCountTargetMemoryCCDC4C69": `"PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageMemoryUtilization"},"ScaleInCooldown":300,"ScaleOutCooldown":60,"TargetValue":80`,
		} {
			equal(t, name+": "+id, template.One(t, id).Properties["TargetTrackingScalingPolicyConfiguration"], `{`+want+`}`)
		}
	}
}

// Catches: fewer tasks than zones in production, where no one said how many.
func TestScalingDefaults(t *testing.T) {
	target := newFargate(t).Only(t, "AWS::ApplicationAutoScaling::ScalableTarget").Properties
	equal(t, "how many", []any{target["MinCapacity"], target["MaxCapacity"]}, `[3,6]`)
}

// Catches: a peak that begins at the wrong hour, or never ends; bounds of the service that the peak's end forgets; and a template
// that differs by the order of the list.
func TestPeaks(t *testing.T) {
	sale := environment.Peak{Name: "black-friday", From: "2026-11-27T06:00", To: "2026-11-30T23:59", TimeZone: "America/New_York", Min: 20}
	launch := environment.Peak{Name: "a-launch", From: "2026-10-01T09:30", To: "2026-10-01T12:00", Min: 4, Max: 9}
	actions := func(peaks ...environment.Peak) any {
		template := newFargate(t, func(p *service.FargateProps) {
			p.Runtime.Scale = environment.Scale{Min: 2, Max: 9, Peaks: peaks}
		})
		target := template.Only(t, "AWS::ApplicationAutoScaling::ScalableTarget").Properties
		equal(t, "the service's own", []any{target["MinCapacity"], target["MaxCapacity"]}, `[2,9]`)
		return target["ScheduledActions"]
	}
	want := `[` +
		`{"ScalableTargetAction":{"MaxCapacity":9,"MinCapacity":4},"Schedule":"at(2026-10-01T09:30:00)","ScheduledActionName":"a-launch-begins","Timezone":"UTC"},` +
		`{"ScalableTargetAction":{"MaxCapacity":9,"MinCapacity":2},"Schedule":"at(2026-10-01T12:00:00)","ScheduledActionName":"a-launch-ends","Timezone":"UTC"},` +
		`{"ScalableTargetAction":{"MaxCapacity":40,"MinCapacity":20},"Schedule":"at(2026-11-27T06:00:00)","ScheduledActionName":"black-friday-begins","Timezone":"America/New_York"},` +
		`{"ScalableTargetAction":{"MaxCapacity":9,"MinCapacity":2},"Schedule":"at(2026-11-30T23:59:00)","ScheduledActionName":"black-friday-ends","Timezone":"America/New_York"}]`
	equal(t, "actions", actions(sale, launch), want)
	equal(t, "actions in another order", actions(launch, sale), want)
	if got := actions(); got != nil {
		t.Errorf("without peaks there are actions: %v", got)
	}
}
