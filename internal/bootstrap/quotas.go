package bootstrap

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// Quota is a limit of an account in a region, and what the plan needs of it.
type Quota struct {
	// Name as Service Quotas has it.
	Name string
	// Service and Code are what Service Quotas calls it by. Without a code it must be looked up by its name.
	Service, Code string
	// Need is what the plan needs at its peak, without what else the account has.
	Need int
	// Default is what AWS gives.
	Default int
	// Fixed says that AWS does not raise it.
	Fixed bool
	// Varies says that new accounts have less than the default at first.
	Varies bool
	// Why is what it is needed for.
	Why string
	// Page of AWS that documents it.
	Page string
}

// Enough says whether AWS's default is enough.
func (q Quota) Enough() bool { return q.Need <= q.Default }

// The pages of AWS with the defaults.
const (
	fargatePage  = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"
	vpcPage      = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
	elbPage      = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
	buildPage    = "https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html"
	pipelinePage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html"
)

// quotas lists what the plan needs in a region of an account. Codes are those of `aws service-quotas list-service-quotas`.
func quotas(plan *environment.Plan, account, region string) []Quota {
	var all []Quota
	if account == plan.Store.Tools.Account && region == plan.Store.Tools.Region {
		all = append(all, toolsQuotas(plan)...)
	}
	var targets []environment.Target
	for _, t := range plan.Store.Targets() {
		if t.Environment.Account == account && t.Region == region {
			targets = append(targets, t)
		}
	}
	if len(targets) > 0 {
		all = merge(append(all, targetQuotas(plan, targets)...))
	}
	return all
}

// merge makes one quota of those that an account needs twice: where the pipelines are in the account of a target, what both build counts
// together.
func merge(all []Quota) []Quota {
	var merged []Quota
	for _, q := range all {
		i := slices.IndexFunc(merged, func(o Quota) bool { return o.Service == q.Service && o.Name == q.Name })
		if i < 0 {
			merged = append(merged, q)
			continue
		}
		merged[i].Need += q.Need
		merged[i].Why += "; " + q.Why
	}
	return merged
}

// builds is the quota of builds that run at the same time on a kind of host.
func builds(host, code string, need int, why string) Quota {
	return Quota{
		Name: "Concurrently running builds for " + host + " environment", Service: "codebuild", Code: code,
		Need: need, Default: 1, Varies: true, Why: why, Page: buildPage,
	}
}

// mediumCode is the code of the quota of builds on a medium host with Linux.
const mediumCode = "L-2DC20C30"

// mediumBuilds is how many builds of a medium host a service's pipeline has side by side: UnitTests, SAST, Quality, SCA.
const mediumBuilds = 4

func toolsQuotas(plan *environment.Plan) []Quota {
	services := len(plan.Services)
	widest := 1
	for _, e := range plan.Store.Environments {
		for _, w := range e.Waves {
			widest = max(widest, len(w.Regions))
		}
	}
	why := "all pipelines at once"
	checks := why
	if widest > 1 {
		checks += fmt.Sprintf(", in a wave of %d targets", widest)
	}
	all := []Quota{
		builds("Linux/Medium", mediumCode, 1+mediumBuilds*services, "tests, gates, packages and synths of "+why),
		builds("Linux/Small", "L-9D07B6EF", 1+services*widest, "updates and checks of "+checks),
	}
	arm := 0
	for _, s := range plan.Services {
		if s.Build.Architecture == environment.Arm64 {
			arm++
		}
	}
	if arm > 0 {
		all = append(all, builds("ARM/Medium", "", arm, "tests and packages of "+text.Count(arm, "service")+" for arm64"))
	}
	return append(all, Quota{
		Name: "Total pipelines", Service: "codepipeline", Code: "L-78D200AD",
		Need: 1 + services, Default: 1000, Why: text.Count(services, "service") + " and the platform", Page: pipelinePage,
	})
}

// use is what targets in one region use. Sums are of the region, peaks of one VPC or load balancer.
type use struct {
	targets, milliVCPU, tasks, groups, addresses, tests int
	gatewaysPerZone                                     int
	endpoints, internal, public, publicRules, sourceIPs int
	balancerTargets, balancerGroups                     int
}

func targetQuotas(plan *environment.Plan, targets []environment.Target) []Quota {
	u := use{targets: len(targets)}
	for _, t := range targets {
		u.add(plan, t)
	}
	services := text.Count(len(plan.Services), "service")
	vpcs := text.Count(u.targets, "VPC")
	elb := func(name, code string, need, given int, why string) Quota {
		return Quota{Name: name, Service: "elasticloadbalancing", Code: code, Need: need, Default: given, Why: why, Page: elbPage}
	}
	vpc := func(name, code string, need, given int, why string) Quota {
		return Quota{Name: name, Service: "vpc", Code: code, Need: need, Default: given, Why: why, Page: vpcPage}
	}
	fixed := elb("Target Groups per Application Load Balancer", "L-822D1B1B", u.balancerGroups, 100, "blue and green of the services behind one balancer")
	fixed.Fixed = true
	all := []Quota{
		{
			Name: "Fargate On-Demand vCPU resource count", Service: "fargate", Code: "L-3032A538",
			Need: ceil(u.milliVCPU, 1000), Default: 6, Varies: true, Why: "old and new tasks of " + services + " at the maximum", Page: fargatePage,
		},
		{
			Name: "EC2-VPC Elastic IPs", Service: "ec2", Code: "L-0263D0A3",
			Need: u.addresses, Default: 5, Why: text.Count(u.addresses, "NAT gateway"), Page: vpcPage,
		},
		vpc("VPCs per Region", "L-F678F1CE", u.targets+1, 5, vpcs+" and the default one"),
		vpc("Internet gateways per Region", "L-A4707A72", u.targets+1, 5, vpcs+" and the default one"),
		vpc("NAT gateways per Availability Zone", "L-FE5A380F", u.gatewaysPerZone, 5, vpcs),
		vpc("Interface VPC endpoints per VPC", "L-29B6F2EB", u.endpoints, 50, "endpoints of a VPC"),
		vpc("Inbound or outbound rules per security group", "L-0EA8095F", max(u.internal+1, u.public+1, u.sourceIPs+2), 60, "a rule to each service behind one balancer"),
		elb("Application Load Balancers per Region", "L-53DA6B97", 2*u.targets, 50, "a public and an internal one per VPC"),
		elb("Listeners per Application Load Balancer", "L-B6DF7632", max(2*u.internal, 3), 50, "two per internal service"),
		elb("Rules per Application Load Balancer", "L-7EED9B64", u.publicRules, 100, "a production and a test rule per public service"),
		fixed,
		elb("Target Groups per Region", "L-B22855CB", u.groups, 3000, "blue and green of "+services),
		elb("Targets per Application Load Balancer", "L-7E6692B2", u.balancerTargets, 1000, "old and new tasks behind one balancer"),
	}
	if u.tests > 0 {
		all = append(all, builds("Linux/Medium", mediumCode, u.tests, "tests of all services at once where they run, in each one after the other"))
	}
	return all
}

// add adds a target. Peaks take the larger of what there is and the target's own.
func (u *use) add(plan *environment.Plan, t environment.Target) {
	network := t.Environment.Network.WithDefaults(t.Environment.Kind)
	u.addresses += network.NatGateways
	u.gatewaysPerZone += ceil(network.NatGateways, network.AvailabilityZones)
	u.endpoints = max(u.endpoints, len(network.Endpoints))
	u.sourceIPs = max(u.sourceIPs, network.NatGateways)
	var internal, public, internalGroups, publicGroups, internalTasks, publicTasks int
	for _, s := range plan.Services {
		r := s.In(t.Environment)
		// One after the other, whatever a service has of them.
		if len(r.Tests.List()) > 0 {
			u.tests++
		}
		tasks := rollout.Peak(r)
		u.milliVCPU += tasks * r.CPU * 1000 / 1024
		u.tasks += tasks
		if r.HTTP == nil {
			continue
		}
		groups := 1
		if r.Release.Engine.Shifts() {
			groups = 2
		}
		u.groups += groups
		if r.Expose.Internal {
			internal, internalGroups, internalTasks = internal+1, internalGroups+groups, internalTasks+tasks
		} else {
			public, publicGroups, publicTasks = public+1, publicGroups+groups, publicTasks+tasks
		}
	}
	u.internal, u.public = max(u.internal, internal), max(u.public, public)
	u.publicRules = max(u.publicRules, 2*public)
	u.balancerGroups = max(u.balancerGroups, internalGroups, publicGroups)
	u.balancerTargets = max(u.balancerTargets, internalTasks, publicTasks)
}

func ceil(a, b int) int { return (a + b - 1) / b }

// get is the command that reads what the account has.
func (q Quota) get(region string) string {
	if q.Code == "" {
		return "aws service-quotas list-service-quotas --region " + region + " --service-code " + q.Service +
			" --query \"Quotas[?QuotaName=='" + q.Name + "'].[QuotaCode,Value]\" --output text"
	}
	return "aws service-quotas get-service-quota --region " + region + " --service-code " + q.Service + " --quota-code " + q.Code +
		" --query Quota.Value"
}

// ask is the command that asks AWS for what the plan needs.
func (q Quota) ask(region string) string {
	code := q.Code
	if code == "" {
		code = "CODE"
	}
	return "aws service-quotas request-service-quota-increase --region " + region + " --service-code " + q.Service +
		" --quota-code " + code + " --desired-value " + strconv.Itoa(q.Need)
}
