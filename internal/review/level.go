package review

import "slices"

// Level says how bad a finding is.
type Level string

// The levels, the worst first.
const (
	// WillFail is what must not be deployed: the deployment fails, or it leads traffic to where no tasks are.
	WillFail Level = "will-fail"
	// DataLoss is state that is gone afterwards, or that less keeps from being lost.
	DataLoss Level = "data-loss"
	// AccessWidened is someone who may do more than before, or reach more.
	AccessWidened Level = "access-widened"
	// SafetyLost is a gate, an alarm, a way back, encryption or a log that is gone or weaker.
	SafetyLost Level = "safety-lost"
	// Traffic is where requests go, and whether they get there.
	Traffic Level = "traffic"
	// Interruption is something that stops for a while, or begins anew.
	Interruption Level = "interruption"
	// Cost is a bill that grows.
	Cost Level = "cost"
	// Harmless is all else.
	Harmless Level = "harmless"
)

// Levels lists all levels, the worst first.
var Levels = []Level{WillFail, DataLoss, AccessWidened, SafetyLost, Traffic, Interruption, Cost, Harmless}

// levelAbout says in a line what a level means.
var levelAbout = map[Level]string{
	WillFail:      "must not be deployed: the deployment fails, or traffic is led to where no tasks are",
	DataLoss:      "state is gone afterwards, or less keeps it from being lost",
	AccessWidened: "someone may do or reach more than before",
	SafetyLost:    "a gate, an alarm, a way back, encryption or a log is gone or weaker",
	Traffic:       "changes where requests go, or whether they get there",
	Interruption:  "something stops for a while, or begins anew",
	Cost:          "costs more from then on",
	Harmless:      "worth knowing",
}

// About says in a line what the level means.
func (l Level) About() string { return levelAbout[l] }

// Reaches says whether l is as bad as least, or worse.
func (l Level) Reaches(least Level) bool {
	return slices.Index(Levels, l) <= slices.Index(Levels, least)
}

// worse says whether l is worse than other.
func (l Level) worse(other Level) bool { return slices.Index(Levels, l) < slices.Index(Levels, other) }
