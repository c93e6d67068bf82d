package config

// Window is a time of the week in which releases may begin.
type Window struct {
	// Days of the week: mon, tue, wed, thu, fri, sat, sun, or spans such as mon-thu. Without it: every day.
	Days []string `yaml:"days" min:"1" pattern:"days"`
	// From is the time of day at which it opens, in quotes: "09:00".
	From *string `yaml:"from" required:"true" pattern:"clock"`
	// To is the time of day at which it closes, in quotes: "16:00", or "24:00". After from.
	To *string `yaml:"to" required:"true" pattern:"clock"`
	// TimeZone of the days and times: "Europe/Berlin".
	TimeZone *string `yaml:"timeZone" default:"UTC"`
}

// Freeze is a time in which no release begins, whatever windows are open.
type Freeze struct {
	// Name of the freeze, which people read whose release it stops.
	Name *string `yaml:"name" required:"true" pattern:"peak"`
	// From is when it begins, in its time zone: 2026-11-26T00:00.
	From *string `yaml:"from" required:"true" pattern:"moment"`
	// To is when it ends, in its time zone.
	To *string `yaml:"to" required:"true" pattern:"moment"`
	// TimeZone of from and to: "Europe/Berlin".
	TimeZone *string `yaml:"timeZone" default:"UTC"`
}
