// Package shell says of each command of a script what becomes of its failure: whether the script fails with it, or why not.
// It reads the script with a parser and runs nothing.
//
//	for _, r := range shell.Read([]string{"gitleaks git . || true"}, nil) {
//		for _, c := range r.Commands {
//			fmt.Println(c.Text, c.Lost) // gitleaks git .  `|| true` takes its place
//		}
//	}
//
// What it knows are the rules of POSIX and bash: errexit and where it does not act, pipes with and without pipefail, lists,
// conditions, loops, functions, subshells, substitutions, traps, the background, and scripts within scripts.
// https://www.gnu.org/software/bash/manual/bash.html#The-Set-Builtin
package shell
