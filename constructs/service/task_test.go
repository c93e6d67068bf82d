package service_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

const logging = `"LogConfiguration":{"LogDriver":"awslogs","Options":{"awslogs-group":{"Ref":"ServiceLogs205D48C6"},` +
	`"awslogs-region":"us-west-2","awslogs-stream-prefix":"ecs","max-buffer-size":"26214400b","mode":"non-blocking"}}`

// container is the container with that name, without what is not asked for.
func container(tb testing.TB, t templatetest.Template, name string) map[string]any {
	tb.Helper()
	for _, c := range t.Only(tb, "AWS::ECS::TaskDefinition").Properties["ContainerDefinitions"].([]any) {
		if c := c.(map[string]any); c["Name"] == name {
			return c
		}
	}
	tb.Fatalf("no container %s", name)
	return nil
}

// Catches: a container that can write to its root file system, that blocks when CloudWatch Logs does, that is killed before
// its last requests are answered, or that has another name than the service and the AppSpec say.
func TestContainer(t *testing.T) {
	template := newFargate(t, func(p *service.FargateProps) {
		p.Runtime.Command = []string{"serve", "--port", "8080"}
		p.Runtime.Variables = map[string]string{"B": "2", "A": "1"}
	})
	equal(t, "the container", container(t, template, service.ContainerName),
		`{"Command":["serve","--port","8080"],"Environment":[{"Name":"A","Value":"1"},{"Name":"B","Value":"2"}],"Essential":true,`+
			`"Image":"`+repository+"@"+digest+`","LinuxParameters":{"Capabilities":{},"InitProcessEnabled":true},`+logging+
			`,"Name":"app","PortMappings":[{"ContainerPort":8080,"Protocol":"tcp"}],"ReadonlyRootFilesystem":true,"StopTimeout":60}`)
	for name, v := range container(t, newFargate(t, worker), service.ContainerName) {
		if name == "PortMappings" || name == "Command" || name == "Environment" || name == "Secrets" || name == "MountPoints" {
			t.Errorf("a worker that asks for nothing has %s %s", name, templatetest.Text(v))
		}
	}
}

// Catches: a health command that is run by a shell, which small images do not have; one that counts failures of a container
// that is still starting; and a health check that nobody asked for, which an image without the program fails.
func TestHealthCommand(t *testing.T) {
	for name, c := range map[string]struct {
		grace int
		want  string
	}{"by default": {0, "60"}, "as said": {300, "300"}} {
		template := newFargate(t, worker, func(p *service.FargateProps) {
			p.Runtime.HealthCommand, p.Runtime.HealthGraceSeconds = []string{"/app/healthy"}, c.grace
		})
		equal(t, name, container(t, template, service.ContainerName)["HealthCheck"],
			`{"Command":["CMD","/app/healthy"],"Interval":30,"Retries":3,"StartPeriod":`+c.want+`,"Timeout":5}`)
	}
	beside := newFargate(t, func(p *service.FargateProps) {
		p.Runtime.HealthCommand, p.Runtime.WritablePaths = []string{"sh", "-c", "test -e /tmp/ready"}, []string{"/tmp"}
	})
	equal(t, "beside a load balancer", container(t, beside, service.ContainerName)["HealthCheck"],
		`{"Command":["CMD","sh","-c","test -e /tmp/ready"],"Interval":30,"Retries":3,"StartPeriod":60,"Timeout":5}`)
	for name, containers := range map[string]map[string]any{
		"a service": container(t, newFargate(t), service.ContainerName), "a worker": container(t, newFargate(t, worker), service.ContainerName),
		"the preparation": container(t, beside, service.PrepareName),
	} {
		if check, ok := containers["HealthCheck"]; ok {
			t.Errorf("%s that asks for none has the health check %s", name, templatetest.Text(check))
		}
	}
}

// Catches: a task definition that the rollback cannot return to, because CloudFormation deregistered it with the next one.
func TestTaskDefinition(t *testing.T) {
	r := newFargate(t, func(p *service.FargateProps) { p.Runtime.CPU, p.Runtime.MemoryMiB = 1024, 4096 }).Only(t, "AWS::ECS::TaskDefinition")
	equal(t, "policies", []string{r.DeletionPolicy, r.UpdateReplacePolicy}, `["Retain","Retain"]`)
	delete(r.Properties, "ContainerDefinitions")
	equal(t, "the task", r.Properties, `{"Cpu":"1024","ExecutionRoleArn":{"Fn::GetAtt":["ServiceExecutionRole3DA90452","Arn"]},`+
		`"Family":"shop-beta-catalog","Memory":"4096","NetworkMode":"awsvpc","RequiresCompatibilities":["FARGATE"],`+
		`"RuntimePlatform":{"CpuArchitecture":"X86_64","OperatingSystemFamily":"LINUX"},"TaskRoleArn":{"Fn::GetAtt":["ServiceTaskRoleC7213793","Arn"]}}`)
}

// Catches: writable paths that the image's user cannot write to; a preparation that starts after the container, that ends
// the task when it is done, or that can write elsewhere.
func TestWritablePaths(t *testing.T) {
	writable := func(p *service.FargateProps) { p.Runtime.WritablePaths = []string{"/tmp", "/var/cache", "/var-cache"} }
	keep := func(p *service.FargateProps) { p.Runtime.KeepVolumePermissions = true }
	const mounts = `[{"ContainerPath":"/tmp","ReadOnly":false,"SourceVolume":"writable-tmp"},` +
		`{"ContainerPath":"/var/cache","ReadOnly":false,"SourceVolume":"writable-var-cache"},` +
		`{"ContainerPath":"/var-cache","ReadOnly":false,"SourceVolume":"writable-var-cache-2"}]`

	template := newFargate(t, writable)
	task := template.Only(t, "AWS::ECS::TaskDefinition").Properties
	equal(t, "volumes", task["Volumes"], `[{"Name":"writable-tmp"},{"Name":"writable-var-cache"},{"Name":"writable-var-cache-2"}]`)
	app := container(t, template, service.ContainerName)
	equal(t, "mounts", app["MountPoints"], mounts)
	equal(t, "order", app["DependsOn"], `[{"Condition":"SUCCESS","ContainerName":"prepare"}]`)
	equal(t, "the preparation", container(t, template, service.PrepareName),
		`{"Command":["1777","/tmp","/var/cache","/var-cache"],"EntryPoint":["chmod"],"Essential":false,"Image":"`+repository+"@"+digest+`",`+
			logging+`,"MountPoints":`+mounts+`,"Name":"prepare","ReadonlyRootFilesystem":true,"User":"0"}`)

	template = newFargate(t, writable, keep)
	equal(t, "mounts as the image has them", container(t, template, service.ContainerName)["MountPoints"], mounts)
	if n := len(template.Only(t, "AWS::ECS::TaskDefinition").Properties["ContainerDefinitions"].([]any)); n != 1 {
		t.Errorf("want one container, got %d", n)
	}
}

// secrets gives p three secrets: a whole one, two keys of another, and a parameter.
func secrets(p *service.FargateProps) {
	p.Runtime.Secrets = map[string]string{
		"WHOLE": "secretsmanager:shop/credentials", "USER": "secretsmanager:shop/db/credentials#user",
		"PASSWORD": "secretsmanager:shop/db/credentials#password", "KEY": "ssm:/shop/key",
	}
}

// Catches: a secret of another account or region, a key that ECS takes for the whole secret, and an ARN that nobody knows
// before the deployment.
func TestSecrets(t *testing.T) {
	arn := func(service, rest string) string {
		return `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":` + service + `:us-west-2:222222222222:` + rest + `"]]}`
	}
	equal(t, "secrets", container(t, newFargate(t, secrets), service.ContainerName)["Secrets"], `[`+
		`{"Name":"KEY","ValueFrom":`+arn("ssm", "parameter/shop/key")+`},`+
		`{"Name":"PASSWORD","ValueFrom":`+arn("secretsmanager", "secret:shop/db/credentials:password::")+`},`+
		`{"Name":"USER","ValueFrom":`+arn("secretsmanager", "secret:shop/db/credentials:user::")+`},`+
		`{"Name":"WHOLE","ValueFrom":`+arn("secretsmanager", "secret:shop/credentials")+`}]`)
}

// Catches: a task that cannot start for want of a permission; one that may read what is not its own: another repository, every
// secret that begins like its own, every use of a key.
func TestExecutionRole(t *testing.T) {
	template := newFargate(t, secrets, func(p *service.FargateProps) { p.SecretKeyARNs = []string{"arn:aws:kms:us-west-2:222222222222:key/1"} })
	arn := func(service, rest string) string {
		return `{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":` + service + `:us-west-2:222222222222:` + rest + `"]]}`
	}
	want := []string{
		`{"Action":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Effect":"Allow",` +
			`"Resource":"arn:aws:ecr:us-west-2:111111111111:repository/shop/catalog"}`,
		`{"Action":"ecr:GetAuthorizationToken","Effect":"Allow","Resource":"*"}`,
		`{"Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:ViaService":["secretsmanager.us-west-2.amazonaws.com","ssm.us-west-2.amazonaws.com"]}},` +
			`"Effect":"Allow","Resource":"arn:aws:kms:us-west-2:222222222222:key/1"}`,
		`{"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Effect":"Allow","Resource":{"Fn::GetAtt":["ServiceLogs205D48C6","Arn"]}}`,
		`{"Action":["ssm:DescribeParameters","ssm:GetParameters","ssm:GetParameter","ssm:GetParameterHistory"],"Effect":"Allow",` +
			`"Resource":` + arn("ssm", "parameter/shop/key") + `}`,
		`{"Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],"Effect":"Allow",` +
			`"Resource":` + arn("secretsmanager", "secret:shop/db/credentials-??????") + `}`,
		`{"Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],"Effect":"Allow",` +
			`"Resource":` + arn("secretsmanager", "secret:shop/credentials-??????") + `}`,
	}
	if got := statements(t, template, "ServiceExecutionRole3DA90452"); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	public := newFargate(t, func(p *service.FargateProps) {
		p.Image, p.ImageRepositoryARN = "public.ecr.aws/shop/catalog@"+digest, ""
	})
	equal(t, "with a public image", statements(t, public, "ServiceExecutionRole3DA90452"), templatetest.Text(want[3:4]))
}

// Catches: roles that tasks of another account or region could have, and containers with permissions that nobody gave them.
func TestTaskRoles(t *testing.T) {
	template := newFargate(t)
	for id, condition := range map[string]string{
		// AWS documents conditions for task roles only.
		"ServiceExecutionRole3DA90452": "",
		"ServiceTaskRoleC7213793": `"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:222222222222:*"},` +
			`"StringEquals":{"aws:SourceAccount":"222222222222"}},`,
	} {
		role := template.One(t, id).Properties
		equal(t, id, role["AssumeRolePolicyDocument"], `{"Statement":[{"Action":"sts:AssumeRole",`+condition+
			`"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"}}],"Version":"2012-10-17"}`)
		if v, ok := role["ManagedPolicyArns"]; ok {
			t.Errorf("%s has %s", id, templatetest.Text(v))
		}
	}
	if s := statements(t, template, "ServiceTaskRoleC7213793"); s != nil {
		t.Errorf("the containers may %v", s)
	}
}

// Catches: logs that are kept forever, that go with the stack, or that stand in the way of a second first deployment.
func TestLogGroup(t *testing.T) {
	r := newFargate(t).Only(t, "AWS::Logs::LogGroup")
	equal(t, "policies", []string{r.DeletionPolicy, r.UpdateReplacePolicy}, `["RetainExceptOnCreate","Retain"]`)
	equal(t, "the group", r.Properties, `{"LogGroupName":"/ecs/shop-beta-catalog","RetentionInDays":365}`)
	r = newFargate(t, func(p *service.FargateProps) {
		p.LogGroupName, p.Runtime.LogRetentionDays = "/shop/beta/catalog", 30
		p.LogKey = awskms.Key_FromKeyArn(awscdk.Stack_Of(p.Cluster), jsii.String("Key"), jsii.String("arn:aws:kms:us-west-2:222222222222:key/1"))
	}).Only(t, "AWS::Logs::LogGroup")
	equal(t, "the group", r.Properties,
		`{"KmsKeyId":"arn:aws:kms:us-west-2:222222222222:key/1","LogGroupName":"/shop/beta/catalog","RetentionInDays":30}`)
}
