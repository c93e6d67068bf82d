// Package wire is what a stand-in and its test say to each other, as JSON over a socket.
package wire

// Socket is the name of the socket, in the folder that a host is in.
const Socket = ".s"

// Call is what the stand-in says first.
type Call struct {
	Name, Path, Dir   string
	Args, Environment []string
}

// Input is what it says when it is asked for its standard input.
type Input struct{ Text []byte }

// Reply is what it is told: to send its standard input; to become a program, Run, with its arguments from their own name on, and
// its environment; or to print and end.
type Reply struct {
	Stdin            bool
	Run, Environment []string
	Stdout, Stderr   string
	Code             int
}
