package release

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
)

const (
	// Folder of a cloud assembly that holds the releases. It becomes a pipeline artifact of its own, because CodePipeline
	// refuses to read these files from an artifact over 3 MB.
	Folder = "releases"
	// TaskDefinitionFile holds what [Render] returns.
	TaskDefinitionFile = "taskdef.json"
	// AppSpecFile holds what [AppSpec] returns.
	AppSpecFile = "appspec.yaml"
)

// Path is where the two files of a service in a target are, below [Folder] and so within the artifact: with slashes, as
// CodePipeline wants it.
func Path(environment, region, service string) string {
	return path.Join(environment, region, service)
}

// Write writes the two files of one service and target into the assembly at dir, at [Path] in [Folder].
func Write(dir, path string, taskDefinition, appSpec []byte) error {
	if !filepath.IsLocal(filepath.FromSlash(path)) || slices.Contains([]string{"", "."}, path) {
		return fmt.Errorf("write release: path must be within the assembly, got %q", path)
	}
	if len(taskDefinition) == 0 || len(appSpec) == 0 {
		return errors.New("write release: the task definition and the AppSpec must not be empty")
	}
	folder := filepath.Join(dir, Folder, filepath.FromSlash(path))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("write release: %w", err)
	}
	for name, content := range map[string][]byte{TaskDefinitionFile: taskDefinition, AppSpecFile: appSpec} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return fmt.Errorf("write release: %w", err)
		}
	}
	return nil
}
