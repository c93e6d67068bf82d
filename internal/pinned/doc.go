// Package pinned lists every tool that a build of ours installs, at one exact version, with where it comes from, since when, and what
// holds its content: the builds of the pipeline and the hooks on a developer's machine take the same.
//
//	pinned.Gitleaks.Version // 8.30.1
//	pinned.Variables("GITLEAKS_VERSION", "GITLEAKS_SHA256")
//
// Nothing floats. Go checks its modules against the public checksum database, and what is downloaded as a file is checked by its
// SHA-256. A newer version is one line here, after its changes and its licence were read.
package pinned
