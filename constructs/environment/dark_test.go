package environment

import (
	"fmt"
	"strings"
	"testing"
)

// Each case catches customers who would be led to a region that is not there yet, or a setting that does nothing.
func TestDark(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Plan)
		want   string
	}{
		{"one of three", func(p *Plan) { prod(p).Dark = []string{"us-east-1"} }, ""},
		{"all, which is a warning", func(p *Plan) { prod(p).Dark = []string{"us-east-1", "us-west-2", "eu-west-1"} }, ""},
		{"another region", func(p *Plan) { prod(p).Dark = []string{"eu-west-2"} },
			"environments.prod.dark[0]: eu-west-2 is none of the environment's regions (us-west-2, eu-west-1, us-east-1): put it into a wave, or remove it here"},
		{"twice", func(p *Plan) { prod(p).Dark = []string{"us-east-1", "us-east-1"} }, "environments.prod.dark[1]: us-east-1 stands twice"},
		{"without a domain", func(p *Plan) { prod(p).Domain, prod(p).Dark = nil, []string{"us-east-1"} },
			"environments.prod.dark: needs a domain: without one no name leads customers to any region; remove it"},
	} {
		got := ""
		if err := newPlan(c.change).Validate().Err(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Catches an environment that is taken from its customers by a slip, without a word.
func TestAllDarkIsSaid(t *testing.T) {
	warned := func(dark ...string) bool {
		p := newPlan(func(p *Plan) { prod(p).Dark = dark })
		return strings.Contains(fmt.Sprint(p.Warnings()), "all regions are dark: shop.example.com and the public hosts lead nowhere")
	}
	if warned() || warned("us-east-1") || !warned("us-east-1", "us-west-2", "eu-west-1") {
		t.Error("the warning is not where all regions are dark")
	}
	p := newPlan(func(p *Plan) { prod(p).Dark = []string{"us-east-1"} })
	for _, target := range p.Store.Targets() {
		if want := target.ID() == "prod-us-east-1"; target.Dark() != want {
			t.Errorf("%s: dark is %v", target.ID(), target.Dark())
		}
	}
}
