package service

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapplicationautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
)

// The pauses between two changes of the number of tasks: quick to add, slow to remove.
const (
	scaleOutSeconds = 60
	scaleInSeconds  = 300
)

// addScaling follows CPU and memory. The service has no desired count of its own: CloudFormation would set it back with
// every deployment, and refuses it where CodeDeploy is in control.
func (f *Fargate) addScaling(s environment.Scale) {
	f.Scaling = f.Service.AutoScaleTaskCount(&awsapplicationautoscaling.EnableScalingProps{
		MinCapacity: jsii.Number(float64(s.Min)),
		MaxCapacity: jsii.Number(float64(s.Max)),
	})
	f.Scaling.ScaleOnCpuUtilization(jsii.String("Cpu"), &awsecs.CpuUtilizationScalingProps{
		TargetUtilizationPercent: jsii.Number(float64(s.CPUPercent)),
		ScaleOutCooldown:         f.seconds(scaleOutSeconds),
		ScaleInCooldown:          f.seconds(scaleInSeconds),
	})
	f.Scaling.ScaleOnMemoryUtilization(jsii.String("Memory"), &awsecs.MemoryUtilizationScalingProps{
		TargetUtilizationPercent: jsii.Number(float64(s.MemoryPercent)),
		ScaleOutCooldown:         f.seconds(scaleOutSeconds),
		ScaleInCooldown:          f.seconds(scaleInSeconds),
	})
}
