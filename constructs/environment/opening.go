package environment

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Window is a time of the week in which releases may begin: every wave of its own, so a wave whose turn comes outside of it
// waits for a person to retry it inside.
type Window struct {
	// Days of the week, each one of [Days] or a span of two: "mon", "mon-thu", "fri-mon". Default: every day.
	Days []string
	// From is the time of day at which it opens: "09:00". Required.
	From string
	// To is the time of day at which it closes, after From: "16:00", or "24:00" for the end of the day. Required.
	To string
	// TimeZone of Days, From and To, one of [TimeZones]. Default: UTC.
	TimeZone string
}

// Freeze is a time in which no release begins, whatever windows are open, such as a sale.
type Freeze struct {
	// Name of the freeze: 2 to 50 lower-case letters, digits and single hyphens, a letter first. Required.
	Name string
	// From is when it begins, in its time zone: "2026-11-26T00:00". Required.
	From string
	// To is when it ends, in its time zone. Required.
	To string
	// TimeZone of From and To, one of [TimeZones]. Default: UTC.
	TimeZone string
}

// Days are the days of the week.
var Days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// maxOpenings is how many windows, and how many freezes, an environment can have: they stand in a build project, whose buildspec
// has room for many more.
const maxOpenings = 50

var clockPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$`)

// String is the window as a person says it: "mon-thu 09:00 to 16:00 (Europe/Berlin)".
func (w Window) String() string {
	days := "every day"
	if len(w.Days) > 0 {
		days = text.List(w.Days)
	}
	return days + " " + w.From + " to " + w.To + " (" + zoneName(w.TimeZone) + ")"
}

// Setting is the window as the configuration writes it.
func (w Window) Setting() string {
	days := ""
	if len(w.Days) > 0 {
		days = "days: [" + text.List(w.Days) + "], "
	}
	return fmt.Sprintf("{%sfrom: %q, to: %q, timeZone: %s}", days, w.From, w.To, zoneName(w.TimeZone))
}

// Weekdays are the days of the window as digits, Monday is 1: "1234". w must be valid.
func (w Window) Weekdays() string {
	if len(w.Days) == 0 {
		return "1234567"
	}
	var open [7]bool
	for _, d := range w.Days {
		first, last, _ := daySpan(d)
		for i := first; ; i = (i + 1) % 7 {
			open[i] = true
			if i == last {
				break
			}
		}
	}
	digits := ""
	for i, o := range open {
		if o {
			digits += strconv.Itoa(i + 1)
		}
	}
	return digits
}

// Minutes are the minutes of the day at which the window opens and closes. w must be valid.
func (w Window) Minutes() (from, to int) { return minuteOf(w.From), minuteOf(w.To) }

// Zone is the name of the window's time zone.
func (w Window) Zone() string { return zoneName(w.TimeZone) }

// String is the freeze as a person says it: "black-friday, until 2026-12-01T08:00 (Europe/Berlin)".
func (f Freeze) String() string {
	return f.Name + ", until " + f.To + " (" + zoneName(f.TimeZone) + ")"
}

// Setting is the freeze as the configuration writes it.
func (f Freeze) Setting() string {
	return fmt.Sprintf("{name: %s, from: %s, to: %s, timeZone: %s}", f.Name, f.From, f.To, zoneName(f.TimeZone))
}

// Span is when the freeze begins and ends. f must be valid.
func (f Freeze) Span() (from, to time.Time) {
	c := &checker{}
	zone, _ := c.zone("", zoneName(f.TimeZone))
	from, _ = c.moment("", f.From, zone)
	to, _ = c.moment("", f.To, zone)
	return from, to
}

// ZoneChange is a moment from which clocks of a time zone go by another time.
type ZoneChange struct {
	// At is the moment.
	At time.Time
	// East is how many seconds the clocks are ahead of UTC from then on.
	East int
}

// The years of which [ZoneChanges] knows the clocks: no longer than countries keep their rules.
const (
	zonesFrom = 2026
	zonesTo   = 2041
)

// ZoneChanges are the changes of clocks in a time zone of [TimeZones]: what holds at the beginning of 2026, every change
// until the beginning of 2041, and that moment. So who reads them needs no time zones of his own, and knows where they end.
func ZoneChanges(name string) (changes []ZoneChange, until time.Time) {
	zone, err := time.LoadLocation(zoneName(name))
	if err != nil {
		panic(err) // The rules are within the program, and names are checked before.
	}
	at, until := time.Date(zonesFrom, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(zonesTo, 1, 1, 0, 0, 0, 0, time.UTC)
	east := func(at time.Time) int {
		_, seconds := at.In(zone).Zone()
		return seconds
	}
	changes = []ZoneChange{{at, east(at)}}
	// Day by day: what time.Time.ZoneBounds says of the last day of a leap year ends where it begins.
	for next := at.AddDate(0, 0, 1); !next.After(until); at, next = next, next.AddDate(0, 0, 1) {
		if east(next) == east(at) {
			continue
		}
		seconds := sort.Search(24*60*60, func(n int) bool { return east(at.Add(time.Duration(n)*time.Second)) != east(at) })
		change := at.Add(time.Duration(seconds) * time.Second)
		changes = append(changes, ZoneChange{change, east(change)})
	}
	return changes, until
}

// CheckOpenings reports what is wrong with windows and freezes, joined.
func CheckOpenings(windows []Window, freezes []Freeze) error {
	c := &checker{}
	c.windows("Windows", windows)
	c.freezes("Freezes", freezes)
	return c.problems.Err()
}

func zoneName(name string) string {
	if name == "" {
		return "UTC"
	}
	return name
}

func minuteOf(clock string) int {
	hour, minute, _ := strings.Cut(clock, ":")
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return 60*h + m
}

// daySpan are the first and the last of the days of a day or a span.
func daySpan(s string) (first, last int, ok bool) {
	from, to, span := strings.Cut(s, "-")
	if !span {
		to = from
	}
	first, last = slices.Index(Days, from), slices.Index(Days, to)
	return first, last, first >= 0 && last >= 0
}

// windows checks that each window opens.
func (c *checker) windows(at string, all []Window) {
	if n := len(all); n > maxOpenings {
		c.add(at, "must be at most %d, got %d", maxOpenings, n)
	}
	for i, w := range all {
		path := text.Item(at, i)
		if w.Days != nil && len(w.Days) == 0 {
			c.add(path+".days", "never opens: name a day, such as mon or mon-thu, or remove the key for every day")
		}
		for j, d := range w.Days {
			if _, _, ok := daySpan(d); !ok {
				c.add(text.Item(path+".days", j), "must be %s or a span of two, such as mon-thu, got %s", text.Or(Days), text.Quote(d))
			}
		}
		c.zone(path+".timeZone", zoneName(w.TimeZone))
		from := c.clock(path+".from", w.From, "09:00")
		to := c.clock(path+".to", w.To, "16:00")
		if from && to && minuteOf(w.To) <= minuteOf(w.From) {
			c.related([]string{path + ".from"}, path+".to", "never opens: must be after from, which is %s, got %s; a window over midnight is two, "+
				"one to \"24:00\" and one from \"00:00\" of the next day", w.From, w.To)
		}
	}
}

// clock checks a time of day.
func (c *checker) clock(path, s, such string) bool {
	switch {
	case s == "":
		c.add(path, "is required: a time of day such as %q", such)
	case !clockPattern.MatchString(s):
		c.add(path, "must be a time of day such as %q, got %s", such, text.Quote(s))
	default:
		return true
	}
	return false
}

// freezes checks that each freeze is one.
func (c *checker) freezes(at string, all []Freeze) {
	if n := len(all); n > maxOpenings {
		c.add(at, "must be at most %d, got %d; remove those that are over", maxOpenings, n)
	}
	for i, f := range all {
		path := text.Item(at, i)
		switch {
		case f.Name == "":
			c.add(path+".name", "is required, such as black-friday")
		case len(f.Name) < 2 || len(f.Name) > maxPeakName:
			c.add(path+".name", "must have 2 to %d characters, got %d", maxPeakName, len(f.Name))
		case !namePattern.MatchString(f.Name):
			c.add(path+".name", "must be lower-case letters, digits and single hyphens, a letter first, got %s", text.Quote(f.Name))
		case slices.ContainsFunc(all[:i], func(o Freeze) bool { return o.Name == f.Name }):
			c.add(path+".name", "another freeze of the environment is named %s; give each a name of its own, such as %s-2", f.Name, f.Name)
		}
		if zone, ok := c.zone(path+".timeZone", zoneName(f.TimeZone)); ok {
			from, begins := c.moment(path+".from", f.From, zone)
			to, ends := c.moment(path+".to", f.To, zone)
			if begins && ends && !to.After(from) {
				when := "before"
				if to.Equal(from) {
					when = "when"
				}
				c.related([]string{path + ".from"}, path+".to", "ends "+when+" it begins: must be after from, which is %s, got %s", f.From, f.To)
			}
		}
	}
}

// thawed warns of freezes that have been.
func (c *checker) thawed(at string, all []Freeze, now time.Time) {
	for i, f := range all {
		if _, to := f.Span(); to.Before(now) {
			c.add(text.Item(at, i), "%s ended at %s (%s): it can be removed", f.Name, f.To, zoneName(f.TimeZone))
		}
	}
}
