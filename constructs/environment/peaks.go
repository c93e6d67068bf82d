package environment

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Peak is a time of known load, such as a sale: its tasks are there before the customers.
//
// At From the bounds of the service's scaling become Min and Max, at To those of [Scale] again. Between them scaling follows CPU
// and memory as always. A peak happens once. There are none that come back every day: the end of one would take the tasks away
// from another that goes on. After To the service shrinks step by step, as its load allows; only what is above the service's own
// maximum goes at once. Remove a peak that is over. Do not change the service's scaling while one goes on: CloudFormation would set
// the bounds back until the peak's end.
// https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-policy-overview.html
type Peak struct {
	// Name of the peak, part of the names of its scheduled actions: 2 to 50 lower-case letters, digits and single hyphens, a
	// letter first. Required.
	Name string
	// From is when it begins, in its time zone: "2026-11-27T06:00". Required.
	From string
	// To is when it ends, in its time zone. Required.
	To string
	// TimeZone of From and To, one of [TimeZones]: "America/New_York". Default: UTC.
	TimeZone string
	// Min tasks, at least the service's own. Required.
	Min int
	// Max tasks, at least the service's own. Default: twice Min, or the service's own if that is more.
	Max int
}

// peakLayout is how a peak's times are written: the wall clock of its time zone.
const peakLayout = "2006-01-02T15:04"

// maxPeaks is half the scheduled actions that a scalable target can have: a peak takes two.
// https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-quotas.html
const maxPeaks = 100

// maxPeakName leaves room for what the scheduled actions' names have after it.
const maxPeakName = 50

var peakPattern = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$`)

// Most is the most tasks that scaling may ever start, in a peak or outside.
func (s Scale) Most() int {
	most := s.Max
	for _, p := range s.Peaks {
		most = max(most, p.Max)
	}
	return most
}

// withDefaults fills in what the service's own bounds decide.
func (p Peak) withDefaults(s Scale) Peak {
	set(&p.TimeZone, "UTC")
	set(&p.Max, max(2*p.Min, s.Max))
	return p
}

// String is the peak as the configuration writes it.
func (p Peak) String() string {
	return fmt.Sprintf("{name: %s, from: %s, to: %s, timeZone: %s, min: %d, max: %d}", p.Name, p.From, p.To, p.TimeZone, p.Min, p.Max)
}

// window is the time that a peak goes on.
type window struct{ from, to time.Time }

// peaks checks what of the peaks can be said without a clock.
func (c *checker) peaks(at string, s Scale) {
	if n := len(s.Peaks); n > maxPeaks {
		c.add(at, "must be at most %d, for a service can have %d scheduled actions, got %d; remove those that are over", maxPeaks, 2*maxPeaks, n)
	}
	spans := map[int]window{}
	for i, p := range s.Peaks {
		path := text.Item(at, i)
		c.peakName(path+".name", p.Name, s.Peaks[:i])
		c.peakSize(path, p, s)
		if zone, ok := c.zone(path+".timeZone", p.TimeZone); ok {
			from, begins := c.moment(path+".from", p.From, zone)
			to, ends := c.moment(path+".to", p.To, zone)
			if begins && ends && !to.After(from) {
				c.related([]string{path + ".from"}, path+".to", "must be after from, which is %s, got %s", p.From, p.To)
			} else if begins && ends {
				c.overlap(path, i, window{from, to}, s.Peaks, spans)
				spans[i] = window{from, to}
			}
		}
	}
}

func (c *checker) peakName(path, name string, before []Peak) {
	switch {
	case name == "":
		c.add(path, "a name is required, such as black-friday")
	case len(name) < 2 || len(name) > maxPeakName:
		c.add(path, "must have 2 to %d characters, got %d", maxPeakName, len(name))
	case !namePattern.MatchString(name):
		c.add(path, "must be lower-case letters, digits and single hyphens, a letter first, got %s", text.Quote(name))
	case slices.ContainsFunc(before, func(o Peak) bool { return o.Name == name }):
		c.add(path, "another peak of the service is named %s; give each a name of its own, such as %s-2", name, name)
	}
}

// peakSize checks that a peak raises the service's bounds.
func (c *checker) peakSize(path string, p Peak, s Scale) {
	switch {
	case p.Min == 0:
		c.add(path+".min", "is required: the tasks that are there when the peak begins")
		return
	case p.Min < s.Min:
		c.add(path+".min", "must be at least the service's own min, which is %d, got %d: a peak adds tasks", s.Min, p.Min)
	}
	switch {
	case p.Max < p.Min:
		c.related([]string{path + ".min"}, path+".max", "must be at least min, which is %d, got %d", p.Min, p.Max)
	case p.Max > maxTasks:
		c.related([]string{path + ".min"}, path+".max", "must be at most %d, ECS's quota of tasks in a service, got %d", maxTasks, p.Max)
	case p.Max < s.Max:
		c.add(path+".max", "must be at least the service's own max, which is %d, got %d: a peak adds tasks", s.Max, p.Max)
	}
}

// zone checks the name of a time zone.
func (c *checker) zone(path, name string) (*time.Location, bool) {
	if !slices.Contains(TimeZones, name) {
		hint := "such as Europe/Berlin, America/New_York or UTC"
		if near := text.Nearest(name, TimeZones); near != "" {
			hint = "did you mean " + near + "?"
		}
		c.add(path, "%s is no canonical name of a time zone; %s", text.Quote(name), hint)
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		c.add(path, "this machine does not know the time zone %s: %v", name, err)
	}
	return zone, err == nil
}

// moment checks a time of the wall clock.
func (c *checker) moment(path, s string, zone *time.Location) (time.Time, bool) {
	if s == "" {
		c.add(path, "is required: a time such as 2026-11-27T06:00")
		return time.Time{}, false
	}
	t, err := time.ParseInLocation(peakLayout, s, zone)
	switch {
	case !peakPattern.MatchString(s):
		c.add(path, "must be a date and a time of its time zone, such as 2026-11-27T06:00, got %s", text.Quote(s))
	case err != nil:
		c.add(path, "there is no such time: %s", text.Quote(s))
	case t.Format(peakLayout) != s:
		c.add(path, "%s does not exist in %s, where clocks go forward then; choose another time", s, zone)
	default:
		return t, true
	}
	return t, false
}

// overlap finds a peak before this one in the list that it overlaps: the end of one would end both.
func (c *checker) overlap(path string, i int, at window, all []Peak, known map[int]window) {
	for j, o := range all[:i] {
		if k, ok := known[j]; ok && !at.from.After(k.to) && !k.from.After(at.to) {
			c.related([]string{path + ".to"}, path+".from", "%s overlaps %s (%s to %s, %s), and the end of one sets both back; make one of them, or "+
				"leave a minute between", all[i].Name, o.Name, o.From, o.To, o.TimeZone)
			return
		}
	}
}

// over warns of peaks that have been, or have begun.
func (c *checker) over(at string, s Scale, now time.Time) {
	quiet := &checker{}
	for i, p := range s.Peaks {
		zone, known := quiet.zone("", p.TimeZone)
		if !known {
			continue
		}
		from, begins := quiet.moment("", p.From, zone)
		to, ends := quiet.moment("", p.To, zone)
		switch {
		case ends && to.Before(now):
			c.add(text.Item(at, i), "%s ended at %s (%s); remove it before the service's scaling changes the next time: a deployment that sends "+
				"a time in the past may fail", p.Name, p.To, p.TimeZone)
		case begins && ends && from.Before(now):
			c.add(text.Item(at, i), "%s goes on until %s (%s); until then leave the service's scale alone: deployed, a change of it sets min and max "+
				"back to the service's own", p.Name, p.To, p.TimeZone)
		}
	}
}
