package standins

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/storeship/storeship/test/codebuild"
)

// Secret begins everything that must stay secret.
const Secret = "hush-hush-"

// Digests of the images that docker builds, by the name of the World's field Build.
const (
	Marker = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
	First  = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	Second = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
)

// World is what builds find, and what they change.
type World struct {
	// Account that builds run in, and Now, the seconds on their clock.
	Account string
	Now     int64
	// Built is the digest of the next image that docker builds.
	Built string
	// Images are digests by registry, repository and tag: "111111111111.dkr.ecr.us-west-2.amazonaws.com/shop/ui:abc".
	Images map[string]string
	// Parameters are SSM parameters by account, region and name, with spaces between.
	Parameters map[string]string
	// Objects are S3 objects by "bucket/key".
	Objects map[string]string
	// Pipelines that exist, and how often each was started.
	Pipelines map[string]int
	// Services are ECS services by account, region, cluster and name, with spaces between.
	Services map[string]Service
	// Repositories are folders with clones, by the URL that builds clone.
	Repositories map[string]string
	// Stacks that the self-mutation has deployed, in order.
	Stacks []string
	// Synth writes the assembly of a scope with an image, either may be empty, into a folder; npx cdk synth calls it.
	Synth func(scope, image, dir string) error
	// Storeship is the program of this repository.
	Storeship string
	// Go is the real go, for vetting and testing the source; without one it is said to have succeeded. GoEnvironment is the real one's own.
	Go            string
	GoEnvironment []string
	// Python and Node are the real ones.
	Python, Node, Git string
	// Signers are how the registries sign, by account and region; Signed are the profiles that signed images, by registry, repository
	// and digest.
	Signers map[string]Signer
	Signed  map[string]string
	// Canaries that are deployed, by account, region and name.
	Canaries map[string]bool
	// What goes wrong: the tests fail, or reach too little; the source has a secret, a download has another content; a part has a known
	// vulnerability; the tests of a target fail; a load takes too long; the canary fails.
	TestsFail, Uncovered, Leak, Tampered, Vulnerable, TargetFails, Slow, CanaryFails bool

	sessions int
	roles    map[string]string
}

// Service is an ECS service.
type Service struct {
	// CodeDeploy says that CodeDeploy releases it.
	CodeDeploy bool
	// Image that its tasks run, with the digest.
	Image string
	// TargetGroups of its load balancer, one or two.
	TargetGroups []string
}

// New is a world in which nothing happened yet. Its clock stands on a Tuesday, 10:00 in Los Angeles and 19:00 in Berlin.
func New(account string) *World {
	return &World{
		Account: account, Now: 1796148000, Built: First,
		Images: map[string]string{}, Parameters: map[string]string{}, Objects: map[string]string{}, Pipelines: map[string]int{},
		Services: map[string]Service{}, Repositories: map[string]string{}, roles: map[string]string{},
		Signers: map[string]Signer{}, Signed: map[string]string{}, Canaries: map[string]bool{},
	}
}

// Clone is a copy that can go another way.
func (w *World) Clone() *World {
	c := *w
	c.Images, c.Parameters, c.Objects = maps.Clone(w.Images), maps.Clone(w.Parameters), maps.Clone(w.Objects)
	c.Pipelines, c.Services, c.Repositories = maps.Clone(w.Pipelines), maps.Clone(w.Services), maps.Clone(w.Repositories)
	c.Signers, c.Signed, c.Canaries = maps.Clone(w.Signers), maps.Clone(w.Signed), maps.Clone(w.Canaries)
	c.roles, c.Stacks = maps.Clone(w.roles), slices.Clone(w.Stacks)
	return &c
}

// Put writes an SSM parameter.
func (w *World) Put(account, region, name, value string) {
	w.Parameters[account+" "+region+" "+name] = value
}

// Acts says whether a call changes something for good: it pushes, tags, uploads, starts, records or deploys.
func Acts(c *codebuild.Call) bool {
	words := append([]string{c.Name}, c.Args...)
	is := func(want ...string) bool { return len(words) >= len(want) && slices.Equal(words[:len(want)], want) }
	switch c.Name {
	case "docker":
		return is("docker", "push")
	case "crane":
		return is("crane", "copy") || is("crane", "tag") || is("crane", "push")
	case "cdk":
		return slices.Contains(words, "deploy")
	case "cdk-assets":
		return slices.Contains(words, "publish")
	case "aws":
		if is("aws", "s3", "cp") || is("aws", "s3", "sync") {
			return strings.HasPrefix(words[len(words)-1], "s3://")
		}
		for _, verb := range []string{"start-", "put-", "create-", "update-", "delete-", "tag-", "invoke"} {
			if len(words) > 2 && strings.HasPrefix(words[2], verb) {
				return true
			}
		}
	}
	return false
}

// session is a new set of credentials for a role.
func (w *World) session(role string) (key, secret, token string) {
	w.sessions++
	key = fmt.Sprintf("ASIA%016d", w.sessions)
	w.roles[key] = role
	return key, fmt.Sprintf(Secret+"secret-%d", w.sessions), fmt.Sprintf(Secret+"token-%d", w.sessions)
}

// caller is the account whose role a call has.
func (w *World) caller(c *codebuild.Call) (account string, err error) {
	key := c.Variable("AWS_ACCESS_KEY_ID")
	if key == "" {
		// The role of the build's project.
		if build := strings.Split(c.Variable("CODEBUILD_BUILD_ARN"), ":"); len(build) > 4 && build[4] != "" {
			return build[4], nil
		}
		return w.Account, nil
	}
	n := strings.TrimLeft(strings.TrimPrefix(key, "ASIA"), "0")
	role, ok := w.roles[key]
	if !ok || c.Variable("AWS_SECRET_ACCESS_KEY") != Secret+"secret-"+n || c.Variable("AWS_SESSION_TOKEN") != Secret+"token-"+n {
		return "", Error("InvalidClientTokenId")
	}
	return strings.Split(role, ":")[4], nil
}

// DigestOf is the digest of an image by its name with a tag or a digest.
func (w *World) DigestOf(name string) (string, bool) {
	if repository, digest, ok := strings.Cut(name, "@"); ok {
		for image, d := range w.Images {
			if d == digest && strings.HasPrefix(image, repository+":") {
				return digest, true
			}
		}
		return "", false
	}
	digest, ok := w.Images[name]
	return digest, ok
}
