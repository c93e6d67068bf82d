package cfn_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/storeship/storeship/internal/cfn"
)

// Catches: a property of which the specification says something else, or what is in it.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		typ  string
		path []string
		want cfn.Update
	}{
		{"AWS::S3::Bucket", []string{"BucketName"}, cfn.Replacement},
		{"AWS::S3::Bucket", []string{"VersioningConfiguration", "Status"}, cfn.InPlace},
		{"AWS::ECS::TaskDefinition", []string{"ContainerDefinitions", "0", "Image"}, cfn.Replacement},
		{"AWS::RDS::DBInstance", []string{"MultiAZ"}, cfn.Conditional},
		{"AWS::S3::StorageLens", []string{"StorageLensConfiguration", "Id"}, cfn.Replacement},
		{"AWS::S3::StorageLens", []string{"StorageLensConfiguration", "IsEnabled"}, cfn.InPlace},
		{"AWS::S3::StorageLens", []string{"StorageLensConfiguration"}, cfn.InPlace},
		{"Custom::Thing", []string{"A"}, cfn.Unknown},
		{"AWS::New::Thing", nil, cfn.Unknown},
	} {
		if got := cfn.Of(c.typ, c.path...); got != c.want {
			t.Errorf("%s %v: got %s, want %s", c.typ, c.path, got, c.want)
		}
	}
}

// Catches: data that is torn or of a specification that was cut short.
func TestData(t *testing.T) {
	if !regexp.MustCompile(`^aws-cdk \d+\.\d+\.\d+$`).MatchString(cfn.Version()) {
		t.Errorf("version is %q", cfn.Version())
	}
	if n := cfn.Types(); n < 1500 {
		t.Errorf("there are %d types", n)
	}
	if !cfn.Stateful("AWS::DynamoDB::Table") || cfn.Stateful("AWS::IAM::Role") || cfn.Stateful("Custom::Thing") || !cfn.Known("AWS::IAM::Role") || cfn.Known("Custom::Thing") {
		t.Error("says of types what they are not")
	}
	if got := cfn.Identifier("AWS::S3::Bucket"); !slices.Equal(got, []string{"BucketName"}) {
		t.Errorf("a bucket is named by %v", got)
	}
}
