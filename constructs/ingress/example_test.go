package ingress_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

func ExampleNewPublic() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Ingress"), nil)
	vpc := network.NewVpc(stack, "Network", nil)
	public := ingress.NewPublic(stack, "Public", &ingress.PublicProps{
		Vpc:           vpc.Vpc,
		Logs:          ingress.NewLogBucket(stack, "Logs", nil),
		Domain:        &environment.Domain{Name: "shop.example.com", ZoneID: "Z0123456789ABC"},
		AllowTestFrom: vpc.NatAddresses,
		Blocks:        []ingress.Block{{Service: "ui", Paths: []string{"/utility/*"}}},
	})
	fmt.Println(public.Certificate != nil, len(vpc.NatAddresses))
	// Output: true 3
}

func ExampleNewInternal() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Ingress"), nil)
	vpc := network.NewVpc(stack, "Network", nil)
	internal := ingress.NewInternal(stack, "Internal", &ingress.InternalProps{
		Vpc:                   vpc.Vpc,
		Logs:                  ingress.NewLogBucket(stack, "Logs", nil),
		WorkloadSecurityGroup: vpc.WorkloadSecurityGroup,
		Zone:                  "beta.shop.internal",
	})
	fmt.Println(*internal.Zone.ZoneName(), internal.Certificate == nil)
	// Output: beta.shop.internal true
}

func ExampleNewLogBucket() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Ingress"), nil)
	logs := ingress.NewLogBucket(stack, "Logs", &ingress.LogBucketProps{ExpireDays: 90})
	fmt.Println(logs.Bucket.EncryptionKey() == nil)
	// Output: true
}

func ExamplePublicFromParameters() {
	target := environment.Target{
		Store:       &environment.Store{Name: "shop"},
		Environment: &environment.Environment{Name: "beta", Kind: environment.Test, Account: "222222222222"},
		Region:      "us-west-2",
	}
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Service"), nil)
	public := ingress.PublicFromParameters(stack, "Public", target)
	awscdk.NewCfnOutput(stack, jsii.String("Listener"), &awscdk.CfnOutputProps{Value: public.Listener.ListenerArn()})
	for _, name := range read(templatetest.Synth(stack)) {
		fmt.Println(name)
	}
	// Output:
	// ingress/v1/public/listener-arn
	// ingress/v1/public/security-group-id
}
