package conformance

import "slices"

// State says what became of a gate.
type State string

// The states of a gate, the worst first.
const (
	// Missing is a gate that nothing proves.
	Missing State = "missing"
	// Hollow is a gate that is there and cannot stop anything, or not everywhere.
	Hollow State = "hollow"
	// NotVisible is a gate that may be in something that cannot be seen here, which is neither present nor missing.
	NotVisible State = "not visible"
	// Present is a gate that stops what it is for.
	Present State = "present"
	// NotApplicable is a gate that the pipeline has no use for.
	NotApplicable State = "not applicable"
)

// Report is what a catalogue finds in pipelines.
type Report struct {
	// Pipelines by the order of their stacks.
	Pipelines []PipelineReport `json:"pipelines"`
}

// PipelineReport is what a catalogue finds in one pipeline.
type PipelineReport struct {
	// Name of the pipeline.
	Name string `json:"pipeline"`
	// Template that the pipeline is in.
	Template string `json:"template"`
	// Account of the pipeline; empty when the template leaves it open.
	Account string `json:"account,omitempty"`
	// Region of the pipeline; empty when the template leaves it open.
	Region string `json:"region,omitempty"`
	// Environments that it deploys to.
	Environments []EnvironmentReport `json:"environments"`
	// Rows has one row for each gate of the catalogue.
	Rows []Row `json:"rows"`
}

// EnvironmentReport is an environment of a pipeline.
type EnvironmentReport struct {
	// Name of the environment.
	Name string `json:"environment"`
	// Kind is test, preproduction or production.
	Kind string `json:"kind"`
	// Because says what the kind was found by.
	Because string `json:"because"`
	// Targets are its accounts and regions.
	Targets []string `json:"targets"`
}

// Row is one gate.
type Row struct {
	// ID of the gate.
	ID string `json:"gate"`
	// Title of the gate.
	Title string `json:"title"`
	// Area of the gate.
	Area string `json:"area"`
	// Level is required or recommended.
	Level string `json:"level"`
	// State of the gate.
	State State `json:"state"`
	// Reason says why it is in that state; empty where it is present.
	Reason string `json:"reason,omitempty"`
	// Evidence, the best first.
	Evidence []Finding `json:"evidence"`
}

// Finding is one piece of evidence.
type Finding struct {
	// Stage of the action; empty for what is no action.
	Stage string `json:"stage,omitempty"`
	// Action that does it.
	Action string `json:"action,omitempty"`
	// Project of CodeBuild that does it.
	Project string `json:"project,omitempty"`
	// Command that does it, or the property that is it.
	Command string `json:"command,omitempty"`
	// Environment and target that it is for; empty where it is for all.
	Environment string `json:"environment,omitempty"`
	// Blocks says whether what it guards waits for it.
	Blocks bool `json:"blocks"`
	// CanFail says whether it can fail.
	CanFail bool `json:"canFail"`
	// Reason says why it does not block or cannot fail.
	Reason string `json:"reason,omitempty"`

	covers []*target
	// resource and logicalID are those of evidence that is a resource.
	resource, logicalID string
	// score orders evidence that is equally good.
	score int
}

func (f Finding) good() bool { return f.Blocks && f.CanFail }

// Failed says whether a required gate of some pipeline is missing or hollow.
func (r *Report) Failed() bool { return r.has(Missing) || r.has(Hollow) }

// Unseen says whether a required gate of some pipeline cannot be seen.
func (r *Report) Unseen() bool { return r.has(NotVisible) }

func (r *Report) has(state State) bool {
	return slices.ContainsFunc(r.Pipelines, func(p PipelineReport) bool {
		return slices.ContainsFunc(p.Rows, func(row Row) bool { return row.Level == levelRequired && row.State == state })
	})
}

// Count is the number of gates of a pipeline in a state, of a level or of all.
func (p *PipelineReport) Count(state State, level string) int {
	n := 0
	for _, r := range p.Rows {
		if r.State == state && (level == "" || r.Level == level) {
			n++
		}
	}
	return n
}
