package environment

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Catches a span that is read the wrong way round, or that loses a day over the weekend.
func TestWeekdays(t *testing.T) {
	for want, days := range map[string][]string{
		"1234567": nil, "1": {"mon"}, "1234": {"mon-thu"}, "1567": {"fri-mon"}, "2346": {"sat", "tue-thu", "wed"}, "7": {"sun-sun"},
	} {
		if got := (Window{Days: days}).Weekdays(); got != want {
			t.Errorf("%v: got %s, want %s", days, got, want)
		}
	}
}

// Catches a table of clocks that differs from the rules of the time zone anywhere in its years: every hour of one, and every day of
// all, of zones with and without changes, south of the equator, and by half an hour.
func TestZoneChanges(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "America/Sao_Paulo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		changes, until := ZoneChanges(name)
		if !slices.IsSortedFunc(changes, func(a, b ZoneChange) int { return a.At.Compare(b.At) }) {
			t.Fatalf("%s: not in order", name)
		}
		step := time.Hour
		for at := changes[0].At; at.Before(until); at = at.Add(step) {
			if at.Year() > zonesFrom {
				step = 23 * time.Hour
			}
			east := 0
			for _, c := range changes {
				if !at.Before(c.At) {
					east = c.East
				}
			}
			if _, want := at.In(zone).Zone(); east != want {
				t.Fatalf("%s at %s: got %d, want %d", name, at, east, want)
			}
		}
	}
}

// Catches a freeze that is remembered for ever, and one that is said to be over while it goes on.
func TestFreezesThatAreOver(t *testing.T) {
	p := newPlan(func(p *Plan) {
		p.Store.Environments[len(p.Store.Environments)-1].Freezes = []Freeze{{Name: "sale", From: "2026-11-26T00:00", To: "2026-12-01T08:00", TimeZone: "Europe/Berlin"}}
	})
	end := time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)
	const over = "sale ended at 2026-12-01T08:00 (Europe/Berlin): it can be removed"
	for at, want := range map[time.Time]bool{end.Add(-time.Minute): false, end.Add(time.Minute): true} {
		if err := p.WarningsAt(at).Err(); (err != nil && strings.Contains(err.Error(), over)) != want {
			t.Errorf("at %s: %v", at, err)
		}
	}
}
