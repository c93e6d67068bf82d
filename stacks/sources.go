package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
)

// Sources is the stack of what the services' code is kept in within AWS, in the tools region.
type Sources struct {
	// Stack is what CloudFormation deploys: one per store.
	Stack awscdk.Stack
	// Repositories of CodeCommit by name; services of a monorepo share one.
	Repositories map[string]*source.Repository
	// Bucket takes the uploads of services with provider s3. Nil where there are none.
	Bucket *source.Bucket
	// Filters start the services of monorepos in CodeCommit, in the order of [environment.Plan.ChangeFilters].
	Filters []*build.ChangeFilter

	plan *environment.Plan
	key  awskms.IKey
}

// NewSources creates the stack of the services' sources; nil where the code of all services is elsewhere. Repositories are
// encrypted with CodeCommit's own key: with a customer key every developer who pushes would need a grant on it.
func NewSources(scope constructs.Construct, plan *environment.Plan) *Sources {
	if !plan.HasSources() {
		return nil
	}
	store := plan.Store
	s := &Sources{plan: plan, Repositories: map[string]*source.Repository{}}
	s.Stack = toolsStack(scope, store, "Sources", store.SourcesStackName(), "Source repositories of "+store.Name, store.Tools.Region)
	for _, name := range plan.Repositories() {
		s.Repositories[name] = source.NewRepository(s.Stack, name, &source.RepositoryProps{
			Name:        name,
			Description: "Services of " + store.Name,
		})
	}
	if plan.HasSourceBucket() {
		s.Bucket = source.NewBucket(s.Stack, "Uploads", &source.BucketProps{
			Name: store.SourceBucketName(), LogsName: store.SourceLogBucketName(), Key: s.artifactKey(),
		})
	}
	s.addFilters()
	return s
}

// artifactKey is the key of the artifacts, which code becomes: whoever reads one may read the other.
func (s *Sources) artifactKey() awskms.IKey {
	if s.key == nil {
		name := s.plan.Store.ToolsParameter(environment.ArtifactKeyARN)
		s.key = awskms.Key_FromKeyArn(s.Stack, jsii.String("ArtifactKey"), awsssm.StringParameter_ValueForStringParameter(s.Stack, &name, nil))
	}
	return s.key
}

// addFilters adds what looks at the pushes to monorepos. It stands here, and not in a pipeline's stack, because it starts
// several of them; it names them literally.
func (s *Sources) addFilters() {
	filters := s.plan.ChangeFilters()
	if len(filters) == 0 {
		return
	}
	store := s.plan.Store
	logs := awslogs.NewLogGroup(s.Stack, jsii.String("ChangesLogs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(store.ChangesLogGroupName()),
		Retention:     awslogs.RetentionDays_ONE_YEAR,
		EncryptionKey: s.artifactKey(),
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	for _, f := range filters {
		props := &build.ChangeFilterProps{
			Account: store.Tools.Account, Region: store.Tools.Region,
			Repository: f.Repository, Branch: f.Branch, LogGroup: logs, Key: s.artifactKey(),
		}
		for _, service := range f.Services {
			props.Pipelines = append(props.Pipelines, build.FilteredPipeline{
				Name:      store.PipelineName(service.Service),
				Stack:     store.PipelineStackName(service.Service),
				FilePaths: service.FilePaths,
			})
		}
		s.Filters = append(s.Filters, build.NewChangeFilter(s.Stack, "Changes-"+f.Repository+"@"+f.Branch, props))
	}
}

// providerOf is where the code of src is, for a pipeline that stands in stack and has the artifact key.
func providerOf(stack awscdk.Stack, store *environment.Store, src environment.Source, key awskms.IKey) source.Provider {
	switch {
	case src.Provider.Connected():
		return source.Connection(&source.ConnectionProps{
			ARN: src.Connection, Owner: src.Owner, Repository: src.Repository, Branch: src.Branch, FilePaths: src.FilePaths,
		})
	case src.Provider == environment.S3:
		bucket := awss3.Bucket_FromBucketAttributes(stack, jsii.String("SourceBucket"), &awss3.BucketAttributes{
			BucketName: jsii.String(store.SourceBucketName()), EncryptionKey: key,
		})
		return source.S3(&source.S3Props{Bucket: bucket, Key: src.Key})
	}
	return source.CodeCommit(src.Repository, src.Branch)
}
