package review

import (
	"fmt"
	"slices"
	"sort"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
)

// Rule finds one kind of what a change does.
type Rule struct {
	// Name of the rule, as findings have it.
	Name string
	// About says what it finds, in a line.
	About string

	find func(*comparison) []Finding
}

// Rules lists all rules, in the order in which findings of one level are printed.
func Rules() []Rule {
	return []Rule{
		{"frozen", "a frozen property changes in the template: the deployment fails, or traffic is reset", frozenText},
		{"frozen-value", "a frozen property changes in value although its template says the same: through what it refers to, within the stack or by an SSM parameter", frozenValue},
		{"name-taken", "a resource keeps its name, port or priority under another logical id: CloudFormation creates the new one first, and it is taken", nameTaken},
		{"traffic-removed", "a service that CodeDeploy releases, or what leads traffic to it, leaves its stack", trafficRemoved},
		{"state-removed", "a resource with state leaves its stack, and is deleted with it or left behind", stateRemoved},
		{"replacement", "a resource is replaced that others name, or that has state", replacement},
		{"live", "a change acts on running tasks at once", live},
		{"stack-removed", "a stack leaves the assembly, which nothing deletes", stackRemoved},
	}
}

// fromTable makes findings of the changes that satisfy keep.
func fromTable(c *comparison, level Level, keep func(frozen.Change) bool) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		for _, change := range p.changes {
			if !keep(change) {
				continue
			}
			r, ok := p.new.Resource(change.LogicalID)
			if !ok || r.Type != change.Type {
				r, _ = p.old.Resource(change.LogicalID)
			}
			f := about(r, level)
			f.Property, f.Effect, f.Why, f.Instead = change.Property, string(change.Effect), change.Why, change.Way
			if change.Property == "" {
				f.Effect = "removes the resource"
			}
			if change.Because == "" {
				f.Old, f.New = change.Old, change.New
			}
			f.Where[0].Because = change.Because
			all = append(all, f)
		}
	}
	return all
}

func frozenText(c *comparison) []Finding {
	return fromTable(c, WillFail, func(f frozen.Change) bool { return refused(f) && f.Because == "" })
}

func frozenValue(c *comparison) []Finding {
	return fromTable(c, WillFail, func(f frozen.Change) bool { return refused(f) && f.Because != "" })
}

// refused says whether a change must not be deployed. Traffic that is reset goes to the target group of the first
// deployment, which has no tasks after every second release.
func refused(c frozen.Change) bool { return c.Effect == frozen.Fails || c.Effect == frozen.Resets }

func replacement(c *comparison) []Finding {
	all := fromTable(c, Replaces, func(f frozen.Change) bool { return f.Effect == frozen.Replaces && f.Property != "" })
	at := func(f Finding) string { return fmt.Sprint(f.Where[0].Stack, " ", f.Where[0].LogicalID) }
	written := map[string]bool{}
	for _, f := range all {
		if f.Where[0].Because == "" {
			written[at(f)] = true
		}
	}
	// Where the template itself says that a resource is another one, it need not be said what else makes it one.
	return slices.DeleteFunc(all, func(f Finding) bool { return f.Where[0].Because != "" && written[at(f)] })
}

// trafficRemoved finds what no longer leads traffic to a released service. Where something else does so instead, CloudFormation
// creates that first, and the target group is taken: it serves one load balancer only.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func trafficRemoved(c *comparison) []Finding {
	return fromTable(c, WillFail, func(f frozen.Change) bool { return f.Property == "" })
}

func live(c *comparison) []Finding {
	return fromTable(c, Live, func(f frozen.Change) bool { return f.Effect == frozen.Live })
}

func nameTaken(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		holders := map[string]string{}
		for _, r := range p.old.Resources() {
			if key, _ := slot(r); key != "" {
				holders[key] = r.LogicalID
			}
		}
		for _, r := range p.new.Resources() {
			key, what := slot(r)
			holder, taken := holders[key]
			if _, there := p.old.Resource(r.LogicalID); key == "" || !taken || there || holder == r.LogicalID {
				continue
			}
			f := about(r, WillFail)
			f.Effect = string(frozen.Fails)
			f.Why = "It has " + what + ", which " + holder + " has until the deployment is done: CloudFormation deletes last."
			f.Instead = "keep the logical id (the construct's path), or change what is taken with it; where the resource may be gone for a while, remove it in a release of its own"
			all = append(all, f)
		}
	}
	return all
}

// slot is what only one resource at a time can have, with the words for it: a name, the port of a load balancer, the
// priority of a listener.
func slot(r assembly.Resource) (key, what string) {
	if name := frozen.PhysicalName(r.Type, r.Properties); name != "" {
		return r.Type + " " + name, "the name " + name
	}
	of := func(owner, number, words string) (string, string) {
		if r.Properties[owner] == nil || r.Properties[number] == nil {
			return "", ""
		}
		return r.Type + " " + brief(r.Properties[owner]) + " " + brief(r.Properties[number]), words + " " + brief(r.Properties[number])
	}
	switch r.Type {
	case "AWS::ElasticLoadBalancingV2::Listener":
		return of("LoadBalancerArn", "Port", "port")
	case "AWS::ElasticLoadBalancingV2::ListenerRule":
		return of("ListenerArn", "Priority", "priority")
	}
	return "", ""
}

// state says what is lost with a resource of the type.
var state = map[string]string{
	"AWS::CodeCommit::Repository":        "commits",
	"AWS::Cognito::UserPool":             "users",
	"AWS::DocDB::DBCluster":              "data",
	"AWS::DynamoDB::GlobalTable":         "items",
	"AWS::DynamoDB::Table":               "items",
	"AWS::ECR::Repository":               "images",
	"AWS::EFS::FileSystem":               "files",
	"AWS::ElastiCache::ReplicationGroup": "cached data",
	"AWS::KMS::Key":                      "everything that it encrypts",
	"AWS::Kinesis::Stream":               "records",
	"AWS::Logs::LogGroup":                "logs",
	"AWS::MemoryDB::Cluster":             "data",
	"AWS::OpenSearchService::Domain":     "documents",
	"AWS::RDS::DBCluster":                "data",
	"AWS::RDS::DBInstance":               "data",
	"AWS::Route53::HostedZone":           "records",
	"AWS::S3::Bucket":                    "objects",
	"AWS::SQS::Queue":                    "waiting messages",
	"AWS::SecretsManager::Secret":        "the secret value",
}

func stateRemoved(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		for _, r := range p.old.Resources() {
			lost, ok := state[r.Type]
			if n, there := p.new.Resource(r.LogicalID); !ok || there && n.Type == r.Type {
				continue
			}
			f := about(r, Deletes)
			f.Effect, f.Why = "deletes the resource", "With it go its "+lost+"."
			f.Instead = "release it once with DeletionPolicy Retain first, if that is not meant"
			switch policy := deletionPolicy(r); policy {
			case "Retain", "RetainExceptOnCreate":
				f.Level, f.Effect, f.Why, f.Instead = Note, "leaves the resource behind", "Its deletion policy keeps it, with its "+lost+"; nothing deletes it any more.", ""
			case "Snapshot":
				f.Why += " A snapshot is taken."
			}
			all = append(all, f)
		}
	}
	return all
}

func deletionPolicy(r assembly.Resource) string {
	resources, _ := r.Stack.Template["Resources"].(map[string]any)
	m, _ := resources[r.LogicalID].(map[string]any)
	policy, _ := m["DeletionPolicy"].(string)
	return policy
}

func stackRemoved(c *comparison) []Finding {
	var all []Finding
	for _, s := range c.gone {
		kept := map[string]bool{}
		for _, r := range s.Resources() {
			if lost, ok := state[r.Type]; ok {
				kept[lost] = true
			}
		}
		why := "No pipeline deletes a stack: it stays as it is"
		if len(kept) > 0 {
			var words []string
			for lost := range kept {
				words = append(words, lost)
			}
			sort.Strings(words)
			why += ", and holds " + listed(words)
		}
		all = append(all, Finding{
			Level: Note, Effect: "leaves the stack behind", Why: why + ".",
			Instead: "delete it by hand; `storeship plan OLD NEW` of the two configurations prints the commands in order",
			Where:   []Place{{Stack: of(s)}},
		})
	}
	return all
}
