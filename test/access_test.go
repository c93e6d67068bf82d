package test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/test/cloud"
)

// access asks a cloud who may do what, and fails the test where the answer is not the expected one.
type access struct {
	t     *testing.T
	cloud *cloud.Cloud
	asked int
}

// keys are condition keys of a call, as name and value in turn.
func keys(pairs ...string) map[string][]string {
	m := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = []string{pairs[i+1]}
	}
	return m
}

func (a *access) ask(want bool, who, action, resource string, context map[string][]string) {
	a.t.Helper()
	a.asked++
	d, err := a.cloud.Can(who, action, resource, context)
	require.NoError(a.t, err, "%s %s %s", who, action, resource)
	if d.Allowed != want {
		a.t.Errorf("%s\n  %s\n  %s\n  %v\n  allowed: %t, want %t: %s", who, action, resource, context, d.Allowed, want, d.Why)
	}
}

// can requires that who may do all actions on the resource.
func (a *access) can(who, actions, resource string, context map[string][]string) {
	a.t.Helper()
	for _, action := range strings.Fields(actions) {
		a.ask(true, who, action, resource, context)
	}
}

// cannot requires that who may do none of the actions on the resource.
func (a *access) cannot(who, actions, resource string, context map[string][]string) {
	a.t.Helper()
	for _, action := range strings.Fields(actions) {
		a.ask(false, who, action, resource, context)
	}
}

// one returns the ARN of the only resource of that type in a stack whose logical id holds the text.
func (a *access) one(stack, typ, text string) string {
	a.t.Helper()
	var found []string
	for _, r := range a.cloud.Of(typ) {
		if r.Stack == stack && strings.Contains(r.LogicalID, text) {
			found = append(found, r.ARN)
		}
	}
	require.Len(a.t, found, 1, "%s like %s in %s", typ, text, stack)
	return found[0]
}

// projectRole is the role of the CodeBuild project of an action.
func (a *access) projectRole(stack, project string) string {
	a.t.Helper()
	for _, r := range a.cloud.Of("AWS::CodeBuild::Project") {
		if r.Stack == stack && strings.Contains(r.LogicalID, project) {
			return r.Properties["ServiceRole"].(string)
		}
	}
	require.Fail(a.t, "no project "+project+" in "+stack)
	return ""
}

// artifactKey is the key of the artifacts in a region.
func (a *access) artifactKey(p *environment.Plan, region string) string {
	a.t.Helper()
	for _, r := range a.cloud.Of("AWS::KMS::Key") {
		if r.Stack == p.Store.ArtifactsStackName() && r.Region == region {
			return r.ARN
		}
	}
	require.Fail(a.t, "no artifact key in "+region)
	return ""
}

func bootstrapRole(kind, account, region string) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/cdk-hnb659fds-%s-role-%s-%s", account, kind, account, region)
}

func toolsRole(name string) string { return "arn:aws:iam::" + tools + ":role/" + name }

// viaS3 is the condition keys of a call that S3 makes to KMS for somebody.
func viaS3(region string) map[string][]string {
	return keys("kms:ViaService", "s3."+region+".amazonaws.com")
}

func simulate(t *testing.T) (*access, *environment.Plan) {
	t.Helper()
	return &access{t: t, cloud: deploy(t, store)}, plan(t)
}
