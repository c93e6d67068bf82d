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
