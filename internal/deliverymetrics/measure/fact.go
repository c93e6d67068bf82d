package measure

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kind is what a fact is about.
type Kind string

// The kinds of facts.
const (
	// Pipeline is a state of the execution.
	Pipeline Kind = "pipeline"
	// Stage is the end of a stage of production.
	Stage Kind = "stage"
	// Deploy is the start of an action that deploys, in a stage of production; not of one that only makes a change set.
	Deploy Kind = "deploy"
	// Source is the revision that the execution took.
	Source Kind = "source"
	// Commit is when that revision was committed, where somebody knows.
	Commit Kind = "commit"
)

// The states of executions and stages that facts have.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
const (
	Started    = "STARTED"
	Resumed    = "RESUMED"
	Stopping   = "STOPPING"
	Succeeded  = "SUCCEEDED"
	Failed     = "FAILED"
	Stopped    = "STOPPED"
	Superseded = "SUPERSEDED"
	Canceled   = "CANCELED"
)

// Fact is one thing that is known of an execution. Facts are equal when all their fields are.
type Fact struct {
	// Kind says what it is about, and which of the other fields it has.
	Kind Kind
	// Time is the event's: when it happened. For a Commit it is when that was made.
	Time time.Time
	// Name of the stage, for Stage and Deploy; the revision, for Source and Commit.
	Name string
	// State that was reached, for Pipeline and Stage.
	State string
	// Last says that the stage was the last of production when this happened, for Stage: plans change.
	Last bool
	// Attempt counts the retries of a stage of the execution, for Pipeline.
	Attempt int
	// Began is when the execution started, for Pipeline; zero where the event does not say.
	Began time.Time
	// Rollback says that the execution puts back what a stage had before, for Pipeline.
	Rollback bool
}

// form is how times are written: to the millisecond, as CodePipeline's are.
const form = "2006-01-02T15:04:05.000Z"

const unknown = "-"

// String is the fact in one line, the time first, which [Parse] reads. Equal facts have equal lines.
func (f Fact) String() string {
	began := unknown
	if !f.Began.IsZero() {
		began = f.Began.UTC().Format(form)
	}
	line := f.Time.UTC().Format(form) + " " + string(f.Kind)
	switch f.Kind {
	case Pipeline:
		line += " " + f.State + " " + strconv.Itoa(f.Attempt) + " " + began
		if f.Rollback {
			line += " rollback"
		}
	case Stage:
		line += " " + f.Name + " " + f.State
		if f.Last {
			line += " last"
		}
	default:
		line += " " + f.Name
	}
	return line
}

// Parse reads what String wrote.
func Parse(line string) (Fact, error) {
	fields := strings.Split(line, " ")
	if len(fields) < 3 {
		return Fact{}, fmt.Errorf("no fact: %q", line)
	}
	at, err := time.Parse(form, fields[0])
	f := Fact{Kind: Kind(fields[1]), Time: at}
	rest := fields[2:]
	switch {
	case f.Kind == Pipeline && (len(rest) == 3 || len(rest) == 4 && rest[3] == "rollback"):
		var no error
		f.State, f.Rollback = rest[0], len(rest) == 4
		f.Attempt, no = strconv.Atoi(rest[1])
		err = errors.Join(err, no)
		if rest[2] != unknown {
			f.Began, no = time.Parse(form, rest[2])
			err = errors.Join(err, no)
		}
	case f.Kind == Stage && (len(rest) == 2 || len(rest) == 3 && rest[2] == "last"):
		f.Name, f.State, f.Last = rest[0], rest[1], len(rest) == 3
	case (f.Kind == Deploy || f.Kind == Source || f.Kind == Commit) && len(rest) == 1:
		f.Name = rest[0]
	default:
		err = errors.Join(err, errors.New("unknown form"))
	}
	if err != nil {
		return Fact{}, fmt.Errorf("no fact: %q: %w", line, err)
	}
	return f, nil
}
