package test

import (
	"bytes"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/test/harness"
)

// edited is the retail store with a piece of its file replaced.
func edited(t *testing.T, old, new string) harness.Input {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root, retailStore))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), old), "%q stands once in the file", old)
	file := filepath.Join(t.TempDir(), "storeship.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o644))
	return harness.Input{Config: file}
}

// changes lists the files that two synths have both and differently, that only the second has, and that only the first has.
func changes(t *testing.T, before, after map[string][]byte) (changed, added, removed []string) {
	t.Helper()
	for name, content := range after {
		old, ok := before[name]
		switch {
		case !ok:
			added = append(added, name)
		case !bytes.Equal(old, content):
			changed = append(changed, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			removed = append(removed, name)
		}
	}
	sort.Strings(changed)
	sort.Strings(added)
	return changed, added, removed
}

// pipelineTemplates are the templates of all pipelines.
func pipelineTemplates(t *testing.T) []string {
	var files []string
	for _, name := range names(plan(t), "platform") {
		files = append(files, "retail-store-"+name+"-pipeline.template.json")
	}
	sort.Strings(files)
	return files
}

// Catches: a region that touches what runs elsewhere. A new one changes the pipelines, which are updated in place, and adds what
// it needs; no stack of a target or of the tools' other regions is another, so nothing that is frozen can be. The notifications name
// the regions.
func TestAddingARegion(t *testing.T) {
	t.Parallel()
	before := harness.Synth(t, store)
	for name, in := range map[string]harness.Input{
		"to a wave":          edited(t, "{regions: [ap-south-1, ap-southeast-2]}", "{regions: [ap-south-1, ap-southeast-2, eu-north-1]}"),
		"as a wave in front": edited(t, "      - {regions: [us-west-2, us-east-1], bake: 30m}", "      - {regions: [eu-north-1]}\n      - {regions: [us-west-2, us-east-1], bake: 30m}"),
	} {
		t.Run(name, func(t *testing.T) {
			after := harness.Synth(t, in)
			changed, added, removed := changes(t, before.Templates(t), after.Templates(t))
			require.Empty(t, removed)
			require.Len(t, changed, 1+len(pipelineTemplates(t)))
			require.Contains(t, changed[0], "Operations")
			require.Equal(t, pipelineTemplates(t), changed[1:])
			// Artifacts and registry in the tools' account, network and ingress, and of five services the stack with its two
			// release files.
			require.Len(t, added, 2+2+5*3)
			for _, file := range added {
				require.True(t, strings.Contains(file, "eu-north-1") || strings.Contains(file, "eunorth1"), file)
			}
			for _, s := range before.Assembly.Stacks() {
				for _, again := range after.Assembly.Stacks() {
					if s.File == again.File {
						require.Empty(t, frozen.Compare(s.Template, again.Template), s.Name)
					}
				}
			}
		})
	}
}

// Catches: a name, port, priority or logical id that depends on a service's place in the list: adding a service must not touch
// the others, which may be frozen. It changes the platform: registries in every region, the source, the web ACL.
func TestAddingAService(t *testing.T) {
	t.Parallel()
	before := harness.Synth(t, store).Templates(t)
	after := harness.Synth(t, edited(t, "\nservices:\n", `
services:
  assets:
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: {path: /assets/*, block: [/assets/private/*]}
    variables: {CATALOG: "${services.catalog.url}"}
`)).Templates(t)
	changed, added, removed := changes(t, before, after)
	require.Empty(t, removed)
	for _, file := range changed {
		require.True(t, strings.Contains(file, "platform-pipeline"), "%s is not the platform's", file)
		require.NotContains(t, file, "Network", "a service changes no network")
	}
	// The pipeline, and in nine targets the stack with its two release files.
	require.Len(t, added, 1+9*3)
	for _, file := range added {
		require.Contains(t, file, "assets")
	}
}

// Catches: what is left of a service that is gone: its name in another's template.
func TestRemovingAService(t *testing.T) {
	t.Parallel()
	in := edited(t, `  cart:
    source: {repository: retail-cart}
    build: {preset: java-maven}
    http: {port: 8080, health: /actuator/health}
    expose: internal
    writablePaths: [/tmp]
    checks: [{path: /actuator/health, expect: {json: {status: UP}}}]
    variables:
      RETAIL_CART_PERSISTENCE_PROVIDER: in-memory
    tests:
      integration:
        commands: [./mvnw -B test-compile failsafe:integration-test failsafe:verify]
        reports: target/failsafe-reports/*.xml
      acceptance:
        commands: [./mvnw -B -Pacceptance test-compile failsafe:integration-test failsafe:verify]
        reports: target/failsafe-reports/*.xml
      performance:
        load: {path: /carts/load, requestsPerSecond: 100, p99: 500ms}

`, "")
	text, err := os.ReadFile(in.Config)
	require.NoError(t, err)
	without := strings.Replace(string(text), "      RETAIL_UI_ENDPOINTS_CARTS: \"${services.cart.url}\"\n", "", 1)
	require.NotEqual(t, string(text), without)
	require.NoError(t, os.WriteFile(in.Config, []byte(without), 0o644))
	before, after := harness.Synth(t, store).Templates(t), harness.Synth(t, in).Templates(t)
	changed, added, removed := changes(t, before, after)
	require.Empty(t, added)
	require.Len(t, removed, 1+9*3)
	for _, file := range changed {
		require.True(t, strings.Contains(file, "platform-pipeline") || strings.Contains(file, "ui-pipeline") || strings.Contains(file, "/ui/"),
			"%s is neither the platform's nor of the service that called", file)
	}
	for file, content := range after {
		require.NotContains(t, string(content), "-cart-", file)
	}
}
