// Tool is what every stand-in of a build host runs: it hands its call to the test, and does what the test answers.
//
//	tool SOCKET NAME PATH ARGUMENT...
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/storeship/storeship/test/codebuild/wire"
)

func main() {
	connection, err := net.Dial("unix", os.Args[1])
	if err != nil {
		fail(err)
	}
	dir, err := os.Getwd()
	if err != nil {
		fail(err)
	}
	send, receive := json.NewEncoder(connection), json.NewDecoder(connection)
	if err := send.Encode(wire.Call{Name: os.Args[2], Path: os.Args[3], Args: os.Args[4:], Dir: dir, Environment: os.Environ()}); err != nil {
		fail(err)
	}
	for {
		var reply wire.Reply
		if err := receive.Decode(&reply); err != nil {
			fail(err)
		}
		if reply.Stdin {
			input, err := io.ReadAll(os.Stdin)
			if err == nil {
				err = send.Encode(wire.Input{Text: input})
			}
			if err != nil {
				fail(err)
			}
			continue
		}
		if len(reply.Run) > 0 {
			fail(syscall.Exec(reply.Run[0], reply.Run[1:], reply.Environment))
		}
		fmt.Fprint(os.Stdout, reply.Stdout)
		fmt.Fprint(os.Stderr, reply.Stderr)
		os.Exit(reply.Code)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "stand-in:", err)
	os.Exit(125)
}
