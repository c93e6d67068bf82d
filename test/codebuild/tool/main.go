// Tool is every stand-in of a build host, by the name of its file: it hands its call to the test, whose socket is in a folder above, and
// does what the test answers.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/storeship/storeship/test/codebuild/wire"
)

func main() {
	path, err := os.Executable()
	if err != nil {
		fail(err)
	}
	connection, err := net.Dial("unix", socket(path))
	if err != nil {
		fail(err)
	}
	dir, err := os.Getwd()
	if err != nil {
		fail(err)
	}
	send, receive := json.NewEncoder(connection), json.NewDecoder(connection)
	if err := send.Encode(wire.Call{Name: filepath.Base(path), Path: path, Args: os.Args[1:], Dir: dir, Environment: os.Environ()}); err != nil {
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

// socket is that of the host that a file is on.
func socket(file string) string {
	for dir := filepath.Dir(file); dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		name := filepath.Join(dir, wire.Socket)
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return wire.Socket
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "stand-in:", err)
	os.Exit(125)
}
