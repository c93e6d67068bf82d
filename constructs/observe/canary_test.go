package observe_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssynthetics"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/observe"
)

const keyARN = "arn:aws:kms:us-west-2:222222222222:key/11111111-2222-3333-4444-555555555555"

// newCanaryProps are the props of the canary of a public service, without checks of its own.
func newCanaryProps(scope constructs.Construct) *observe.CanaryProps {
	return &observe.CanaryProps{
		Name:     "retail-store-gamma-checkout",
		RoleName: "retail-store-gamma-checkout-us-west-2-canary",
		Runtime:  environment.Runtime{HTTP: &environment.HTTP{Port: 8080, Health: "/health"}, Expose: &environment.Expose{Path: "/*"}},
		URL:      "https://us-west-2.shop.example.com",
		Key:      awskms.Key_FromKeyArn(scope, jsii.String("Key"), jsii.String(keyARN)),
	}
}

func newCanary(changes ...func(*observe.CanaryProps)) templatetest.Template {
	stack := newStack()
	p := newCanaryProps(stack)
	for _, change := range changes {
		change(p)
	}
	observe.NewCanary(stack, "Canary", p)
	return templatetest.Synth(stack)
}

// Catches: a canary that never runs, that asks under another name than customers do, that Synthetics ends before its checks are, or
// whose function outlives it; a runtime that AWS has ended.
func TestNewCanary(t *testing.T) {
	template := newCanary()
	canary := template.Only(t, "AWS::Synthetics::Canary").Properties
	if newest := *awssynthetics.Runtime_SYNTHETICS_NODEJS_PUPPETEER_13_0().Name(); canary["RuntimeVersion"] != newest {
		t.Errorf("runs on %v, and the CDK has %s", canary["RuntimeVersion"], newest)
	}
	for property, want := range map[string]string{
		"Name":           `"retail-store-gamma-checkout"`,
		"RuntimeVersion": `"syn-nodejs-puppeteer-13.0"`,
		"Schedule":       `{"Expression":"rate(3 minutes)"}`,
		"RunConfig": `{"EnvironmentVariables":{"CHECKS":"[{\"path\":\"/health\",\"method\":\"GET\",\"expect\":{\"latencyMs\":10000}}]",` +
			`"SERVICE":"retail-store-gamma-checkout","TARGET":"{\"url\":\"https://us-west-2.shop.example.com\"}","TIME":"90000"},"MemoryInMB":960,"TimeoutInSeconds":120}`,
		"ArtifactS3Location":         `{"Fn::Join":["",["s3://",{"Ref":"CanaryBucketA986E13F"},"/retail-store-gamma-checkout"]]}`,
		"ArtifactConfig":             `{"S3Encryption":{"EncryptionMode":"SSE_KMS","KmsKeyArn":"` + keyARN + `"}}`,
		"StartCanaryAfterCreation":   `true`,
		"ProvisionedResourceCleanup": `"AUTOMATIC"`,
		"SuccessRetentionPeriod":     `30`,
		"FailureRetentionPeriod":     `30`,
	} {
		equal(t, property, canary[property], want)
	}
	code := canary["Code"].(map[string]any)
	equal(t, "handler", code["Handler"], `"index.handler"`)
	if script := code["Script"].(string); !strings.Contains(script, "exports.handler = ") || strings.Contains(script, "codedeploy") {
		t.Errorf("the script is\n%s", script)
	}
}

// Catches: a setting that does not reach the canary, checks that write, and a rate that Synthetics does not take.
func TestCanarySettings(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*observe.CanaryProps)
		want   []string
	}{
		"every minute": {func(p *observe.CanaryProps) { p.Runtime.Synthetics.Interval = time.Minute },
			[]string{`"Expression":"rate(1 minute)"`, `"TIME":"30000"`, `"TimeoutInSeconds":60`}},
		"every hour": {func(p *observe.CanaryProps) { p.Runtime.Synthetics.Interval = time.Hour }, []string{`"Expression":"rate(1 hour)"`, `"TimeoutInSeconds":120`}},
		"checks": {func(p *observe.CanaryProps) {
			p.Runtime.Checks = []environment.Check{{Path: "/cart", Method: "POST"}, {Path: "/items?page=1", Headers: map[string]string{"Accept": "text/html"}}}
		}, []string{`"CHECKS":"[{\"path\":\"/items?page=1\",\"method\":\"GET\",\"headers\":{\"accept\":\"text/html\"},\"expect\":{\"latencyMs\":10000}}]"`}},
		"host": {func(p *observe.CanaryProps) { p.Host = "admin.shop.example.com" },
			[]string{`"TARGET":"{\"url\":\"https://us-west-2.shop.example.com\",\"host\":\"admin.shop.example.com\"}"`}},
		"http2": {func(p *observe.CanaryProps) { p.Runtime.HTTP.Protocol = environment.HTTP2 },
			[]string{`"TARGET":"{\"url\":\"https://us-west-2.shop.example.com\",\"http2\":true}"`}},
	} {
		properties := newCanary(c.change).Only(t, "AWS::Synthetics::Canary").Properties
		t.Run(name, func(t *testing.T) { templatetest.WantText(t, properties, c.want...) })
	}
}

// Catches: a permission more than AWS asks for, one on what is another's, and one that does not fit the names that Synthetics makes of a
// long name, so that a canary writes no log.
func TestCanaryRole(t *testing.T) {
	role := newCanary().Only(t, "AWS::IAM::Role").Properties
	equal(t, "name", role["RoleName"], `"retail-store-gamma-checkout-us-west-2-canary"`)
	equal(t, "trust", role["AssumeRolePolicyDocument"].(map[string]any)["Statement"],
		`[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}]`)
	if _, managed := role["ManagedPolicyArns"]; managed {
		t.Error("the role has managed policies")
	}
	policies := role["Policies"].([]any)
	if len(policies) != 1 {
		t.Fatalf("got %s", templatetest.Text(policies))
	}
	bucket := `{"Fn::GetAtt":["CanaryBucketA986E13F","Arn"]}`
	want := map[string]string{
		`"s3:PutObject"`:         `{"Fn::Join":["",[` + bucket + `,"/retail-store-gamma-checkout/*"]]}`,
		`"s3:GetBucketLocation"`: bucket,
		`"kms:GenerateDataKey"`:  `"` + keyARN + `" {"StringEquals":{"kms:ViaService":"s3.us-west-2.amazonaws.com"}}`,
		`["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"]`: `"arn:aws:logs:us-west-2:222222222222:log-group:/aws/lambda/cwsyn-retail-store-gamma-ch*"`,
		`"s3:ListAllMyBuckets"`:      `"*"`,
		`"cloudwatch:PutMetricData"`: `"*" {"StringEquals":{"cloudwatch:namespace":"CloudWatchSynthetics"}}`,
	}
	got := map[string]string{}
	for _, s := range policies[0].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
		statement := s.(map[string]any)
		action, resource := templatetest.Text(statement["Action"]), templatetest.Text(statement["Resource"])
		if condition, ok := statement["Condition"]; ok {
			resource += " " + templatetest.Text(condition)
		}
		got[action] = resource
	}
	if !maps.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

// newInside is a VPC whose private subnets are a stack's parameters, and the workload's group.
func newInside(scope constructs.Construct) *observe.Inside {
	return &observe.Inside{
		Vpc: awsec2.Vpc_FromVpcAttributes(scope, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId: jsii.String("vpc-1"), AvailabilityZones: jsii.Strings("a", "b"),
			PublicSubnetIds: jsii.Strings("subnet-3", "subnet-4"), PrivateSubnetIds: jsii.Strings("subnet-1", "subnet-2"),
		}),
		SecurityGroup: awsec2.SecurityGroup_FromSecurityGroupId(scope, jsii.String("Workload"), jsii.String("sg-1"), nil),
	}
}

// inside makes the canary that of an internal service.
func inside(in *observe.Inside) func(*observe.CanaryProps) {
	return func(p *observe.CanaryProps) {
		on := false
		p.Runtime.Expose, p.Runtime.Synthetics.Disabled = &environment.Expose{Internal: true}, &on
		p.URL, p.Inside = "https://checkout.internal.shop.example.com:23456", in
	}
}

// Catches: a canary of an internal service that stands where it reaches nothing, or in public subnets, from which no request finds back;
// Lambda without the permission to put it there, and its code with that permission.
func TestCanaryInside(t *testing.T) {
	stack := newStack()
	p := newCanaryProps(stack)
	inside(newInside(stack))(p)
	observe.NewCanary(stack, "Canary", p)
	template := templatetest.Synth(stack)
	equal(t, "VPC", template.Only(t, "AWS::Synthetics::Canary").Properties["VPCConfig"],
		`{"SecurityGroupIds":["sg-1"],"SubnetIds":["subnet-1","subnet-2"],"VpcId":"vpc-1"}`)
	if got := newCanary().Only(t, "AWS::Synthetics::Canary").Properties["VPCConfig"]; got != nil {
		t.Errorf("the canary of a public service stands in a VPC: %v", got)
	}
	role := template.Only(t, "AWS::IAM::Role").Properties
	statements := role["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any)
	change := `"ec2:AssignPrivateIpAddresses","ec2:CreateNetworkInterface","ec2:DeleteNetworkInterface","ec2:UnassignPrivateIpAddresses"`
	describe := `"ec2:DescribeNetworkInterfaces","ec2:DescribeSubnets"`
	equal(t, "statements", statements[len(statements)-3:], `[{"Action":[`+change+`],"Effect":"Allow","Resource":"arn:aws:ec2:us-west-2:222222222222:*/*"},`+
		`{"Action":[`+describe+`],"Effect":"Allow","Resource":"*"},`+
		`{"Action":[`+change+`,`+describe+`],"Condition":{"ArnLike":{"lambda:SourceFunctionArn":"arn:aws:lambda:us-west-2:222222222222:function:cwsyn-retail-store-gamma-ch*"}},`+
		`"Effect":"Deny","Resource":"*"}]`)
	if got := template.IDs("AWS::EC2::SecurityGroup"); len(got) > 0 {
		t.Errorf("the canary has a group of its own: %v", got)
	}
}

// Catches: a canary in no subnet, which Synthetics refuses.
func TestCanaryInsideNoSubnet(t *testing.T) {
	stack := newStack()
	p := newCanaryProps(stack)
	in := newInside(stack)
	in.Vpc = awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Bare"), &awsec2.VpcAttributes{
		VpcId: jsii.String("vpc-2"), AvailabilityZones: jsii.Strings("a"), PublicSubnetIds: jsii.Strings("subnet-3"),
	})
	inside(in)(p)
	defer func() {
		const want = "observe.Canary Stack/Canary:\n  Inside.Vpc: must have private subnets, in which the canary stands, got none"
		if err, _ := recover().(error); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	observe.NewCanary(stack, "Canary", p)
}

// Catches: results that anyone may read, that stay for ever, or that are lost with their stack.
func TestCanaryBucket(t *testing.T) {
	template := newCanary()
	bucket := template.Only(t, "AWS::S3::Bucket")
	if bucket.DeletionPolicy != "Retain" || bucket.UpdateReplacePolicy != "Retain" || bucket.Properties["BucketName"] != nil {
		t.Errorf("got %+v", bucket)
	}
	templatetest.WantText(t, bucket.Properties, `"BlockPublicAcls":true,"BlockPublicPolicy":true,"IgnorePublicAcls":true,"RestrictPublicBuckets":true`,
		`"SSEAlgorithm":"aws:kms"`, keyARN, `"BucketOwnerEnforced"`, `"ExpirationInDays":30,"Id":"expire","Status":"Enabled"`)
	templatetest.WantText(t, template.Only(t, "AWS::S3::BucketPolicy").Properties, `"Condition":{"Bool":{"aws:SecureTransport":"false"}},"Effect":"Deny"`)
}

// Catches: props that fail only at AWS, or a canary that asks nothing and passes.
func TestCanaryProps(t *testing.T) {
	const nothing = "Runtime: leaves nothing to ask: it must be a service of http or http2 whose canary is not disabled, with a check that only reads, " +
		"or a health check that its callers may ask; create no canary"
	const outside = "Inside: required for an internal service: nobody reaches it from outside the VPC"
	stack := newStack()
	full, within := newCanaryProps(stack), newInside(stack)
	cases := map[string]struct {
		change func(*observe.CanaryProps)
		want   string
	}{
		"right":               {func(*observe.CanaryProps) {}, ""},
		"longest":             {func(p *observe.CanaryProps) { p.Name, p.URL = strings.Repeat("a", 255), "http://${Token[TOKEN.12]}" }, ""},
		"nothing":             {func(p *observe.CanaryProps) { *p = observe.CanaryProps{} }, "Name: required\nRoleName: required\nURL: required\nKey: required\n" + nothing},
		"name":                {func(p *observe.CanaryProps) { p.Name = "Shop" }, `Name: must be 1 to 255 lower-case letters, digits, hyphens and underscores, got "Shop"`},
		"long":                {func(p *observe.CanaryProps) { p.RoleName = strings.Repeat("a", 65) }, `RoleName: must be 1 to 64 letters, digits and +=,.@_-, got "` + strings.Repeat("a", 65) + `"`},
		"path":                {func(p *observe.CanaryProps) { p.URL += "/" }, `URL: must be http:// or https:// and a host, without a path, got "https://us-west-2.shop.example.com/"`},
		"interval":            {func(p *observe.CanaryProps) { p.Runtime.Synthetics.Interval = time.Second }, "Runtime.synthetics.interval: must be 1m to 1h, got 1s"},
		"disabled":            {func(p *observe.CanaryProps) { yes := true; p.Runtime.Synthetics.Disabled = &yes }, nothing},
		"blocked":             {func(p *observe.CanaryProps) { p.Runtime.Expose.Block = []string{"/heal*"} }, nothing},
		"inside":              {inside(within), ""},
		"internal":            {func(p *observe.CanaryProps) { inside(within)(p); p.Inside = nil }, outside},
		"internal by default": {func(p *observe.CanaryProps) { inside(within)(p); p.Runtime.Synthetics.Disabled = nil }, nothing},
		"public":              {func(p *observe.CanaryProps) { p.Inside = within }, "Inside: is for internal services, and Runtime.Expose is none; remove it"},
		"nowhere":             {inside(&observe.Inside{}), "Inside.Vpc: required\nInside.SecurityGroup: required"},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		p, c := *full, cases[name]
		expose := *full.Runtime.Expose
		p.Runtime.Expose = &expose
		c.change(&p)
		got := ""
		if err := p.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
