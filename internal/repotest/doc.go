// Package repotest holds tests over the source of this repository: the direction of imports, documentation, and what no
// file may contain. It parses, so it costs milliseconds and finds what a compiler lets pass.
//
// A new rule of the house is one test here:
//
//	for _, p := range repo(t).packages {
//		for _, f := range p.files { … }
//	}
package repotest
