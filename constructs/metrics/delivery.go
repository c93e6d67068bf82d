package metrics

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/deliverymetrics"
	"github.com/storeship/storeship/internal/deliverymetrics/function"
	"github.com/storeship/storeship/internal/deliverymetrics/measure"
	"github.com/storeship/storeship/internal/gofunction"
)

// Every is how often the metrics are computed and written.
const Every = 15 * time.Minute

const (
	// timeout of the function: to read the facts of a hundred pipelines takes less than one minute.
	timeout = 5 * time.Minute
	// memoryMiB holds the facts of one pipeline at a time.
	memoryMiB = 256
	// lost is how long an event waits that could not be kept, the longest that SQS offers.
	lost = 14 * 24 * time.Hour
)

// Delivery measures the delivery of pipelines.
type Delivery struct {
	node.Construct
	// Table has the facts, an item for each execution. It stays when its stack is deleted, and is protected from deletion.
	Table awsdynamodb.Table
	// Function keeps events as facts, and writes the metrics.
	Function awslambda.Function
	// LogGroup has the function's log, from which CloudWatch takes the metrics.
	LogGroup awslogs.LogGroup
	// Lost has the events that could not be kept.
	Lost awssqs.Queue
	// Alarm tells when Lost has any: the topic of the props, if there is one.
	Alarm awscloudwatch.CfnAlarm
	// Dashboard shows the metrics. It is the L1 construct, because its body is one text, made at once.
	Dashboard awscloudwatch.CfnDashboard

	props *DeliveryProps
}

// NewDelivery creates the table, the function with its role and log group, the rules that call it, the queue of events that could not
// be kept, with its alarm, and the dashboard. Metrics cost the most: five of each pipeline and five of the store.
// https://aws.amazon.com/cloudwatch/pricing/
//
// The function is written in Go and built here, once for each version of its source: that needs Go, and no network.
func NewDelivery(scope constructs.Construct, id string, props *DeliveryProps) *Delivery {
	if props == nil {
		props = &DeliveryProps{}
	}
	node.Must("metrics.Delivery", scope, id, errors.Join(props.Validate(), props.fits(scope)))
	code, err := props.code()
	node.Must("metrics.Delivery", scope, id, err)
	d := &Delivery{props: props}
	node.Init(d, scope, id)
	d.addTable()
	d.addLost()
	d.addFunction(code)
	d.addRules()
	d.Dashboard = awscloudwatch.NewCfnDashboard(d, jsii.String("Dashboard"), &awscloudwatch.CfnDashboardProps{
		DashboardName: &props.Dashboard, DashboardBody: jsii.String(props.dashboard()),
	})
	return d
}

// code is the path of a ZIP file with the function and what it is to measure.
func (p *DeliveryProps) code() (string, error) {
	archive, err := gofunction.Build(&gofunction.Program{
		Name: "delivery-metrics", Source: deliverymetrics.Source, Folder: deliverymetrics.Folder, Main: deliverymetrics.Program,
	})
	if err != nil {
		return "", err
	}
	plan, err := json.MarshalIndent(p.plan(), "", "  ")
	if err != nil {
		return "", err
	}
	return gofunction.Add(archive, function.PlanFile, plan)
}

// plan is what the function measures.
func (p *DeliveryProps) plan() *measure.Plan {
	plan := &measure.Plan{Store: p.Store}
	for _, pl := range p.Pipelines {
		plan.Pipelines = append(plan.Pipelines, measure.Measured{
			Pipeline: pl.Name, Service: pl.Service, Apart: pl.Apart, Source: pl.Source, Repository: pl.Repository, Production: pl.Production,
		})
	}
	return plan
}

func (d *Delivery) addTable() {
	d.Table = awsdynamodb.NewTable(d, jsii.String("Table"), &awsdynamodb.TableProps{
		// Without a physical name, so that a retained one does not keep the stack from being created again.
		PartitionKey:        &awsdynamodb.Attribute{Name: jsii.String(function.PipelineKey), Type: awsdynamodb.AttributeType_STRING},
		SortKey:             &awsdynamodb.Attribute{Name: jsii.String(function.ExecutionKey), Type: awsdynamodb.AttributeType_STRING},
		BillingMode:         awsdynamodb.BillingMode_PAY_PER_REQUEST,
		Encryption:          awsdynamodb.TableEncryption_CUSTOMER_MANAGED,
		EncryptionKey:       d.props.Key,
		TimeToLiveAttribute: jsii.String(function.ExpiresAttribute),
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
		DeletionProtection: jsii.Bool(true),
		// Nobody else knows what happened. Not RetainExceptOnCreate: CloudFormation could not delete what is protected.
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	})
}

// addLost adds what becomes of events that the function failed on, with all of Lambda's tries.
func (d *Delivery) addLost() {
	d.Lost = awssqs.NewQueue(d, jsii.String("Lost"), &awssqs.QueueProps{
		QueueName:           &d.props.Name,
		Encryption:          awssqs.QueueEncryption_KMS,
		EncryptionMasterKey: d.props.Key,
		EnforceSSL:          jsii.Bool(true),
		RetentionPeriod:     seconds(lost),
	})
	policy.AcknowledgeFirst(d.Lost, policy.Finding{
		Rule:   "AwsSolutions-SQS3",
		Reason: "It is the dead-letter queue of a function.",
	})
	var tell *[]any
	if topic := d.props.Topic; topic != nil {
		// https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
		topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String("LostMetrics"),
			Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)},
			Actions:    jsii.Strings("sns:Publish"),
			Resources:  &[]*string{topic.TopicArn()},
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": d.props.Account},
				"ArnLike":      map[string]any{"aws:SourceArn": d.props.alarmARN()},
			},
		}))
		tell = &[]any{topic.TopicArn()}
	}
	d.Alarm = awscloudwatch.NewCfnAlarm(d, jsii.String("Alarm"), &awscloudwatch.CfnAlarmProps{
		AlarmName:          jsii.String(d.props.alarm()),
		AlarmDescription:   jsii.String("Events of pipelines could not be kept: the delivery metrics miss them until they are handed in again, see docs/metrics.md."),
		Namespace:          jsii.String("AWS/SQS"),
		MetricName:         jsii.String("ApproximateNumberOfMessagesVisible"),
		Dimensions:         []any{&awscloudwatch.CfnAlarm_DimensionProperty{Name: jsii.String("QueueName"), Value: d.Lost.QueueName()}},
		Statistic:          jsii.String("Maximum"),
		Period:             jsii.Number(300),
		EvaluationPeriods:  jsii.Number(1),
		Threshold:          jsii.Number(0),
		ComparisonOperator: jsii.String("GreaterThanThreshold"),
		TreatMissingData:   jsii.String("notBreaching"),
		AlarmActions:       tell,
	})
}

// alarm is the name of the alarm of what is lost.
func (p *DeliveryProps) alarm() string { return p.Name + "-lost" }

func (p *DeliveryProps) alarmARN() string {
	return "arn:aws:cloudwatch:" + p.Region + ":" + p.Account + ":alarm:" + p.alarm()
}

func (d *Delivery) addFunction(code string) {
	p := d.props
	d.LogGroup = awslogs.NewLogGroup(d, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  &p.LogGroupName,
		EncryptionKey: p.Key,
		Retention:     awslogs.RetentionDays_ONE_YEAR,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	d.Function = awslambda.NewFunction(d, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName: &p.Name,
		Description:  jsii.String("Measures the delivery of " + p.Store),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		// The name is that of the action which publishes it.
		Code: awslambda.Code_FromAsset(&code, &awss3assets.AssetOptions{DisplayName: jsii.String("DeliveryMetrics")}),
		// Lambda asks for a name, and runs the program that is called bootstrap whatever it is.
		Handler:         jsii.String(gofunction.Bootstrap),
		MemorySize:      jsii.Number(memoryMiB),
		Timeout:         seconds(timeout),
		Role:            d.role(),
		LogGroup:        d.LogGroup,
		DeadLetterQueue: d.Lost,
		Environment:     &map[string]*string{function.TableVariable: d.Table.TableName()},
	})
}

func seconds(t time.Duration) awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(t.Seconds()))
}

func index(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

func text(l *problem.List, field, value, shape string, pattern *regexp.Regexp) {
	switch {
	case value == "":
		l.Addf(field, "required")
	case !pattern.MatchString(value):
		l.Addf(field, "must be %s, got %q", shape, value)
	}
}

// repositories are the ARNs of the repositories that are asked for commits, sorted.
func (p *DeliveryProps) repositories() []string {
	var arns []string
	for _, pl := range p.Pipelines {
		if pl.Repository != "" {
			arns = append(arns, "arn:aws:codecommit:"+p.Region+":"+p.Account+":"+pl.Repository)
		}
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}
