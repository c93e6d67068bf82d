// Package codebuild runs buildspecs as AWS CodeBuild does: phase by phase, in a real shell, on a host whose tools are stand-ins
// that record their calls, and answer from Go.
//
//	m, err := codebuild.NewMachine(dir)                     // once in a test run
//	h, err := m.Host(filepath.Join(dir, "host"), codebuild.Tools{
//		"aws": func(c *codebuild.Call) codebuild.Reply { return codebuild.Reply{Stdout: "us-west-2\n"} },
//	})
//	defer h.Close()
//	spec, err := codebuild.Parse(text)
//	r, err := (&codebuild.Build{Spec: spec, Variables: map[string]string{"SCOPE": "catalog"}}).Run(h)
//	fmt.Println(r.Succeeded, r.Exported, h.Calls())
//
// What CodeBuild does is in its user guide; what a test of this package holds against it:
//
//   - Phases are install, pre_build, build and post_build. Commands run one at a time; the first that fails ends its phase, but for
//     the commands under finally. All share one shell, as far as that goes: variables and the folder stay from one command to the
//     next, options of the shell do not. (The guide says "the same instance of the default shell"; the agent runs a script for each
//     command, with all variables exported.)
//   - A failed install or pre_build is followed by none of the others. A failed build is followed by post_build, and the artifacts
//     are uploaded. On-failure ABORT ends the build at once, CONTINUE goes on as if nothing had failed; RETRY is refused here.
//   - Variables of the action are above those of the project, which are above those of the buildspec.
//   - A pattern of artifacts or reports that matches no file fails the build.
//   - Exported variables have the value that they have after post_build; none that begins with AWS_ is exported.
//
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
// https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
//
// A host has nothing of the machine but the tools of [BaseTools]. Any other must have a stand-in, or the shell says that there is
// no such command. A stand-in is a [Tool] by its name: it is given the call (arguments, folder, environment, and standard input when
// it asks for it) and says what to print and how to end, or which real program to run in its place. [Host.Install] puts another
// program on the host while a build runs, as installers do.
package codebuild
