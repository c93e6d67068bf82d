package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/test/harness"
)

// reviewRun is a tools account, as far as the steps Review and Baseline of the platform's pipeline see it, and the program that
// they run.
type reviewRun struct {
	t              *testing.T
	state, program string
}

func newReviewRun(t *testing.T) *reviewRun {
	t.Helper()
	r := &reviewRun{t, t.TempDir(), filepath.Join(t.TempDir(), "storeship")}
	build := exec.Command("go", "build", "-buildvcs=false", "-o", r.program, "./apps/storeship")
	build.Dir = harness.Root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return r
}

// run executes an action of the platform's pipeline after the synth that made out, and returns what it said.
func (r *reviewRun) run(out *harness.Output, action string) (said string, err error) {
	r.t.Helper()
	commands, variables := platformBuild(r.t, out, action)
	require.NotEmpty(r.t, commands)
	home, bin, src := r.t.TempDir(), r.t.TempDir(), r.t.TempDir()
	stub, err := os.ReadFile(filepath.Join(harness.Root, "constructs/build/testdata/stubs/aws-review"))
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(filepath.Join(bin, "aws"), stub, 0o755))
	program, err := os.ReadFile(r.program)
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(filepath.Join(src, "storeship"), program, 0o644))
	packed, err := exec.Command("bash", "-c", `cd "$0" && find . -name manifest.json -o -name '*.template.json' | tar -czf "$1/assembly.tar.gz" -T -`, out.Dir, src).CombinedOutput()
	require.NoError(r.t, err, string(packed))
	// The first command does it; what follows exports what it found.
	cmd := exec.Command("bash", "-c", commands[0])
	cmd.Dir = src
	cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "HOME=" + home, "STATE=" + r.state}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// release reviews, and where that passes keeps what was released.
func (r *reviewRun) release(out *harness.Output) (said string, err error) {
	r.t.Helper()
	if said, err = r.run(out, "Review"); err == nil {
		kept, err := r.run(out, "Baseline")
		require.NoError(r.t, err, kept)
	}
	return said, err
}

// Catches: a review that does not find what the release before has kept, takes it for something else than the synth wrote, or
// cannot be told that a person lets a change pass. It runs the steps of the synthesized pipeline with the real program.
func TestReviewOverTheLifeOfAStore(t *testing.T) {
	t.Parallel()
	r := newReviewRun(t)
	before, wide := dispatched(t, nil), dispatched(t, nil, "approval: {}, domain", "approval: {}, network: {cidr: 10.3.0.0/16}, domain")
	said, err := r.release(before)
	require.NoError(t, err, said)
	require.Contains(t, said, "there is nothing to compare with")
	said, err = r.release(before)
	require.NoError(t, err, said)
	require.Contains(t, said, "Nothing to say against it.")
	said, err = r.release(dispatched(t, nil, larger...))
	require.NoError(t, err, said)

	said, err = r.release(wide)
	require.Error(t, err, said)
	require.Contains(t, said, "will-fail  AWS::ECS::Service Service/Service/Service: NetworkConfiguration  (frozen-value)")
	command := regexp.MustCompile(`\n  aws ssm put-parameter --region us-west-2 --name (\S+) --type String --overwrite --value ([0-9a-f]{64})\n`).FindStringSubmatch(said)
	require.NotNil(t, command, said)
	parameter := filepath.Join(r.state, "ssm"+command[1])
	require.NoError(t, os.MkdirAll(filepath.Dir(parameter), 0o755))
	require.NoError(t, os.WriteFile(parameter, []byte(command[2]+"\n"), 0o644))
	said, err = r.release(wide)
	require.NoError(t, err, said)
	require.Contains(t, said, "accepted: this very change was let pass")
	// What was let pass is the way there, not the way back.
	said, err = r.release(before)
	require.Error(t, err, said)
	said, err = r.release(wide)
	require.NoError(t, err, said)
	require.Contains(t, said, "Nothing to say against it.")
}

// Catches: a review whose role cannot read what it compares with; a pipeline that keeps its release in another's place, or lets
// its own change pass.
func TestReviewer(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	home := p.Store.Tools.Region
	bucket := "arn:aws:s3:::" + p.Store.ArtifactBucketName(home)
	names := []string{environment.PlatformName}
	for _, s := range p.Services {
		names = append(names, s.Name)
	}
	for i, name := range names {
		stack, other := p.Store.PipelineStackName(name), names[(i+1)%len(names)]
		object := func(name string) string {
			return "_released/" + p.Store.PipelineName(name) + "/assembly.tar.gz"
		}
		accepted := "arn:aws:ssm:" + home + ":" + tools + ":parameter" + p.Store.ToolsParameter(environment.AcceptedReview(name))
		review, baseline := a.projectRole(stack, "Review"), a.projectRole(stack, "Baseline")
		a.can(review, "s3:ListBucket", bucket, keys("s3:prefix", object(name)))
		a.cannot(review, "s3:ListBucket", bucket, keys("s3:prefix", object(other)))
		a.cannot(review, "s3:ListBucket", bucket, nil)
		a.can(review, "s3:GetObject", bucket+"/"+object(name), nil)
		a.can(review, "kms:Decrypt", a.artifactKey(p, home), viaS3(home))
		a.can(review, "ssm:GetParameter", accepted, nil)
		a.cannot(review, "s3:PutObject", bucket+"/"+object(name), nil)
		a.can(baseline, "s3:PutObject", bucket+"/"+object(name), nil)
		a.can(baseline, "kms:GenerateDataKey", a.artifactKey(p, home), viaS3(home))
		a.cannot(baseline, "s3:PutObject", bucket+"/"+object(other), nil)
		for _, role := range []string{review, baseline, a.projectRole(stack, "BuildSynth")} {
			a.cannot(role, "ssm:PutParameter", accepted, nil)
		}
	}
}
