package notify

import (
	"errors"

	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/policy"
)

const (
	functionMemory  = 256 // MiB
	functionTimeout = time.Minute
)

// Notifications is a topic, and what writes to it what happens to releases.
type Notifications struct {
	node.Construct
	// Topic takes the messages. Chats and pagers subscribe to it; each message has the attributes event, service, environment, kind
	// and urgent, for filters.
	Topic awssns.Topic
	// Function makes messages of events. Its code stands in the template.
	Function awslambda.Function
	// LogGroup says what it could not look up.
	LogGroup awslogs.LogGroup
	// Rules hand the function its events.
	Rules []awsevents.CfnRule
}

// NewNotifications creates the topic with its subscriptions, the function with its role and log group, and the rules. A message costs
// a second of the function, and nothing else worth counting. https://aws.amazon.com/sns/pricing/
func NewNotifications(scope constructs.Construct, id string, props *NotificationsProps) *Notifications {
	if props == nil {
		props = &NotificationsProps{}
	}
	p := props
	node.Must("notify.Notifications", scope, id, errors.Join(p.Validate(), p.fits(scope)))
	n := &Notifications{}
	node.Init(n, scope, id)
	n.addTopic(p)
	n.addFunction(p)
	n.addRules(p)
	return n
}

func (n *Notifications) addTopic(p *NotificationsProps) {
	n.Topic = awssns.NewTopic(n, jsii.String("Topic"), &awssns.TopicProps{
		TopicName:   jsii.String(p.TopicName),
		DisplayName: jsii.String(p.Name),
		MasterKey:   p.Key,
		EnforceSSL:  jsii.Bool(true),
	})
	for _, a := range p.Addresses {
		// L1, because the L2's filters have no words for "or has none".
		props := &awssns.CfnSubscriptionProps{TopicArn: n.Topic.TopicArn(), Protocol: jsii.String("email"), Endpoint: jsii.String(a.Email)}
		if filter := a.filter(); len(filter) > 0 {
			props.FilterPolicy = filter
		}
		awssns.NewCfnSubscription(n, jsii.String("To-"+a.Email), props)
	}
}

// filter is what an address hears of. Events that Lambda sends as they are, for no message could be made of them, have no attributes:
// everybody hears of those. https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
func (a Address) filter() map[string]any {
	raw := map[string]any{"exists": false}
	filter := map[string]any{}
	if a.Urgent {
		filter["urgent"] = []any{"yes", raw}
	}
	if len(a.Asked) > 0 {
		filter["asks"] = []any{map[string]any{"anything-but": a.Asked}, raw}
	}
	return filter
}

func (n *Notifications) addFunction(p *NotificationsProps) {
	n.LogGroup = awslogs.NewLogGroup(n, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(p.LogGroupName),
		EncryptionKey: p.Key,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		Retention:     awslogs.RetentionDays_ONE_YEAR,
	})
	n.Function = awslambda.NewFunction(n, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName: jsii.String(p.FunctionName),
		Description:  jsii.String("Writes to the people of " + p.Name + " what happens to releases"),
		Runtime:      awslambda.Runtime_NODEJS_24_X(),
		Architecture: awslambda.Architecture_ARM_64(),
		MemorySize:   jsii.Number(functionMemory),
		Code:         awslambda.Code_FromInline(jsii.String(p.Code())),
		Handler:      jsii.String("index.handler"),
		Timeout:      awscdk.Duration_Seconds(jsii.Number(functionTimeout.Seconds())),
		Role:         n.role(p),
		LogGroup:     n.LogGroup,
		Environment:  &map[string]*string{"TOPIC": n.Topic.TopicArn()},
	})
	// Nothing may be lost at night: what the function fails with, three times, is sent as it is.
	// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
	awslambda.NewCfnEventInvokeConfig(n, jsii.String("Unwritten"), &awslambda.CfnEventInvokeConfigProps{
		FunctionName:         n.Function.FunctionName(),
		Qualifier:            jsii.String("$LATEST"),
		MaximumRetryAttempts: jsii.Number(2),
		DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: n.Topic.TopicArn()},
		},
	})
}

// role is what the function may do: write to the topic and the log, and read what the pipelines did and the parameters say.
func (n *Notifications) role(p *NotificationsProps) awsiam.Role {
	in := ":" + p.Region + ":" + p.Account + ":"
	logs := "arn:aws:logs" + in + "log-group:" + p.LogGroupName + ":*"
	var pipelines, parameters []string
	for _, it := range p.Pipelines {
		pipelines = append(pipelines, "arn:aws:codepipeline"+in+it.Name)
	}
	for _, name := range p.parameters() {
		parameters = append(parameters, "arn:aws:ssm"+in+"parameter"+name)
	}
	statements := []map[string]any{
		allow([]string{"sns:Publish"}, "arn:aws:sns"+in+p.TopicName),
		// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
		allow([]string{"kms:Decrypt", "kms:GenerateDataKey"}, *p.Key.KeyArn()),
		allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, logs),
		allow([]string{"codepipeline:ListActionExecutions"}, pipelines...),
	}
	if len(parameters) > 0 {
		statements = append(statements, allow([]string{"ssm:GetParameterHistory"}, parameters...))
	}
	role := awsiam.NewRole(n, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:    jsii.String(p.RoleName),
		Description: jsii.String("Writes to the people of " + p.Name + " what happens to releases"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"Notify": awsiam.PolicyDocument_FromJson(map[string]any{"Statement": statements}),
		},
	})
	policy.AcknowledgeFirst(role, policy.Finding{
		Rule:      "AwsSolutions-IAM5",
		Reason:    "The streams of the function's own log group, whose names Lambda chooses.",
		AppliesTo: []string{"Resource::" + logs},
	})
	return role
}

func allow(actions []string, resources ...string) map[string]any {
	return map[string]any{"Effect": "Allow", "Action": actions, "Resource": resources}
}
