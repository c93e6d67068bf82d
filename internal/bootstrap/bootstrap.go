package bootstrap

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
)

// AdministratorAccess is the execution policy of an account that is given no other: what CloudFormation may do there.
//
// A smaller one would have to name every service that a stack of the store uses, now and later, and a mistake shows in
// the middle of a deployment. It would also protect little as long as it lets CloudFormation create roles, which every
// stack here does: who may write a role's policy may give it everything. What does protect is that the execution role
// can be used by CloudFormation only, and through the bootstrap's deploy role only by the pipelines of the tools
// account, that an account holds one environment and nothing else, and, in an organization, service control policies.
// [Options.Policies] takes the policies of a team that has them, with a permissions boundary on roles.
const AdministratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess"

// Options of the bootstrap.
type Options struct {
	// Policies of CloudFormation in the accounts that hold environments: ARNs, or names of policies that each account has.
	// Default: [AdministratorAccess].
	Policies []string
}

// Bootstrap is what the accounts of a store need before the first deployment.
type Bootstrap struct {
	// Store is the store's name.
	Store string
	// Tools is the account that the environments' accounts trust.
	Tools string
	// Accounts with the tools' first, then in the order of release.
	Accounts []Account
}

// Account is one AWS account.
type Account struct {
	// ID has 12 digits.
	ID string
	// Holds names what lives in the account: "tools", and environments.
	Holds []string
	// Profile is the name that is proposed for the AWS CLI's profile of an administrator.
	Profile string
	// Policies of CloudFormation.
	Policies []string
	// Roles that AWS services need, and would else create at their first use, which is too late for that use.
	Roles []Role
	// Regions to bootstrap: those that have stacks.
	Regions []Region
}

// Role is a service-linked role.
type Role struct {
	// Service is the principal that the role is for.
	Service string
	// Name of the role.
	Name string
}

// Region is one region of an account.
type Region struct {
	// Name of the region, "us-west-2".
	Name string
	// OptIn says that the region is disabled until the account enables it.
	OptIn bool
	// Bootstrap is the command.
	Bootstrap string
	// Quotas that the plan uses.
	Quotas []Quota
}

// environmentRoles are what ECS, load balancers and scaling need. A first CreateCluster or CreateService that creates its
// role itself fails when IAM is not yet through with it.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
var environmentRoles = []Role{
	{"ecs.amazonaws.com", "AWSServiceRoleForECS"},
	{"elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing"},
	{"ecs.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_ECSService"},
}

// New computes the bootstrap of a valid plan.
func New(plan *environment.Plan, o Options) *Bootstrap {
	store := plan.Store
	b := &Bootstrap{Store: store.Name, Tools: store.Tools.Account}
	for _, a := range rollout.New(plan, rollout.Options{}).Accounts {
		account := Account{
			ID:       a.ID,
			Holds:    a.Holds,
			Profile:  store.Name + "-" + a.Holds[0],
			Policies: []string{AdministratorAccess},
		}
		if environments := slices.DeleteFunc(slices.Clone(a.Holds), func(h string) bool { return h == rollout.ToolsName }); len(environments) > 0 {
			account.Roles = environmentRoles
			if len(o.Policies) > 0 {
				account.Policies = policiesIn(a.ID, o.Policies)
			}
		}
		for _, r := range a.Regions {
			region, _ := environment.FindRegion(r.Name)
			account.Regions = append(account.Regions, Region{
				Name:      r.Name,
				OptIn:     region.OptIn,
				Bootstrap: b.command(account, r.Name),
				Quotas:    quotas(plan, a.ID, r.Name),
			})
		}
		b.Accounts = append(b.Accounts, account)
	}
	return b
}

// policiesIn gives policies that are named the ARN that they have in the account.
func policiesIn(account string, policies []string) []string {
	var arns []string
	for _, p := range policies {
		if !strings.HasPrefix(p, "arn:") {
			p = "arn:aws:iam::" + account + ":policy/" + p
		}
		arns = append(arns, p)
	}
	return arns
}

// command bootstraps a region of an account. The staging bucket keeps the key that AWS manages: what goes there are
// templates and files of programs, encrypted as it is, and a customer key would cost every month in each of the
// regions. Nobody deletes the stack by accident: without it, no stack of the account can be deployed or deleted.
// Without an app the command does not synthesize the store first, as it otherwise does even for a given environment.
// https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
func (b *Bootstrap) command(a Account, region string) string {
	words := []string{"npx cdk bootstrap aws://" + a.ID + "/" + region + " --app ''"}
	if a.ID != b.Tools {
		words = append(words, "--trust "+b.Tools)
	}
	for _, p := range a.Policies {
		words = append(words, "--cloudformation-execution-policies "+p)
	}
	return strings.Join(append(words, "--public-access-block-configuration", "--termination-protection"), " ")
}
