package metrics_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/metrics"
)

// Catches: a mistake that only a deployment would find, or that only the first of several is told of.
func TestValidate(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*metrics.DeliveryProps)
		want   string
	}{
		"good": {func(*metrics.DeliveryProps) {}, ""},
		"nothing": {func(p *metrics.DeliveryProps) { *p = metrics.DeliveryProps{} },
			"Store: required\nName: required\nDashboard: required\nRoleName: required\nLogGroupName: required\nAccount: required\nRegion: required\nKey: required\n" +
				"Pipelines: at least one is required"},
		"shapes": {func(p *metrics.DeliveryProps) {
			p.Store, p.Name, p.Account, p.Region = "a shop", "no", "12", "Oregon"
		}, `Store: must be 1 to 255 letters, digits, and ._-, got "a shop"` + "\n" +
			`Name: must be 3 to 64 letters, digits, hyphens and underscores, got "no"` + "\n" +
			`Account: must be 12 digits, got "12"` + "\n" + `Region: must be a region such as us-west-2, got "Oregon"`},
		"pipelines": {func(p *metrics.DeliveryProps) {
			p.Pipelines[0].Name, p.Pipelines[0].Source = "", ""
			p.Pipelines[1].Production = []string{"prod", "pröd", "prod"}
			p.Pipelines[2].Name, p.Pipelines[2].Service = "shop-catalog", "catalog"
		}, "Pipelines[0].Name: required\nPipelines[0].Repository: needs Source, the action that takes its code\n" +
			`Pipelines[1].Production[1]: must be 1 to 100 letters, digits, and .@_-, got "pröd"` + "\n" + `Pipelines[1].Production[2]: "prod" is there already` + "\n" +
			`Pipelines[2].Name: "shop-catalog" is that of Pipelines[1] already` + "\n" + `Pipelines[2].Service: "catalog" is that of Pipelines[1] already`},
		"too many pipelines": {func(p *metrics.DeliveryProps) {
			for i := range 100 {
				p.Pipelines = append(p.Pipelines, metrics.Pipeline{Name: fmt.Sprint("p", i), Service: fmt.Sprint("s", i)})
			}
		}, "Pipelines: at most 100, got 103"},
		"too many stages": {func(p *metrics.DeliveryProps) {
			p.Pipelines[0].Production = nil
			for i := range 40 {
				p.Pipelines[0].Production = append(p.Pipelines[0].Production, fmt.Sprint(strings.Repeat("x", 60), i))
			}
		}, "Pipelines: the names of all stages of production are too long together: a rule with them has 2867 characters, EventBridge allows 2048"},
	} {
		p := newProps(newStack())
		c.change(p)
		got := ""
		if err := p.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}
