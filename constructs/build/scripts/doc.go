// Package scripts holds the scripts of the build stage, and which of them each preset runs. It is plain Go: the steps of package
// build make the commands of CodeBuild from them, and internal/precommit the hooks on a developer's machine.
//
//	scripts.Text("common", "require-report")
//	scripts.Of(environment.PresetGo).Tests // test-go
//
// A script begins with common.sh, which has say and fail, and reads what it needs from variables in capitals.
package scripts
