package registry_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/registry"
)

// resources synthesizes a key and a repository, and returns what CloudFormation gets, by type.
func resources(t *testing.T, change func(*registry.RepositoryProps)) map[string]map[string]any {
	t.Helper()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Registry"), nil)
	key := registry.NewKey(stack, "Key", &registry.KeyProps{Alias: "alias/shop-registry"})
	props := &registry.RepositoryProps{Name: "shop/catalog", Key: key.Key}
	if change != nil {
		change(props)
	}
	registry.NewRepository(stack, "Catalog", props)
	template := app.Synth(nil).GetStackArtifact(stack.ArtifactId()).Template().(map[string]any)
	byType := map[string]map[string]any{}
	for _, r := range template["Resources"].(map[string]any) {
		r := r.(map[string]any)
		byType[r["Type"].(string)] = r
	}
	return byType
}

// Catches tags that can move, images that nobody scans or that have no key of ours, and a repository that goes with its
// stack, or whose failed creation cannot be repeated.
func TestRepository(t *testing.T) {
	r := resources(t, nil)["AWS::ECR::Repository"]
	if r["DeletionPolicy"] != "RetainExceptOnCreate" || r["UpdateReplacePolicy"] != "Retain" {
		t.Errorf("policies: %v, %v", r["DeletionPolicy"], r["UpdateReplacePolicy"])
	}
	p := r["Properties"].(map[string]any)
	got := fmt.Sprint(p["RepositoryName"], p["ImageTagMutability"], p["ImageScanningConfiguration"], p["EncryptionConfiguration"], p["EmptyOnDelete"])
	for _, want := range []string{"shop/catalog", "IMMUTABLE", "ScanOnPush:true", "EncryptionType:KMS", "KmsKey:map[Fn::GetAtt:[Key", "<nil>"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	if p["RepositoryPolicyText"] != nil {
		t.Errorf("lets someone in: %v", p["RepositoryPolicyText"])
	}
}

// Catches a rule that expires released images, or tagged ones by their age: an environment may run them; and one that expires signatures,
// which have no tag.
func TestLifecycle(t *testing.T) {
	want := "[{1 {tagged imageCountMoreThan [released-] [] 100000}} {2 {tagged imageCountMoreThan [] [*] 500}}]"
	if got := fmt.Sprint(lifecycle(t)); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

type lifecycleRule struct {
	RulePriority int
	Selection    struct {
		TagStatus, CountType          string
		TagPrefixList, TagPatternList []string
		CountNumber                   int
	}
}

func lifecycle(t *testing.T) []lifecycleRule {
	t.Helper()
	r := resources(t, nil)["AWS::ECR::Repository"]
	text := r["Properties"].(map[string]any)["LifecyclePolicy"].(map[string]any)["LifecyclePolicyText"]
	var policy struct{ Rules []lifecycleRule }
	if err := json.Unmarshal([]byte(text.(string)), &policy); err != nil {
		t.Fatal(err)
	}
	return policy.Rules
}

// Catches a policy that names a role, which ECR refuses while the role does not exist; one without a bound; and one that
// allows more than to pull.
func TestPullers(t *testing.T) {
	r := resources(t, func(p *registry.RepositoryProps) {
		p.Pullers = []registry.Puller{
			{Account: "222222222222", RolePattern: "shop-beta-*-execution"},
			{Account: "333333333333", RolePattern: "shop-gamma-*-execution"},
			{Account: "333333333333", RolePattern: "shop-delta-*-execution"},
		}
	})
	statements := r["AWS::ECR::Repository"]["Properties"].(map[string]any)["RepositoryPolicyText"].(map[string]any)["Statement"].([]any)
	if len(statements) != 1 {
		t.Fatalf("statements: %v", statements)
	}
	s := statements[0].(map[string]any)
	if got := fmt.Sprint(s["Action"]); got != "[ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer]" {
		t.Errorf("actions: %s", got)
	}
	principals := s["Principal"].(map[string]any)["AWS"].([]any)
	if got := fmt.Sprint(principals); len(principals) != 2 || !strings.Contains(got, "222222222222:root") || !strings.Contains(got, "333333333333:root") {
		t.Errorf("principals: %s", got)
	}
	want := "map[ArnLike:map[aws:PrincipalArn:[arn:aws:iam::222222222222:role/shop-beta-*-execution" +
		" arn:aws:iam::333333333333:role/shop-gamma-*-execution arn:aws:iam::333333333333:role/shop-delta-*-execution]]]"
	if got := fmt.Sprint(s["Condition"]); got != want {
		t.Errorf("condition: %s", got)
	}
}

// Catches a key that does not rotate, or that goes with its stack and takes every image with it.
func TestKey(t *testing.T) {
	all := resources(t, nil)
	key := all["AWS::KMS::Key"]
	if key["DeletionPolicy"] != "RetainExceptOnCreate" || key["Properties"].(map[string]any)["EnableKeyRotation"] != true {
		t.Errorf("key: %v", key)
	}
	if got := all["AWS::KMS::Alias"]["Properties"].(map[string]any)["AliasName"]; got != "alias/shop-registry" {
		t.Errorf("alias: %v", got)
	}
}

// Catches a constructor that goes on with wrong props, or that does not say where it stands.
func TestRepositoryPanics(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Registry"), nil)
	defer func() {
		err, ok := recover().(*node.Error)
		if !ok || !strings.HasPrefix(err.Error(), "registry.Repository Registry/Catalog:\n  Name: required\n") {
			t.Errorf("got %v", err)
		}
	}()
	registry.NewRepository(stack, "Catalog", nil)
}
