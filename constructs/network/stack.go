package network

import (
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// Stack is a CDK stack whose availability zones are the region's own, by Fn::GetAZs when CloudFormation deploys it: the
// synth needs neither credentials nor a look-up. It can be used wherever CDK takes a stack or a scope.
type Stack struct {
	awscdk.Stack
	zones []*string
	count int
}

// NewStack creates a stack. It costs nothing by itself.
func NewStack(scope constructs.Construct, id string, props *StackProps) *Stack {
	if props == nil {
		props = &StackProps{}
	}
	node.Must("network.Stack", scope, id, props.Validate())
	p := props.withDefaults()
	s := &Stack{count: p.AvailabilityZones}
	awscdk.NewStack_Override(s, scope, jsii.String(id), &awscdk.StackProps{
		StackName:             optional(p.StackName),
		Description:           optional(p.Description),
		Env:                   p.env(),
		TerminationProtection: jsii.Bool(p.TerminationProtection),
		Tags:                  p.tags(),
	})
	return s
}

// AvailabilityZones overrides the look-up of awscdk.Stack. Every call returns the same tokens, because CDK compares zones
// as strings: a NAT gateway serves the subnets whose zone is equal to its own.
func (s *Stack) AvailabilityZones() *[]*string {
	if s.zones == nil {
		s.zones = zones(s.count)
	}
	return &s.zones
}

// zones are the first n zones of the region that the stack is deployed to. They are the same words in every stack.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
func zones(n int) []*string {
	return slices.Clone(once.Of("zones."+strconv.Itoa(n), func() []*string {
		all, list := awscdk.Fn_GetAzs(jsii.String("")), make([]*string, n)
		for i := range list {
			list[i] = awscdk.Fn_Select(jsii.Number(float64(i)), all)
		}
		return list
	}))
}
