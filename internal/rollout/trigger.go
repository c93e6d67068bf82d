package rollout

import (
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// Trigger is what starts a pipeline.
type Trigger struct {
	// Event is a push to the branch; one that changes certain files, which the provider itself or the change filter of the
	// sources stack looks at; or an upload.
	Event environment.Trigger `json:"event"`
	// Provider that keeps the code.
	Provider environment.Provider `json:"provider"`
	// Repository is the repository's name, with its owner where it has one. Empty for uploads.
	Repository string `json:"repository,omitempty"`
	// Branch that the pipeline follows. Empty for uploads.
	Branch string `json:"branch,omitempty"`
	// Includes are the patterns of files of which a push must change one. Without any, every file counts.
	Includes []string `json:"includes,omitempty"`
	// Excludes are the patterns of files that do not count.
	Excludes []string `json:"excludes,omitempty"`
	// Bucket and Key name the object whose upload starts the pipeline.
	Bucket string `json:"bucket,omitempty"`
	// Key of the object.
	Key string `json:"key,omitempty"`
}

// triggerOf is the trigger of a pipeline whose code is at s.
func triggerOf(store *environment.Store, s environment.Source, event environment.Trigger) Trigger {
	if event == environment.OnUpload {
		return Trigger{Event: event, Provider: s.Provider, Bucket: store.SourceBucketName(), Key: s.Key}
	}
	t := Trigger{Event: event, Provider: s.Provider, Repository: s.FullName(), Branch: s.Branch}
	if event != environment.OnPush {
		t.Includes, t.Excludes = s.FilePaths.Includes, s.FilePaths.Excludes
	}
	return t
}

// String says what starts the pipeline: "a push to main of acme/catalog on GitHub".
func (t Trigger) String() string {
	if t.Event == environment.OnUpload {
		return "an upload of " + t.Key + " to " + t.Bucket
	}
	var b strings.Builder
	b.WriteString("a push to " + t.Branch + " of " + t.Repository)
	if t.Provider.Connected() {
		b.WriteString(" on " + t.Provider.Title())
	}
	if t.Event == environment.OnPush {
		return b.String()
	}
	b.WriteString(" that changes ")
	if len(t.Includes) == 0 {
		b.WriteString("a file")
	}
	b.WriteString(text.Or(t.Includes))
	if len(t.Excludes) > 0 {
		b.WriteString(", other than " + text.Or(t.Excludes))
	}
	if t.Event == environment.OnChange {
		b.WriteString(", by the change filter")
	}
	return b.String()
}

// source is the action that takes the code.
func source(s environment.Source) Action {
	a := Action{Name: s.ActionName(), Kind: Source}
	switch {
	case s.Provider == environment.S3:
		a.Does = "upload " + s.Key
	case s.Provider.Connected():
		a.Does = "branch " + s.Branch + " of " + s.FullName() + " on " + s.Provider.Title()
	default:
		a.Does = "branch " + s.Branch
	}
	return a
}
