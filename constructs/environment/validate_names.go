package environment

import (
	"github.com/storeship/storeship/internal/text"
)

// derivedName is a name that AWS limits, with what has it and where it must be unique.
type derivedName struct {
	kind  string // "IAM role", "stack": names are unique within a kind, account and region
	what  string // "the task role of catalog in prod, us-west-2"
	name  string
	limit int
	// account and region are empty for kinds that are unique in the world or in an account.
	account, region string
	path            string // the setting that its owner is
}

// What AWS allows.
const (
	maxRole        = 64  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	maxStack       = 128 // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
	maxBucket      = 63  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	maxFamily      = 255 // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
	maxApplication = 100 // https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateApplication.html
	maxCluster     = 255 // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
	maxFunction    = 64  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
	maxLogGroup    = 512 // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
	maxPipeline    = 100 // https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html
	maxRepository  = 256 // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
	maxProject     = 150 // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
	maxAlias       = 256 // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
	maxTopic       = 256 // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
	maxAlarm       = 255 // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
	maxCanary      = 255 // https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html
	maxDashboard   = 255 // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
	maxHost        = 253 // RFC 1035
)

// derived checks that derived names fit into their limits, and that no two are one.
func (c *checker) derived() {
	worst := map[string]derivedName{}
	var paths []string
	owner := map[derivedName]derivedName{}
	for _, d := range c.plan.derivedNames() {
		if over := len(d.name) - d.limit; over > 0 {
			if w, said := worst[d.path]; !said {
				paths = append(paths, d.path)
				worst[d.path] = d
			} else if over > len(w.name)-w.limit {
				worst[d.path] = d
			}
		}
		key := derivedName{kind: d.kind, name: d.name, account: d.account, region: d.region}
		if first, taken := owner[key]; taken {
			c.add(d.path, "the %s %s would be %s and %s; rename one of them", d.kind, text.Quote(d.name), first.what, d.what)
		} else {
			owner[key] = d
		}
	}
	for _, path := range paths {
		d := worst[path]
		c.add(path, "%s would be the %s %s with %d characters, and AWS allows %d; shorten the names in it by %d",
			d.what, d.kind, text.Quote(d.name), len(d.name), d.limit, len(d.name)-d.limit)
	}
}

// derivedNames lists every name that is made of names of the plan, where those are well formed: what is wrong with them
// has been said.
func (p *Plan) derivedNames() []derivedName {
	s := p.Store
	if !namePattern.MatchString(s.Name) || len(s.Name) > 20 {
		return nil
	}
	ns := s.toolsNames()
	for i, svc := range p.Services {
		if len(svc.Name) > 20 || !namePattern.MatchString(svc.Name) || reservedServices[svc.Name] != "" || p.Service(svc.Name) != svc {
			continue
		}
		path := under("services", svc.Name, i)
		ns = append(ns, s.pipelineNames(path, svc.Name)...)
		for _, e := range s.Environments {
			if len(e.Name) <= 12 && environmentPattern.MatchString(e.Name) && s.Environment(e.Name) == e {
				ns = append(ns, e.serviceNames(s, path, svc)...)
			}
		}
	}
	for i, e := range s.Environments {
		if len(e.Name) <= 12 && environmentPattern.MatchString(e.Name) && s.Environment(e.Name) == e {
			ns = append(ns, e.names(s, under("environments", e.Name, i))...)
		}
	}
	return ns
}

// toolsNames are the names of the store's own in the tools account.
func (s *Store) toolsNames() []derivedName {
	account, home := s.Tools.Account, s.Tools.Region
	ns := append(s.pipelineNames("store", PlatformName),
		derivedName{"stack", "the stack of sources", s.SourcesStackName(), maxStack, account, home, "store"},
		derivedName{"stack", "the stack of operations", s.OperationsStackName(), maxStack, account, home, "store"},
		derivedName{"topic", "the notifications", s.NotificationsName(), maxTopic, account, home, "store"},
		derivedName{"Lambda function", "the notifications", s.NotificationsName(), maxFunction, account, home, "store"},
		derivedName{"IAM role", "the notifications", s.NotificationsRoleName(), maxRole, account, "", "store"},
		derivedName{"log group", "the notifications", s.NotificationsLogGroupName(), maxLogGroup, account, home, "store"},
		derivedName{"bucket", "the sources of services with provider s3", s.SourceBucketName(), maxBucket, "", "", "store"},
		derivedName{"bucket", "the access logs of that bucket", s.SourceLogBucketName(), maxBucket, "", "", "store"},
		derivedName{"log group", "the change filters", s.ChangesLogGroupName(), maxLogGroup, account, home, "store"},
		derivedName{"Lambda function", "the function that measures delivery", s.DeliveryMetricsName(), maxFunction, account, home, "store"},
		derivedName{"IAM role", "the role of the function that measures delivery", s.DeliveryMetricsRoleName(), maxRole, account, "", "store"},
		derivedName{"dashboard", "the delivery metrics", s.DeliveryDashboardName(), maxDashboard, account, "", "store"},
		derivedName{"log group", "the function that measures delivery", s.DeliveryMetricsLogGroupName(), maxLogGroup, account, home, "store"})
	for _, r := range s.knownRegions() {
		ns = append(ns,
			derivedName{"stack", "the stack of artifacts in " + r, s.ArtifactsStackName(), maxStack, account, r, "store"},
			derivedName{"stack", "the stack of registries in " + r, s.RegistryStackName(), maxStack, account, r, "store"},
			derivedName{"bucket", "the artifacts in " + r, s.ArtifactBucketName(r), maxBucket, "", "", "store"},
			derivedName{"bucket", "the access logs of artifacts in " + r, s.ArtifactLogBucketName(r), maxBucket, "", "", "store"},
			derivedName{"key alias", "the key of artifacts in " + r, s.ArtifactKeyAlias(), maxAlias, account, r, "store"},
			derivedName{"key alias", "the key of images in " + r, s.RegistryKeyAlias(), maxAlias, account, r, "store"})
	}
	return ns
}

// knownRegions lists the plan's regions that exist.
func (s *Store) knownRegions() []string {
	var known []string
	for _, r := range s.Regions() {
		if _, ok := FindRegion(r); ok {
			known = append(known, r)
		}
	}
	return known
}

// pipelineNames are the names of one pipeline.
func (s *Store) pipelineNames(path, service string) []derivedName {
	account, home, of := s.Tools.Account, s.Tools.Region, " of "+service
	return []derivedName{
		{"pipeline", "the pipeline" + of, s.PipelineName(service), maxPipeline, account, home, path},
		{"stack", "the stack of the pipeline" + of, s.PipelineStackName(service), maxStack, account, home, path},
		{"IAM role", "the pipeline" + of, s.PipelineRoleName(service), maxRole, account, "", path},
		{"IAM role", "the baseline of the pipeline" + of, s.BaselineRoleName(service), maxRole, account, "", path},
		{"IAM role", "the scan of the source" + of, s.SCARoleName(service), maxRole, account, "", path},
		{"IAM role", "the scan of the image" + of, s.ImageScanRoleName(service), maxRole, account, "", path},
		{"IAM role", "the checks of the pipeline" + of, s.CheckRoleName(service), maxRole, account, "", path},
		{"build project", "the checks of the pipeline" + of, s.CheckRoleName(service), maxProject, account, home, path},
		{"log group", "the builds" + of, s.PipelineLogGroupName(service), maxLogGroup, account, home, path},
		{"image repository", "the images" + of, s.RepositoryName(service), maxRepository, account, home, path},
	}
}

// names are the names of an environment's platform.
func (e *Environment) names(s *Store, path string) []derivedName {
	of := " of " + e.Name
	ns := []derivedName{
		{"stack", "the access stack" + of, e.AccessStackName(s), maxStack, e.Account, s.Tools.Region, path},
		{"IAM role", "the deployer" + of, e.DeployerRoleName(s), maxRole, e.Account, "", path},
		{"topic", "the approvals" + of, e.ApprovalTopicName(s), maxTopic, s.Tools.Account, s.Tools.Region, path},
		{"IAM role", "the inspector" + of, e.InspectorRoleName(s), maxRole, e.Account, "", path},
	}
	for _, t := range e.knownTargets(s) {
		in := of + " in " + t.Region
		ns = append(ns,
			derivedName{"stack", "the network" + in, t.NetworkStackName(), maxStack, e.Account, t.Region, path},
			derivedName{"stack", "the ingress" + in, t.IngressStackName(), maxStack, e.Account, t.Region, path},
			derivedName{"key alias", "the key" + in, t.KeyAlias(), maxAlias, e.Account, t.Region, path},
			derivedName{"cluster", "the cluster" + in, t.ClusterName(), maxCluster, e.Account, t.Region, path})
		if host := t.Host(); host != "" {
			ns = append(ns, derivedName{"host name", "the address" + in, host, maxHost, e.Account, t.Region, path})
		}
	}
	return ns
}

// knownTargets lists the environment's targets in regions that exist, each once.
func (e *Environment) knownTargets(s *Store) []Target {
	var ts []Target
	seen := map[string]bool{}
	for _, t := range e.Targets(s) {
		if _, ok := FindRegion(t.Region); ok && !seen[t.Region] {
			seen[t.Region] = true
			ts = append(ts, t)
		}
	}
	return ts
}

// serviceNames are the names of a service in an environment.
func (e *Environment) serviceNames(s *Store, path string, svc *Service) []derivedName {
	var ns []derivedName
	r := svc.In(e)
	engine, alarms, gated := r.Release.Engine, r.ArmedAlarms(), r.HTTP != nil && r.Gated()
	for _, t := range e.knownTargets(s) {
		of := " of " + svc.Name + " in " + e.Name + ", " + t.Region + ","
		ns = append(ns,
			derivedName{"stack", "the stack" + of, t.ServiceStackName(svc.Name), maxStack, e.Account, t.Region, path},
			derivedName{"task family", "the tasks" + of, t.ServiceName(svc.Name), maxFamily, e.Account, t.Region, path},
			derivedName{"log group", "the logs" + of, t.LogGroupName(svc.Name), maxLogGroup, e.Account, t.Region, path},
			derivedName{"IAM role", "the role that starts the tasks" + of, t.ExecutionRoleName(svc.Name), maxRole, e.Account, "", path},
			derivedName{"IAM role", "the role of the tasks" + of, t.TaskRoleName(svc.Name), maxRole, e.Account, "", path})
		for _, alarm := range alarms {
			ns = append(ns, derivedName{"alarm", "the alarm " + alarm.Name() + of, t.AlarmName(svc.Name, alarm), maxAlarm, e.Account, t.Region, path})
		}
		if gated {
			ns = append(ns,
				derivedName{"Lambda function", "the checks of new versions" + of, t.GateName(svc.Name), maxFunction, e.Account, t.Region, path},
				derivedName{"IAM role", "the role of the checks of new versions" + of, t.GateRoleName(svc.Name), maxRole, e.Account, "", path},
				derivedName{"log group", "the logs of the checks of new versions" + of, t.GateLogGroupName(svc.Name), maxLogGroup, e.Account, t.Region, path})
		}
		if len(r.Asked()) > 0 {
			ns = append(ns,
				derivedName{"canary", "the canary" + of, t.CanaryName(svc.Name), maxCanary, e.Account, t.Region, path},
				derivedName{"IAM role", "the role of the canary" + of, t.CanaryRoleName(svc.Name), maxRole, e.Account, "", path})
		}
		tests := r.Tests.List()
		for _, test := range tests {
			ns = append(ns, derivedName{"build project", "the " + string(test.Kind) + " tests" + of, t.TestName(svc.Name, test.Kind), maxProject, e.Account, t.Region, path})
		}
		if len(tests) > 0 {
			ns = append(ns,
				derivedName{"IAM role", "the role of the tests" + of, t.TestRoleName(svc.Name), maxRole, e.Account, "", path},
				derivedName{"log group", "the logs of the tests" + of, t.TestLogGroupName(svc.Name), maxLogGroup, e.Account, t.Region, path})
		}
		switch engine {
		case CodeDeploy:
			ns = append(ns,
				derivedName{"deployment application", "the releases" + of, t.ServiceName(svc.Name), maxApplication, e.Account, t.Region, path},
				derivedName{"IAM role", "the role that shifts the traffic" + of, t.CodeDeployRoleName(svc.Name), maxRole, e.Account, "", path})
		case ECS:
			ns = append(ns,
				derivedName{"IAM role", "the role that shifts the traffic" + of, t.ShiftRoleName(svc.Name), maxRole, e.Account, "", path})
		}
	}
	return ns
}
