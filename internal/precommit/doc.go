// Package precommit writes the hooks of a service's repository for https://pre-commit.com: the gates of its build stage that need no
// AWS, with the scripts and the versions of the pipeline (packages scripts and pinned).
//
//	text, err := precommit.File(plan, "catalog")
//
// All hooks are local: they come from no other repository, and what they install comes at exact versions from PyPI and Go's module
// proxy, for whatever system a developer has. What finds something at once runs before a commit, what takes longer before a push.
package precommit
