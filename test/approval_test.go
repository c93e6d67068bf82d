package test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// Catches: an approval that asks a person without saying what of, or links to a variable that no earlier action exports.
func TestApprovalsLinkToTheReport(t *testing.T) {
	t.Parallel()
	found := 0
	for _, s := range harness.Synth(t, store).Assembly.Own() {
		for _, p := range s.Resources("AWS::CodePipeline::Pipeline") {
			namespace := ""
			for _, stage := range p.Properties["Stages"].([]any) {
				for _, a := range stage.(map[string]any)["Actions"].([]any) {
					action := a.(map[string]any)
					if action["Name"] == "Review" {
						namespace = action["Namespace"].(string)
					}
					if action["ActionTypeId"].(map[string]any)["Category"] != "Approval" {
						continue
					}
					found++
					link := "#{" + namespace + ".REPORT_URL}"
					configuration := action["Configuration"].(map[string]any)
					require.Equal(t, link, configuration["ExternalEntityLink"], s.Name)
					question := configuration["CustomData"].(string)
					require.True(t, strings.HasPrefix(question, "Release ") && strings.HasSuffix(question, "\nWhat the change does: "+link), question)
				}
			}
		}
	}
	require.Equal(t, 6, found, "one for each pipeline")
}
