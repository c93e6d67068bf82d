package change

import (
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
)

// deletion deletes a stack and waits for its end. CloudFormation does it with the role that the stack was deployed with, the
// bootstrap's, so that the credentials need no more than to delete stacks.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
func deletion(s rollout.Stack) []rollout.Command {
	arguments := " --region " + s.Region() + " --stack-name " + s.Name
	return []rollout.Command{
		{Account: s.Account(), Run: "aws cloudformation delete-stack" + arguments},
		{Account: s.Account(), Run: "aws cloudformation wait stack-delete-complete" + arguments},
	}
}

// deletions starts the deletion of stacks that do not need each other, and waits for them.
func deletions(stacks []rollout.Stack) []rollout.Command {
	var start, wait []rollout.Command
	for _, s := range stacks {
		d := deletion(s)
		start, wait = append(start, d[0]), append(wait, d[1])
	}
	return append(start, wait...)
}

// unprotect lets the load balancers of a stack be deleted, which else fails.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
func unprotect(s rollout.Stack) rollout.Command {
	return rollout.Command{Account: s.Account(), Run: "for arn in $(aws cloudformation list-stack-resources --region " + s.Region() + " --stack-name " + s.Name +
		` --query "StackResourceSummaries[?ResourceType=='AWS::ElasticLoadBalancingV2::LoadBalancer'].PhysicalResourceId" --output text); do ` +
		"aws elbv2 modify-load-balancer-attributes --region " + s.Region() + ` --load-balancer-arn "$arn" --attributes Key=deletion_protection.enabled,Value=false --output text; done`}
}

// resources writes down what a stack holds: what it leaves behind has no names that could be derived.
func resources(s rollout.Stack) rollout.Command {
	return rollout.Command{Account: s.Account(), Run: "aws cloudformation list-stack-resources --region " + s.Region() + " --stack-name " + s.Name +
		" --query 'StackResourceSummaries[].[ResourceType,PhysicalResourceId]' --output text > " + s.Name + "-" + s.Region() + ".txt"}
}

// records is the file with the change that takes a target's latency records away.
func records(t environment.Target) string { return t.Prefix() + "-" + t.Region + "-records.json" }

// leave writes the records that lead customers to a target into a file, as a change that deletes them, and makes that
// change. The file is also the way back.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func leave(t environment.Target, hosts []string) []rollout.Command {
	names := make([]string, len(hosts))
	for i, h := range hosts {
		names[i] = "Name=='" + h + ".'"
	}
	zone := rollout.Quote(t.Environment.Domain.ZoneID)
	return []rollout.Command{
		{Account: t.Environment.Account, Run: "aws route53 list-resource-record-sets --hosted-zone-id " + zone +
			` --query "{Changes: ResourceRecordSets[?SetIdentifier=='` + t.Region + `' && (` + strings.Join(names, " || ") +
			`)].{Action: 'DELETE', ResourceRecordSet: @}}" --output json > ` + records(t)},
		change(t, records(t)),
	}
}

// created waits until a target's ingress stack is there.
func created(t environment.Target) rollout.Command {
	return rollout.Command{Account: t.Environment.Account, Run: "until aws cloudformation describe-stacks --region " + t.Region + " --stack-name " + t.IngressStackName() +
		" --query 'Stacks[0].StackStatus' --output text 2> /dev/null | grep -q CREATE_COMPLETE; do sleep 15; done"}
}

// arrive gives a target the records back that leave took.
func arrive(t environment.Target) []rollout.Command {
	back := strings.TrimSuffix(records(t), ".json") + "-back.json"
	return []rollout.Command{
		{Account: t.Environment.Account, Run: `sed 's/"DELETE"/"CREATE"/' ` + records(t) + " > " + back},
		change(t, back),
	}
}

func change(t environment.Target, file string) rollout.Command {
	return rollout.Command{Account: t.Environment.Account, Run: "aws route53 change-resource-record-sets --hosted-zone-id " +
		rollout.Quote(t.Environment.Domain.ZoneID) + " --change-batch file://" + file}
}

// hosts are the names under which customers reach a target's public services; none where there is no domain or nothing
// public.
func hosts(p *environment.Plan, t environment.Target) []string {
	if t.Environment.Domain == nil {
		return nil
	}
	var names []string
	public := false
	for _, s := range p.Services {
		x := s.In(t.Environment).Expose
		if x == nil || x.Internal {
			continue
		}
		public = true
		if host := t.PublicHost(x); host != "" {
			names = append(names, only([]string{host}, names)...)
		}
	}
	if !public {
		return nil
	}
	return append([]string{t.Environment.Domain.Name}, names...)
}
