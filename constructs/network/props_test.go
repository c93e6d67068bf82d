package network

import (
	"slices"
	"strings"
	"testing"
)

type validator interface{ Validate() error }

// Catches a check that was dropped, and one that stops at the first problem: each case lists every line it must give.
func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		props validator
		want  []string
	}{
		"empty stack": {&StackProps{}, nil},
		"whole stack": {&StackProps{
			StackName: "shop-beta-network", Account: "222222222222", Region: "ap-southeast-2", Description: "d",
			AvailabilityZones: 2,
		}, nil},
		"stack of tokens": {&StackProps{StackName: "${Token[A.1]}", Account: "${Token[A.2]}", Region: "${Token[A.3]}"}, nil},
		"bad stack": {&StackProps{
			StackName: "shop_beta", Account: "2222", Region: "oregon", Description: strings.Repeat("d", 1025), AvailabilityZones: 4,
		}, []string{
			`StackName: must be 1 to 128 letters, digits and hyphens, a letter first, got "shop_beta"`,
			`Account: must be 12 digits, got "2222"`,
			`Region: must be a region's name such as "us-west-2", got "oregon"`,
			"Description: must have at most 1024 bytes, has 1025",
			"AvailabilityZones: must be 2 or 3, got 4",
		}},
		"empty vpc": {&VpcProps{}, nil},
		"whole vpc": {&VpcProps{
			Cidr: "172.31.16.0/20", AvailabilityZones: 2, NatGateways: 2, Endpoints: []string{"ecr.api", "git-codecommit"},
			FlowLogRetentionDays: 30,
		}, nil},
		"bad vpc": {&VpcProps{
			Cidr: "10.0.0.0/24", AvailabilityZones: 1, NatGateways: 2, Endpoints: []string{"ECR", "s3", "logs", "logs"},
			FlowLogRetentionDays: 31,
		}, []string{
			"Cidr: must be /16 to /20, got /24",
			"AvailabilityZones: must be 2 or 3, got 1",
			"NatGateways: must be 1 to the number of zones (1), got 2",
			`Endpoints[0]: must be a service's name such as "ecr.api", got "ECR"`,
			"Endpoints[1]: s3 has a gateway endpoint already, which costs nothing; leave it out",
			"Endpoints[3]: logs is listed twice",
			"FlowLogRetentionDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, " +
				"2192, 2557, 2922, 3288, 3653, got 31",
		}},
		"bits outside the mask": {&VpcProps{Cidr: "10.0.5.0/16"}, []string{
			"Cidr: has bits outside its mask, write 10.0.0.0/16 instead of 10.0.5.0/16"}},
		"public block": {&VpcProps{Cidr: "8.8.0.0/16"}, []string{
			"Cidr: must be within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, got 8.8.0.0/16"}},
		"no block":          {&VpcProps{Cidr: "ten"}, []string{`Cidr: must be an IPv4 block such as "10.0.0.0/16", got "ten"`}},
		"six":               {&VpcProps{Cidr: "fd00::/16"}, []string{`Cidr: must be an IPv4 block such as "10.0.0.0/16", got "fd00::/16"`}},
		"negative gateways": {&VpcProps{NatGateways: -1}, []string{"NatGateways: must be 1 to the number of zones (3), got -1"}},
		"empty key":         {&LogKeyProps{}, nil},
		"whole key":         {&LogKeyProps{LogGroups: []string{"/shop/beta/*", "aws-waf-logs-*"}}, nil},
		"bad key": {&LogKeyProps{LogGroups: []string{"/shop", "a b"}}, []string{
			`LogGroups[1]: must be 1 to 512 letters, digits and ._/#-, and * for any characters, got "a b"`}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			if err := c.props.Validate(); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// Catches defaults that write into the caller's props, which another target may use too.
func TestDefaultsAreACopy(t *testing.T) {
	p := &VpcProps{Endpoints: []string{"logs", "ecr.api"}}
	d := p.withDefaults()
	if d.Cidr != "10.0.0.0/16" || d.AvailabilityZones != 3 || d.NatGateways != 3 || d.FlowLogRetentionDays != 365 {
		t.Errorf("unexpected defaults: %+v", d)
	}
	if p.Cidr != "" || p.Endpoints[0] != "logs" {
		t.Errorf("the caller's props changed: %+v", p)
	}
}
