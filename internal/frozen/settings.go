package frozen

// When says when a changed setting takes effect.
type When string

// The answers, the easiest first.
const (
	// NextRelease needs nothing: the next execution of the service's pipeline carries it.
	NextRelease When = "with the next release"
	// NextDeployment takes effect when the pipeline updates the stack, before or without a release.
	NextDeployment When = "when the stack is deployed"
	// Steps needs more than one change.
	Steps When = "in steps"
	// Never in place: what exists keeps the value that it was created with.
	Never When = "never in place"
)

// Setting is a key of storeship.yaml, or several, and what becomes of a change once everything is deployed.
type Setting struct {
	// Keys as explain prints them; one names everything below it.
	Keys []string
	// When a change takes effect.
	When When
	// How to make it, or what to know.
	How string
}

// Settings covers every key of storeship.yaml, in the order of the file.
func Settings() []Setting {
	const contract = "the value reaches services through the platform contract, and services under CodeDeploy keep the one they have"
	return []Setting{
		{[]string{"store"}, Never, "it begins every name: another store beside the old one"},
		{[]string{"tools"}, Never, "images, keys and roles are named by it: another store beside the old one"},
		{[]string{"source"}, NextDeployment, "what the services' sources say themselves stays; for the others as the same key of a service"},
		{[]string{"delivery"}, NextDeployment, "a repository of CodeCommit is renamed, and the services' pipelines are deployed by hand once; what another provider has, and a branch, must be there first; coming from another provider, it is made by the platform pipeline, empty, and pushed to then"},
		{[]string{"sandbox"}, NextDeployment, "it allows environments to share an account, and nothing is deployed for it; accounts themselves stay"},
		{[]string{"notifications"}, NextDeployment, "the platform pipeline subscribes and unsubscribes; each new address must confirm its subscription"},
		{[]string{"signing"}, NextDeployment, "the platform pipeline configures the registries first, then the services' pipelines ask for signatures: of an image that was pushed before there is none, so push another commit"},
		{[]string{"signing.reason"}, NextDeployment, "it is for whoever reads the file, and nothing is deployed for it"},
		{[]string{"environments"}, Steps, "a new environment: bootstrap its account, deploy its access stack, run the platform pipeline, then the services'; before removing one, delete its stacks"},
		{[]string{"environments.*.kind"}, NextDeployment, "it changes defaults, of which some are rows of this table: say those explicitly first; what pipelines and tests may do follows the kind: before the push deploy the access stack again, and, if it was production, the artifacts stacks too; if it becomes production, those after the push"},
		{[]string{"environments.*.account"}, Never, "another environment, then remove the old one"},
		{[]string{"environments.*.domain"}, Never, "certificates, records and listeners carry it: another environment, then move the records of customers"},
		{[]string{"environments.*.approval"}, NextDeployment, "each new address must confirm its subscription"},
		{[]string{"environments.*.windows", "environments.*.freezes"}, NextDeployment, "each pipeline updates itself before it would release; the platform pipeline starts the services', which stop in front of the environment where it is closed"},
		{[]string{"environments.*.network.availabilityZones", "environments.*.network.cidr"}, Never, contract + ": another environment, or another region of it"},
		{[]string{"environments.*.network.natGateways"}, NextDeployment, "outgoing addresses change: tell whoever admits them"},
		{[]string{"environments.*.network.endpoints"}, NextDeployment, "the platform pipeline adds and removes them"},
		{[]string{"environments.*.waves.*.regions"}, Steps, "a new region: bootstrap it, deploy its artifacts stack, push it in dark, and out of dark once its services are released; one that goes: push it in dark, push without it, then delete its stacks"},
		{[]string{"environments.*.waves.*.bake"}, NextDeployment, "deployments that run keep theirs"},
		{[]string{"environments.*.dark"}, NextDeployment, "the platform pipeline deletes or creates the region's latency records and changes nothing else; caches forget a record after a minute"},
		{[]string{"defaults"}, NextRelease, "as the same key of a service"},
		{[]string{"services"}, NextDeployment, "a new service: the platform pipeline creates its repositories, then deploy its pipeline; a new name is a new service; before removing one, delete its stacks"},
		{[]string{"services.*.source"}, NextDeployment, "the service's pipeline updates itself when it runs next; push or upload the code to its new place first, or, where the platform pipeline makes that, a repository of CodeCommit or the bucket, as soon as it has; an old repository of CodeCommit stays behind"},
		{[]string{"services.*.source.filter", "services.*.source.filePaths"}, NextDeployment, "with codecommit the platform pipeline adds the filter, and at its end starts the service's pipeline, which gives up its own trigger: a push between the two may release twice; where the filter goes, pushes between the two start nothing, and somebody starts the service's pipeline by hand"},
		{[]string{"services.*.build"}, NextRelease, "the service's pipeline updates itself when it runs next, starts again, and tests and builds by it"},
		{[]string{"services.*.build.architecture"}, NextRelease, "it changes the image and the tasks together"},
		{[]string{"services.*.build.gates", "services.*.build.coverageMinimum", "services.*.build.testTimeout"}, NextDeployment, "the service's pipeline updates itself when it runs next, and what it looks at then must pass"},
		{[]string{"services.*.cpu", "services.*.memoryMiB", "services.*.variables", "services.*.command", "services.*.healthCommand", "services.*.healthGraceSeconds",
			"services.*.writablePaths", "services.*.keepVolumePermissions"},
			NextRelease, "all of it is the task definition"},
		{[]string{"services.*.secrets"}, NextRelease, "to remove one, release a version that does not need it first: a rollback restores tasks, not permissions"},
		{[]string{"services.*.http.port", "services.*.http.protocol"}, Never, newService},
		{[]string{"services.*.http.health"}, Steps, twoSteps},
		{[]string{"services.*.http.graceSeconds"}, Never, newService},
		{[]string{"services.*.expose.internal", "services.*.expose.internal.port", "services.*.expose.path", "services.*.expose.host", "services.*.expose.priority"}, Never, newService},
		{[]string{"services.*.expose.block"}, NextDeployment, "the platform pipeline updates the web ACL"},
		{[]string{"services.*.scale"}, NextDeployment, "the number of running tasks follows on its own; while a peak goes on, any change sets min and max back to the service's own"},
		{[]string{"services.*.release.engine"}, Never, newService},
		{[]string{"services.*.release.strategy", "services.*.release.percent", "services.*.release.interval"}, NextDeployment, "the deployment group changes before the release of the same execution; with the engine ecs the service does"},
		{[]string{"services.*.release.minHealthyPercent", "services.*.release.maxHealthyPercent"}, NextDeployment, "only for the engine rolling"},
		{[]string{"services.*.alarms"}, NextDeployment, "before the release of the same execution, which they already watch; nothing frozen knows them"},
		{[]string{"services.*.checks", "services.*.release.checkTimeout"}, NextDeployment, "before the release of the same execution, which they already decide on; nothing frozen knows them. A canary asks those that only read from then on, too, and with codedeploy that is the old version: add a check after the release of what answers it"},
		{[]string{"services.*.tests"}, NextDeployment, "the service's pipeline updates itself and its stacks when it runs next, and that release must pass them; what is removed takes its log and its reports along"},
		{[]string{"services.*.synthetics"}, NextDeployment, "the canary changes before the release of the same execution; off, it goes with its alarm, and its results and log stay"},
		{[]string{"services.*.logRetentionDays"}, NextDeployment, "older events are deleted, and do not come back"},
		{[]string{"services.*.overrides"}, NextRelease, "as the same key of the service, in that environment"},
	}
}
