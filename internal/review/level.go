package review

import "slices"

// Level says how bad a finding is.
type Level string

// The levels, the worst first.
const (
	// WillFail is what must not be deployed: the deployment fails, or it leads traffic to where no tasks are.
	WillFail Level = "will-fail"
	// Deletes is state that is gone afterwards.
	Deletes Level = "deletes"
	// Replaces is a resource whose place another one takes.
	Replaces Level = "replaces"
	// Live is what acts on running tasks at once, before any new task exists.
	Live Level = "live"
	// Note is worth knowing.
	Note Level = "note"
)

// Levels lists all levels, the worst first.
var Levels = []Level{WillFail, Deletes, Replaces, Live, Note}

// reaches says whether l is as bad as least, or worse.
func (l Level) reaches(least Level) bool {
	return slices.Index(Levels, l) <= slices.Index(Levels, least)
}
