package build_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// statements are those of the inline policy whose logical id begins with role.
func statements(t *testing.T, role string) []map[string]any {
	t.Helper()
	for id, p := range resources("AWS::IAM::Policy") {
		if strings.HasPrefix(id, role) {
			var all []map[string]any
			for _, s := range p["Properties"].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
				all = append(all, s.(map[string]any))
			}
			return all
		}
	}
	t.Fatalf("no policy of %s", role)
	return nil
}

// list reads what may be one value or several.
func list(v any) []string {
	if many, ok := v.([]any); ok {
		var all []string
		for _, one := range many {
			all = append(all, fmt.Sprint(one))
		}
		return all
	}
	return []string{fmt.Sprint(v)}
}

// allowed are the resources on which the role may do action.
func allowed(t *testing.T, role, action string) []string {
	t.Helper()
	var on []string
	for _, s := range statements(t, role) {
		if slices.Contains(list(s["Action"]), action) {
			on = append(on, list(s["Resource"])...)
		}
	}
	return on
}

// Catches a step that lacks what its commands call, or may do it elsewhere too.
func TestPermissions(t *testing.T) {
	repositories := []string{
		"arn:aws:ecr:eu-west-1:111111111111:repository/shop/catalog",
		"arn:aws:ecr:us-east-1:111111111111:repository/shop/catalog",
		"arn:aws:ecr:us-west-2:111111111111:repository/shop/catalog",
	}
	profiles := []string{
		"arn:aws:signer:eu-west-1:111111111111:/signing-profiles/shop_images",
		"arn:aws:signer:us-east-1:111111111111:/signing-profiles/shop_images",
		"arn:aws:signer:us-west-2:111111111111:/signing-profiles/shop_images",
	}
	artifacts := []string{"arn:aws:s3:::shop-artifacts/*"}
	code := []string{"arn:aws:codecommit:us-west-2:111111111111:shop-catalog"}
	for _, c := range []struct {
		role, action string
		on           []string
	}{
		{"PackageRole", "ecr:PutImage", repositories},
		{"PackageRole", "ecr:UploadLayerPart", repositories},
		{"PackageRole", "ecr:BatchGetImage", repositories},
		{"PackageRole", "ecr:GetAuthorizationToken", []string{"*"}},
		{"PackageRole", "codecommit:GitPull", code},
		{"PackageRole", "s3:GetObject", artifacts},
		{"PackageRole", "s3:PutObject", artifacts}, // the packed source
		{"MarkReleasedRole", "ecr:PutImage", repositories},
		{"GoRole", "ecr:PutImage", nil},
		{"GoRole", "codecommit:GitPull", code},
		{"GoRole", "codebuild:CreateReportGroup", nil},
		{"GoRole", "s3:PutObject", nil},
		{"SecretsRole", "codecommit:GitPull", code},
		{"SecretsRole", "s3:PutObject", nil},
		{"SecretsRole", "codebuild:CreateReportGroup", nil},
		{"SecretsRole", "ecr:PutImage", nil},
		{"PackageRole", "signer:SignPayload", profiles},
		{"MarkReleasedRole", "signer:SignPayload", profiles},
		{"VerifySignatureRole", "ecr:DescribeImageSigningStatus", repositories},
		{"VerifySignatureRole", "signer:SignPayload", nil},
		{"VerifySignatureRole", "ecr:PutImage", nil},
		{"SCARole", "s3:PutObject", []string{"arn:aws:s3:::shop-artifacts/_sbom/shop-sca/source/*"}},
		{"SCARole", "inspector-scan:ScanSbom", []string{"*"}},
		{"SCARole", "ecr:BatchGetImage", nil},
		{"SCARole", "codecommit:GitPull", code},
		{"OwnSCARole", "inspector-scan:ScanSbom", nil},
		{"VerifySignatureRole", "codecommit:GitPull", code},
		{"ImageScanRole", "s3:PutObject", []string{"arn:aws:s3:::shop-artifacts/_sbom/shop-imagescan/image/*"}},
		{"ImageScanRole", "inspector-scan:ScanSbom", []string{"*"}},
		{"ImageScanRole", "ecr:BatchGetImage", repositories[2:]},
		{"ImageScanRole", "ecr:GetAuthorizationToken", []string{"*"}},
		{"ImageScanRole", "ecr:PutImage", nil},
		{"ImageScanRole", "signer:SignPayload", nil},
		{"OwnScanRole", "ecr:GetDownloadUrlForLayer", repositories[2:]},
		{"SynthRole", "s3:PutObject", artifacts},
		{"SynthRole", "codecommit:GitPull", []string{"arn:aws:codecommit:us-west-2:111111111111:shop-delivery"}},
		{"CheckRole", "sts:AssumeRole", []string{inspector}},
		{"CheckRole", "ecr:GetAuthorizationToken", nil},
		{"CheckRole", "codecommit:GitPull", nil},
	} {
		if got := allowed(t, c.role, c.action); !slices.Equal(got, c.on) {
			t.Errorf("%s may %s on %q, want %q", c.role, c.action, got, c.on)
		}
	}
}

// Catches actions by wildcard, and wildcard resources that no one acknowledged.
func TestWildcards(t *testing.T) {
	for id, p := range resources("AWS::IAM::Policy") {
		if strings.HasPrefix(id, "Pipeline") {
			continue // What CDK Pipelines makes for itself.
		}
		acknowledged := fmt.Sprint(p["Metadata"])
		for _, s := range p["Properties"].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			s := s.(map[string]any)
			for _, action := range list(s["Action"]) {
				if strings.Contains(action, "*") {
					t.Errorf("%s: %s", id, action)
				}
			}
			for _, resource := range list(s["Resource"]) {
				if strings.Contains(resource, "*") && !strings.Contains(acknowledged, "[Resource::"+resource+"]") {
					t.Errorf("%s: %s is not acknowledged", id, resource)
				}
			}
		}
	}
}

// Catches a shared role whose policy grows with every step, past the 10,240 characters of an inline policy.
func TestSharedRoleStaysSmall(t *testing.T) {
	if got := len(statements(t, "CheckRole")); got != 5 {
		t.Errorf("five steps share the role and it has %d statements: %v", got, statements(t, "CheckRole"))
	}
	for id, p := range resources("AWS::IAM::Policy") {
		if strings.HasPrefix(id, "CheckRole") {
			if got := strings.Count(fmt.Sprint(p["Metadata"]), "applies_to"); got != 1 {
				t.Errorf("%d acknowledgements of one finding", got)
			}
		}
	}
}

// Catches a role that another account's CodeBuild could take.
func TestRoleTrust(t *testing.T) {
	for id, r := range resources("AWS::IAM::Role") {
		if !strings.HasPrefix(id, "CheckRole") {
			continue
		}
		properties := r["Properties"].(map[string]any)
		got := fmt.Sprint(properties["AssumeRolePolicyDocument"], properties["RoleName"])
		for _, want := range []string{"codebuild.amazonaws.com", "aws:SourceAccount:111111111111", "shop-catalog-us-west-2-check"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s", got, want)
			}
		}
	}
}

// Catches privileged mode where no image is built, or without its acknowledgement; the wrong image or host for an
// architecture; logs outside the pipeline's group; and an open timeout.
func TestProjects(t *testing.T) {
	for step, want := range map[string]string{
		"Go":           "LINUX_CONTAINER aws/codebuild/standard:8.0 false BUILD_GENERAL1_MEDIUM 10 map[golang:1.25]",
		"Java":         "LINUX_CONTAINER aws/codebuild/standard:8.0 true BUILD_GENERAL1_MEDIUM 10 map[java:corretto21]",
		"Own":          "ARM_CONTAINER aws/codebuild/amazonlinux-aarch64-standard:4.0 false BUILD_GENERAL1_MEDIUM 10 map[]",
		"Secrets":      "LINUX_CONTAINER aws/codebuild/standard:8.0 false BUILD_GENERAL1_SMALL 10 map[]",
		"SAST":         "LINUX_CONTAINER aws/codebuild/standard:8.0 false BUILD_GENERAL1_MEDIUM 10 map[python:3.13]",
		"Package":      "LINUX_CONTAINER aws/codebuild/standard:8.0 true BUILD_GENERAL1_MEDIUM 60 map[golang:1.25]",
		"Synth":        "LINUX_CONTAINER aws/codebuild/standard:8.0 false BUILD_GENERAL1_MEDIUM 60 map[golang:1.25 nodejs:22]",
		"Contract":     "LINUX_CONTAINER aws/codebuild/standard:8.0 false BUILD_GENERAL1_SMALL 10 map[]",
		"Url":          "LINUX_CONTAINER aws/codebuild/standard:8.0 false BUILD_GENERAL1_SMALL 13 map[]",
		"MarkReleased": "LINUX_CONTAINER aws/codebuild/standard:8.0 false BUILD_GENERAL1_SMALL 30 map[golang:1.25]",
	} {
		p := projectOf(t, step)
		e := p.properties["Environment"].(map[string]any)
		got := fmt.Sprint(e["Type"], " ", e["Image"], " ", e["PrivilegedMode"], " ", e["ComputeType"], " ",
			p.properties["TimeoutInMinutes"], " ", p.spec.Phases["install"].Runtimes)
		if got != want {
			t.Errorf("%s: %s, want %s", step, got, want)
		}
		logs := fmt.Sprint(p.properties["LogsConfig"])
		if !strings.Contains(logs, "StreamName:"+step) || !strings.Contains(logs, "Ref:Logs") {
			t.Errorf("%s: %s", step, logs)
		}
	}
	for id, r := range resources("AWS::CodeBuild::Project") {
		if strings.HasSuffix(fmt.Sprint(r["Properties"].(map[string]any)["Description"]), "/Package") &&
			!strings.Contains(fmt.Sprint(r["Metadata"]), "AwsSolutions-CB3") {
			t.Errorf("%s is not acknowledged", id)
		}
	}
}

// Catches reports in groups that CodeBuild makes as it goes, or of a format or folder that it cannot read.
func TestReports(t *testing.T) {
	for step, want := range map[string][2]string{
		"Go":     {"reports/junit.xml", "COBERTURAXML reports/coverage.xml"},
		"Java":   {"target/surefire-reports/*.xml", "JACOCOXML target/site/jacoco/jacoco.xml"},
		"Node":   {"reports/junit.xml", "CLOVERXML reports/clover.xml"},
		"Python": {"reports/junit.xml", "COBERTURAXML reports/coverage.xml"},
		"Own":    {"**/out/*.xml", " "},
	} {
		group := "arn:aws:codebuild:us-west-2:111111111111:report-group/shop-" + strings.ToLower(step)
		reports := projectOf(t, step).spec.Reports
		unit, coverage := reports[group+"-unit-tests"], reports[group+"-coverage"]
		if unit.Folder != "src/app" || strings.Join(unit.Files, " ") != want[0] || unit.Format != "JUNITXML" {
			t.Errorf("%s: unit tests: %+v", step, unit)
		}
		if got := coverage.Format + " " + strings.Join(coverage.Files, " "); got != want[1] {
			t.Errorf("%s: coverage: %s", step, got)
		}
	}
	names := map[string]bool{}
	for _, r := range resources("AWS::CodeBuild::ReportGroup") {
		if r["DeletionPolicy"] != "RetainExceptOnCreate" {
			t.Errorf("deletion: %v", r["DeletionPolicy"])
		}
		names[fmt.Sprint(r["Properties"].(map[string]any)["Name"])] = true
	}
	if !names["shop-go-unit-tests"] || !names["shop-go-coverage"] || names["shop-own-coverage"] {
		t.Errorf("groups: %v", names)
	}
}
