package service

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/retention"
)

// Names of containers. The ECS service and the AppSpec name the first, so it stays.
const (
	// ContainerName is the container of the service's image.
	ContainerName = "app"
	// PrepareName is the container that opens writable paths before ContainerName starts.
	PrepareName = "prepare"
)

// stopTimeoutSeconds is how long a container may take to stop after SIGTERM: enough to finish the requests that the load
// balancer still lets it finish, deregistrationSeconds. At most 120 on Fargate.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
const stopTimeoutSeconds = 60

// logBufferMiB is what a container holds of its log while CloudWatch Logs does not take it; what comes then is lost, and
// the service goes on.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
const logBufferMiB = 25

func (f *Fargate) addLogGroup(p *FargateProps) {
	// Kept when the stack goes, but not when its first deployment fails: the name would be taken.
	f.LogGroup = awslogs.NewLogGroup(f, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(p.LogGroupName),
		EncryptionKey: p.LogKey,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		Retention:     retention.Of(p.Runtime.LogRetentionDays),
	})
}

// addTaskDefinition creates the one resource that a release changes. All of it is literal, or refers to a resource with a
// literal name, because taskdef.json is rendered from it.
func (f *Fargate) addTaskDefinition(p *FargateProps) {
	r := p.Runtime
	volumes, mounts := writable(r.WritablePaths)
	f.TaskDefinition = awsecs.NewFargateTaskDefinition(f, jsii.String("TaskDefinition"), &awsecs.FargateTaskDefinitionProps{
		Family:         jsii.String(p.Name),
		Cpu:            jsii.Number(float64(r.CPU)),
		MemoryLimitMiB: jsii.Number(float64(r.MemoryMiB)),
		ExecutionRole:  f.ExecutionRole,
		TaskRole:       f.TaskRole,
		Volumes:        volumes,
		RuntimePlatform: &awsecs.RuntimePlatform{
			CpuArchitecture:       architecture(p.Architecture),
			OperatingSystemFamily: once.Of("OperatingSystemFamily.LINUX", awsecs.OperatingSystemFamily_LINUX),
		},
	})
	policy.AcknowledgeFirst(f.TaskDefinition, policy.Finding{
		Rule:   "AwsSolutions-ECS2",
		Reason: "Variables are configuration that reviewers are to read in the template; what is secret is named in Secrets and comes from Secrets Manager or Parameter Store.",
	})
	// A revision that CloudFormation deregisters is one that no rollback can return to.
	f.TaskDefinition.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN)
	awscdk.Annotations_Of(f.TaskDefinition).AcknowledgeWarning(jsii.String("@aws-cdk/aws-ecs:ecrImageRequiresPolicy"),
		jsii.String("the execution role may pull from exactly this repository"))
	image := awsecs.ContainerImage_FromRegistry(jsii.String(p.Image), nil)
	logging := awsecs.LogDriver_AwsLogs(&awsecs.AwsLogDriverProps{
		LogGroup:      f.LogGroup,
		StreamPrefix:  jsii.String("ecs"),
		Mode:          awsecs.AwsLogDriverMode_NON_BLOCKING,
		MaxBufferSize: once.Of("Size.logBuffer", func() awscdk.Size { return awscdk.Size_Mebibytes(jsii.Number(logBufferMiB)) }),
	})
	app := f.TaskDefinition.AddContainer(jsii.String(ContainerName), &awsecs.ContainerDefinitionOptions{
		ContainerName:          jsii.String(ContainerName),
		Image:                  image,
		Essential:              jsii.Bool(true),
		ReadonlyRootFilesystem: jsii.Bool(true),
		Command:                optional(r.Command),
		HealthCheck:            healthCheck(r),
		Environment:            pointers(r.Variables),
		Secrets:                f.secrets(p),
		StopTimeout:            once.Seconds(stopTimeoutSeconds),
		Logging:                logging,
		PortMappings:           ports(r.HTTP),
		// As process 1 a program that does not handle SIGTERM would ignore it and be killed at the end of StopTimeout.
		// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html
		LinuxParameters: awsecs.NewLinuxParameters(f, jsii.String("LinuxParameters"), &awsecs.LinuxParametersProps{InitProcessEnabled: jsii.Bool(true)}),
	})
	if len(mounts) == 0 {
		return
	}
	app.AddMountPoints(mounts...)
	if r.KeepVolumePermissions {
		return
	}
	// Fargate mounts an empty volume as root's with 0755, and the image's user could not write to it.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
	prepare := f.TaskDefinition.AddContainer(jsii.String(PrepareName), &awsecs.ContainerDefinitionOptions{
		ContainerName:          jsii.String(PrepareName),
		Image:                  image,
		Essential:              jsii.Bool(false),
		ReadonlyRootFilesystem: jsii.Bool(true),
		User:                   jsii.String("0"),
		EntryPoint:             jsii.Strings("chmod"),
		Command:                optional(append([]string{"1777"}, r.WritablePaths...)),
		Logging:                logging,
	})
	prepare.AddMountPoints(mounts...)
	app.AddContainerDependencies(&awsecs.ContainerDependency{Container: prepare, Condition: awsecs.ContainerDependencyCondition_SUCCESS})
}

// writable are an empty volume for each path, and where containers mount them; nil without paths.
func writable(paths []string) (*[]*awsecs.Volume, []*awsecs.MountPoint) {
	if len(paths) == 0 {
		return nil, nil
	}
	volumes, mounts := make([]*awsecs.Volume, len(paths)), make([]*awsecs.MountPoint, len(paths))
	taken := map[string]bool{}
	for i, path := range paths {
		volume := volumeName(path)
		for taken[volume] { // "/var/cache" and "/var-cache"
			volume += "-" + strconv.Itoa(i)
		}
		taken[volume] = true
		volumes[i] = &awsecs.Volume{Name: jsii.String(volume)}
		mounts[i] = &awsecs.MountPoint{ContainerPath: jsii.String(path), SourceVolume: jsii.String(volume), ReadOnly: jsii.Bool(false)}
	}
	return &volumes, mounts
}

// healthCheck is the health command in the form that needs no shell. The load balancer's health check is another: it stands
// in the target group, and asks from outside.
func healthCheck(r environment.Runtime) *awsecs.HealthCheck {
	if len(r.HealthCommand) == 0 {
		return nil
	}
	return &awsecs.HealthCheck{
		Command:     jsii.Strings(append([]string{"CMD"}, r.HealthCommand...)...),
		Interval:    once.Seconds(environment.HealthIntervalSeconds),
		Timeout:     once.Seconds(environment.HealthTimeoutSeconds),
		Retries:     jsii.Number(environment.HealthRetries),
		StartPeriod: once.Seconds(r.HealthGraceSeconds),
	}
}

// secrets are the container's secrets, in the order of their names; CDK lets the execution role read each of them.
func (f *Fargate) secrets(p *FargateProps) *map[string]awsecs.Secret {
	if len(p.Runtime.Secrets) == 0 {
		return nil
	}
	secrets := map[string]awsecs.Secret{}
	managed := map[string]awssecretsmanager.ISecret{}
	for _, name := range slices.Sorted(maps.Keys(p.Runtime.Secrets)) {
		value := p.Runtime.Secrets[name]
		if parameter, ok := strings.CutPrefix(value, "ssm:"); ok {
			secrets[name] = awsecs.Secret_FromSsmParameter(awsssm.StringParameter_FromSecureStringParameterAttributes(f,
				jsii.String("Parameter-"+name), &awsssm.SecureStringParameterAttributes{ParameterName: jsii.String(parameter)}))
			continue
		}
		secret, key, _ := strings.Cut(strings.TrimPrefix(value, "secretsmanager:"), "#")
		if managed[secret] == nil {
			managed[secret] = awssecretsmanager.Secret_FromSecretNameV2(f, jsii.String("Secret-"+secret), jsii.String(secret))
		}
		if key == "" {
			secrets[name] = awsecs.Secret_FromSecretsManager(managed[secret], nil)
		} else {
			secrets[name] = awsecs.Secret_FromSecretsManager(managed[secret], jsii.String(key))
		}
	}
	return &secrets
}

func ports(http *environment.HTTP) *[]*awsecs.PortMapping {
	if http == nil {
		return nil
	}
	return &[]*awsecs.PortMapping{{ContainerPort: jsii.Number(float64(http.Port)), Protocol: awsecs.Protocol_TCP}}
}

func architecture(a environment.Architecture) awsecs.CpuArchitecture {
	if a == environment.Arm64 {
		return once.Of("CpuArchitecture.ARM64", awsecs.CpuArchitecture_ARM64)
	}
	return once.Of("CpuArchitecture.X86_64", awsecs.CpuArchitecture_X86_64)
}

// volumeName derives a volume's name from the path that it is mounted at: "/var/cache" becomes "writable-var-cache".
func volumeName(path string) string {
	return "writable" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '-'
	}, path)
}

func optional(list []string) *[]*string {
	if len(list) == 0 {
		return nil
	}
	return jsii.Strings(list...)
}

func pointers(m map[string]string) *map[string]*string {
	if len(m) == 0 {
		return nil
	}
	p := make(map[string]*string, len(m))
	for k, v := range m {
		p[k] = jsii.String(v)
	}
	return &p
}
