package service

import (
	"cmp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
)

// The pauses between two changes of the number of tasks: quick to add, slow to remove.
const (
	scaleOutSeconds = 60
	scaleInSeconds  = 300
)

// addScaling follows CPU and memory, and expects peaks. The service has no desired count of its own: CloudFormation would set it back with
// every deployment, and refuses it where CodeDeploy is in control.
func (f *Fargate) addScaling(s environment.Scale) {
	f.Scaling = f.Service.AutoScaleTaskCount(&awsapplicationautoscaling.EnableScalingProps{
		MinCapacity: jsii.Number(float64(s.Min)),
		MaxCapacity: jsii.Number(float64(s.Max)),
	})
	f.Scaling.ScaleOnCpuUtilization(jsii.String("Cpu"), &awsecs.CpuUtilizationScalingProps{
		TargetUtilizationPercent: jsii.Number(float64(s.CPUPercent)),
		ScaleOutCooldown:         once.Seconds(scaleOutSeconds),
		ScaleInCooldown:          once.Seconds(scaleInSeconds),
	})
	f.Scaling.ScaleOnMemoryUtilization(jsii.String("Memory"), &awsecs.MemoryUtilizationScalingProps{
		TargetUtilizationPercent: jsii.Number(float64(s.MemoryPercent)),
		ScaleOutCooldown:         once.Seconds(scaleOutSeconds),
		ScaleInCooldown:          once.Seconds(scaleInSeconds),
	})
	f.addPeaks(s)
}

// addPeaks schedules the bounds of each peak at its beginning, and those of the service at its end.
func (f *Fargate) addPeaks(s environment.Scale) {
	// Their order means nothing, so that it does not change the template.
	peaks := slices.SortedFunc(slices.Values(s.Peaks), func(a, b environment.Peak) int { return cmp.Compare(a.Name, b.Name) })
	for _, p := range peaks {
		for _, action := range []struct {
			name, at string
			min, max int
		}{{p.Name + "-begins", p.From, p.Min, p.Max}, {p.Name + "-ends", p.To, s.Min, s.Max}} {
			f.Scaling.ScaleOnSchedule(&action.name, &awsapplicationautoscaling.ScalingSchedule{
				Schedule:    awsapplicationautoscaling.Schedule_Expression(jsii.String("at(" + action.at + ":00)")),
				TimeZone:    awscdk.TimeZone_Of(jsii.String(p.TimeZone)),
				MinCapacity: jsii.Number(float64(action.min)),
				MaxCapacity: jsii.Number(float64(action.max)),
			})
		}
	}
}
