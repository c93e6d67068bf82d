package test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Catches: a scan that cannot keep the bill of materials, or one of another pipeline that can change it afterwards; and a build that
// runs the delivery repository's code and says what an image is made of.
func TestBillsOfMaterials(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	home := p.Store.Tools.Region
	object := func(of, key string) string {
		return "arn:aws:s3:::" + p.Store.ArtifactBucketName(home) + "/_sbom/" + p.Store.PipelineName(of) + "/" + key + ".cdx.json"
	}
	for _, name := range names(p) {
		sca, scan := toolsRole(p.Store.SCARoleName(name)), toolsRole(p.Store.ImageScanRoleName(name))
		a.can("codebuild.amazonaws.com", "sts:AssumeRole", sca, keys("aws:SourceAccount", tools))
		a.can(sca, "s3:PutObject", object(name, "source/x"), nil)
		a.can(scan, "s3:PutObject", object(name, "image/x"), nil)
		for _, role := range []string{sca, scan} {
			a.can(role, "inspector-scan:ScanSbom", "*", nil)
			a.can(role, "kms:GenerateDataKey", a.artifactKey(p, home), viaS3(home))
			a.cannot(role, "s3:DeleteObject s3:DeleteObjectVersion", object(name, "source/x"), nil)
			a.cannot(role, "s3:DeleteObject s3:DeleteObjectVersion", object(name, "image/x"), nil)
			if name != "ui" {
				a.cannot(role, "s3:PutObject", object("ui", "source/x"), nil)
				a.cannot(role, "s3:PutObject", object("ui", "image/x"), nil)
			}
		}
		a.cannot(sca, "s3:PutObject", object(name, "image/x"), nil)
		a.cannot(scan, "s3:PutObject", object(name, "source/x"), nil)
		for _, role := range []string{
			toolsRole(p.Store.PipelineRoleName(name)), a.projectRole(p.Store.PipelineStackName(name), "Synth"),
		} {
			a.cannot(role, "s3:PutObject s3:DeleteObject", object(name, "source/x"), nil)
			a.cannot(role, "s3:PutObject s3:DeleteObject", object(name, "image/x"), nil)
		}
		repository := p.Store.RepositoryARN(name, home)
		a.can(scan, "ecr:GetAuthorizationToken", "*", nil)
		a.can(scan, "ecr:BatchGetImage ecr:GetDownloadUrlForLayer", repository, nil)
		a.cannot(sca, "ecr:BatchGetImage", repository, nil)
	}
	// What is asked for years later must not expire.
	for _, b := range a.cloud.Of("AWS::S3::Bucket") {
		if !strings.HasPrefix(b.Name, p.Store.Name+"-artifacts-") {
			continue
		}
		for _, r := range b.Properties["LifecycleConfiguration"].(map[string]any)["Rules"].([]any) {
			r := r.(map[string]any)
			prefix, _ := r["Prefix"].(string)
			expires := r["ExpirationInDays"] != nil || r["NoncurrentVersionExpiration"] != nil
			require.False(t, expires && strings.HasPrefix("_sbom/", prefix), "%s: %v", b.Name, r)
		}
	}
}

// Catches: images that are pushed with no right to sign them, or with another profile than the registry of that region has; a registry
// that signs nobody's repositories or all; and a step that asks for a signature in regions that it may not look into.
func TestSigning(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	profiles, rules := map[string]string{}, map[string]map[string]any{}
	for _, r := range a.cloud.Of("AWS::Signer::SigningProfile") {
		require.Equal(t, "Notation-OCI-SHA384-ECDSA", r.Properties["PlatformId"])
		profiles[r.Region] = r.Properties["ProfileName"].(string)
	}
	for _, r := range a.cloud.Of("AWS::ECR::SigningConfiguration") {
		require.Len(t, r.Properties["Rules"], 1)
		rules[r.Region] = r.Properties["Rules"].([]any)[0].(map[string]any)
	}
	require.Len(t, profiles, len(p.Store.Regions()))
	for _, region := range p.Store.Regions() {
		profile := "arn:aws:signer:" + region + ":" + tools + ":/signing-profiles/" + profiles[region]
		filters := rules[region]["RepositoryFilters"].([]any)
		require.Equal(t, []any{map[string]any{"Filter": "retail-store/*", "FilterType": "WILDCARD_MATCH"}}, filters, region)
		for _, name := range names(p) {
			stack := p.Store.PipelineStackName(name)
			for _, project := range []string{"BuildPackage", "MarkReleased"} {
				a.can(a.projectRole(stack, project), "signer:SignPayload", profile, nil)
				a.cannot(a.projectRole(stack, project), "signer:SignPayload", profile+"2", nil)
				a.cannot(a.projectRole(stack, project), "signer:CancelSigningProfile signer:RevokeSignature", profile, nil)
			}
			verify := a.projectRole(stack, "VerifySignature")
			a.can(verify, "ecr:DescribeImageSigningStatus", p.Store.RepositoryARN(name, region), nil)
			a.cannot(verify, "signer:SignPayload", profile, nil)
			require.True(t, strings.HasPrefix(p.Store.RepositoryName(name), "retail-store/"))
		}
	}
}
