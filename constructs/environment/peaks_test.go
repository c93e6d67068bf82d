package environment

import (
	"strings"
	"testing"
	"time"
)

// sale is a peak that is right, changed by change.
func sale(change func(*Peak)) Peak {
	p := Peak{Name: "black-friday", From: "2026-11-27T06:00", To: "2026-11-30T23:59", TimeZone: "America/New_York", Min: 20, Max: 60}
	if change != nil {
		change(&p)
	}
	return p
}

// Each case catches a peak that the deployment would refuse, that would never come, or that another one ends.
func TestPeaks(t *testing.T) {
	one := func(change func(*Peak)) []Peak { return []Peak{sale(change)} }
	second := func(from, to, zone string) []Peak {
		return []Peak{sale(nil), sale(func(p *Peak) { p.Name, p.From, p.To, p.TimeZone = "cyber", from, to, zone })}
	}
	for _, c := range []struct {
		name  string
		peaks []Peak
		want  string
	}{
		{"right", one(nil), ""},
		{"no time zone", one(func(p *Peak) { p.TimeZone = "" }), ""},
		{"no max", one(func(p *Peak) { p.Max = 0 }), ""},
		{"one minute after another", second("2026-12-01T00:00", "2026-12-02T00:00", "America/New_York"), ""},
		{"the hour that comes twice", one(func(p *Peak) { p.From, p.To = "2026-11-01T01:30", "2026-11-01T02:30" }), ""},
		{"no name", one(func(p *Peak) { p.Name = "" }), "[0].name: a name is required, such as black-friday"},
		{"a bad name", one(func(p *Peak) { p.Name = "Black Friday" }), "[0].name: must be lower-case letters, digits and single hyphens, a letter first, got \"Black Friday\""},
		{"a long name", one(func(p *Peak) { p.Name = strings.Repeat("a", 51) }), "[0].name: must have 2 to 50 characters, got 51"},
		{"a name twice", []Peak{sale(nil), sale(func(p *Peak) { p.From, p.To = "2027-11-26T06:00", "2027-11-29T23:59" })},
			"[1].name: another peak of the service is named black-friday; give each a name of its own, such as black-friday-2"},
		{"end before start", one(func(p *Peak) { p.To = "2026-11-26T23:59" }), "[0].to: must be after from, which is 2026-11-27T06:00, got 2026-11-26T23:59"},
		{"no time at all", one(func(p *Peak) { p.To = p.From }), "[0].to: must be after from, which is 2026-11-27T06:00, got 2026-11-27T06:00"},
		{"no start", one(func(p *Peak) { p.From = "" }), "[0].from: is required: a time such as 2026-11-27T06:00"},
		{"a day", one(func(p *Peak) { p.From = "2026-11-27" }), "[0].from: must be a date and a time of its time zone, such as 2026-11-27T06:00, got \"2026-11-27\""},
		{"with seconds", one(func(p *Peak) { p.From = "2026-11-27T06:00:00" }), "[0].from: must be a date and a time of its time zone, such as 2026-11-27T06:00, got \"2026-11-27T06:00:00\""},
		{"no such day", one(func(p *Peak) { p.From = "2026-11-31T06:00" }), "[0].from: there is no such time: \"2026-11-31T06:00\""},
		{"the hour that is left out", one(func(p *Peak) { p.From, p.To = "2027-03-14T02:30", "2027-03-15T00:00" }),
			"[0].from: 2027-03-14T02:30 does not exist in America/New_York, where clocks go forward then; choose another time"},
		{"an abbreviation", one(func(p *Peak) { p.TimeZone = "EST" }), "[0].timeZone: \"EST\" is no canonical name of a time zone; such as Europe/Berlin, America/New_York or UTC"},
		{"an old name", one(func(p *Peak) { p.TimeZone = "America/Buenos_Aires" }), "[0].timeZone: \"America/Buenos_Aires\" is no canonical name of a time zone; "},
		{"a slip", one(func(p *Peak) { p.TimeZone = "America/NewYork" }), "[0].timeZone: \"America/NewYork\" is no canonical name of a time zone; did you mean America/New_York?"},
		{"this machine's", one(func(p *Peak) { p.TimeZone = "Local" }), "[0].timeZone: \"Local\" is no canonical name of a time zone; "},
		{"no min", one(func(p *Peak) { p.Min = 0 }), "[0].min: is required: the tasks that are there when the peak begins"},
		{"fewer than always", one(func(p *Peak) { p.Min = 1 }), "[0].min: must be at least the service's own min, which is 2, got 1: a peak adds tasks"},
		{"a lower ceiling", one(func(p *Peak) { p.Min, p.Max = 3, 8 }), "[0].max: must be at least the service's own max, which is 9, got 8: a peak adds tasks"},
		{"min above max", one(func(p *Peak) { p.Max = 19 }), "[0].max: must be at least min, which is 20, got 19"},
		{"too many tasks", one(func(p *Peak) { p.Max = 5001 }), "[0].max: must be at most 5000, ECS's quota of tasks in a service, got 5001"},
		{"too many tasks by default", one(func(p *Peak) { p.Min, p.Max = 2501, 0 }), "[0].max: must be at most 5000, ECS's quota of tasks in a service, got 5002"},
		{"one in another", second("2026-11-28T00:00", "2026-11-29T00:00", "America/New_York"),
			"[1].from: cyber overlaps black-friday (2026-11-27T06:00 to 2026-11-30T23:59, America/New_York), and the end of one sets both back; make one of them, or leave a minute between"},
		{"one right after another", second("2026-11-30T23:59", "2026-12-02T00:00", "America/New_York"), "[1].from: cyber overlaps black-friday"},
		{"in another time zone", second("2026-12-01T05:30", "2026-12-02T00:00", "Europe/Berlin"), "[1].from: cyber overlaps black-friday"},
		{"around another", second("2026-11-01T00:00", "2026-12-24T00:00", "UTC"), "[1].from: cyber overlaps black-friday"},
	} {
		got := ""
		scale := Scale{Min: 2, Max: 9, Peaks: c.peaks}
		if err := (Runtime{Scale: scale}).Validate("web").Err(); err != nil {
			got = err.Error()
		}
		if want := c.want; want == "" && got != "" || want != "" && !strings.HasPrefix(got, "web.scale.peaks"+want) || strings.Contains(got, "\n") {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	many := make([]Peak, 101)
	if err := (Runtime{Scale: Scale{Peaks: many}}).Validate("web").Err(); err == nil || !strings.Contains(err.Error(), "web.scale.peaks: must be at most 100, for a service can have 200 scheduled actions, got 101") {
		t.Errorf("too many: %v", err)
	}
}

// Catches defaults that write into the plan itself, and a peak that ends below the service's own maximum.
func TestPeakDefaults(t *testing.T) {
	r := Runtime{Scale: Scale{Min: 2, Max: 30, Peaks: []Peak{{Name: "sale", Min: 4}, {Name: "launch", Min: 20}}}}
	full := r.WithDefaults(Production).Scale
	if r.Scale.Peaks[0].Max != 0 || full.Peaks[0].Max != 30 || full.Peaks[1].Max != 40 || full.Peaks[0].TimeZone != "UTC" {
		t.Errorf("got %v of %v", full.Peaks, r.Scale.Peaks)
	}
	if full.Most() != 40 || r.Scale.Most() != 30 || (Scale{Max: 5}).Most() != 5 {
		t.Errorf("most: got %d", full.Most())
	}
}

// Catches a warning that comes before the end or not at all, and one that hangs on the time zone of the machine.
func TestPeaksThatAreOver(t *testing.T) {
	p := newPlan(func(p *Plan) { catalog(p).Runtime.Scale.Peaks = []Peak{sale(nil)} })
	// Five hours after the wall clock of New York.
	begin, end := time.Date(2026, 11, 27, 11, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 4, 59, 0, 0, time.UTC)
	for at, want := range map[time.Time]string{
		begin: "", begin.Add(time.Minute): "black-friday goes on until 2026-11-30T23:59 (America/New_York); until then leave the service's scale alone: ",
		end.Add(-time.Minute): "black-friday goes on", end.Add(time.Minute): "black-friday ended at 2026-11-30T23:59 (America/New_York); remove it ",
	} {
		got := ""
		for _, w := range p.WarningsAt(at) {
			if w.Path == "services.catalog.scale.peaks[0]" {
				got = w.Message
			}
		}
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("at %s: got %q, want %q", at, got, want)
		}
	}
}

// Catches a name of the list that Go does not know, and a list out of order.
func TestTimeZones(t *testing.T) {
	for i, name := range TimeZones {
		if _, err := time.LoadLocation(name); err != nil {
			t.Error(err)
		}
		if i > 1 && TimeZones[i-1] >= name {
			t.Errorf("%s comes after %s", name, TimeZones[i-1])
		}
	}
	if len(TimeZones) < 400 {
		t.Errorf("only %d", len(TimeZones))
	}
}
