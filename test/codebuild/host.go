package codebuild

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/storeship/storeship/test/codebuild/wire"
)

// BaseTools are what a host has of the machine: what POSIX has, and what every Linux image of CodeBuild has beside. A tool that
// reaches the network, or another one's state, is none of them.
var BaseTools = []string{
	"awk", "basename", "bash", "cat", "chmod", "cmp", "comm", "cp", "cut", "diff", "dirname", "env", "expr", "false", "find", "grep", "gzip",
	"head", "id", "ln", "ls", "mkdir", "mktemp", "mv", "od", "pwd", "readlink", "rm", "rmdir", "sed", "seq", "sh", "sort", "tail", "tar", "tee",
	"test", "touch", "tr", "true", "uname", "uniq", "wc", "xargs",
}

// Machine is what all hosts of a test run share.
type Machine struct{ base, tool string }

// NewMachine prepares a machine in a folder of its own.
func NewMachine(dir string) (*Machine, error) {
	m := &Machine{base: filepath.Join(dir, "base"), tool: filepath.Join(dir, "tool")}
	if err := os.MkdirAll(m.base, 0o755); err != nil {
		return nil, err
	}
	for _, name := range BaseTools {
		path, err := exec.LookPath(name)
		if err != nil {
			continue // the build says that there is none, if one asks for it
		}
		if err := os.Symlink(path, filepath.Join(m.base, name)); err != nil {
			return nil, err
		}
	}
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", m.tool, "github.com/storeship/storeship/test/codebuild/tool")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // it starts in half the time
	out, err := build.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return m, nil
}

// Tool answers the calls of a stand-in.
type Tool func(*Call) Reply

// Tools are stand-ins by the names of the programs.
type Tools map[string]Tool

// Call is one call of a stand-in.
type Call struct {
	// Name of the program, and its arguments.
	Name string
	Args []string
	// Path that it was called by, and Dir, the folder that it was called in.
	Path, Dir string
	// Host that it was called on.
	Host *Host

	environment []string
	ask         func() ([]byte, error)
}

// String is the call as one would type it, without quotes.
func (c *Call) String() string { return strings.Join(append([]string{c.Name}, c.Args...), " ") }

// Variable is a variable of the call's environment, empty where there is none.
func (c *Call) Variable(name string) string {
	for _, v := range c.environment {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// Stdin reads the call's standard input to its end.
func (c *Call) Stdin() string {
	text, err := c.ask()
	if err != nil {
		panic(err)
	}
	return string(text)
}

// File is a path of the call's arguments, which may be relative to its folder.
func (c *Call) File(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Dir, name)
}

// Real runs a program of the machine in the call's place, with its environment and more variables.
func (c *Call) Real(path string, args []string, variables ...string) Reply {
	environment := slices.DeleteFunc(slices.Clone(c.environment), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.ContainsFunc(variables, func(over string) bool { return strings.HasPrefix(over, name+"=") })
	})
	return Reply{run: append([]string{path, filepath.Base(path)}, args...), environment: append(environment, variables...)}
}

// Reply is what a stand-in does.
type Reply struct {
	// Stdout and Stderr are printed.
	Stdout, Stderr string
	// Code is how it ends.
	Code int

	run, environment []string
}

// Fail is a reply that ends with 1 and says why.
func Fail(format string, args ...any) Reply {
	return Reply{Stderr: fmt.Sprintf(format, args...) + "\n", Code: 1}
}

// Host is the host of one build: a home, a folder of programs, a folder of the source. Nothing of it outlives the build.
type Host struct {
	// Root holds all the others.
	Root string
	// Home is the user's home, Source the folder of the source, Bin the folder of the stand-ins.
	Home, Source, Bin string
	// Before is asked before a call is answered; what it returns takes the place of the answer.
	Before func(*Call) *Reply

	machine  *Machine
	tools    Tools
	listener net.Listener
	mu       sync.Mutex
	calls    []*Call
	pending  sync.WaitGroup
}

// Host makes a host in a new folder, with all tools but those that come later, when something installs them. The path must be
// short: a socket's has at most 104 characters on macOS.
func (m *Machine) Host(dir string, tools Tools, later ...string) (*Host, error) {
	h := &Host{
		Root: dir, Home: filepath.Join(dir, "home"), Source: filepath.Join(dir, "src"), Bin: filepath.Join(dir, "bin"),
		machine: m, tools: tools,
	}
	for _, folder := range []string{h.Home, h.Source, h.Bin} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	for name := range tools {
		if slices.Contains(later, name) {
			continue
		}
		if err := h.Install(h.Bin, name); err != nil {
			return nil, err
		}
	}
	var err error
	if h.listener, err = net.Listen("unix", filepath.Join(h.Root, wire.Socket)); err != nil {
		return nil, err
	}
	h.pending.Add(1)
	go h.serve()
	return h, nil
}

// Close ends the host. Its folders stay.
func (h *Host) Close() error {
	err := h.listener.Close()
	h.pending.Wait()
	return err
}

// Calls are the calls of stand-ins, in order.
func (h *Host) Calls() []*Call {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.calls)
}

// Install puts the stand-in of that name into a folder of the host.
func (h *Host) Install(folder, name string) error {
	if h.tools[name] == nil {
		return fmt.Errorf("there is no stand-in for %s: add one to the tools", name)
	}
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// The program is known by the name of its file, wherever a build copies it on the host.
	return os.Link(h.machine.tool, path)
}

func (h *Host) serve() {
	defer h.pending.Done()
	for {
		connection, err := h.listener.Accept()
		if err != nil {
			return
		}
		h.pending.Add(1)
		go func() {
			defer h.pending.Done()
			defer connection.Close()
			h.answer(connection)
		}()
	}
}

// answer answers one call. Calls are answered one after the other, so tools need no locks of their own; while one waits for its standard
// input, others go on.
func (h *Host) answer(connection net.Conn) {
	send, receive := json.NewEncoder(connection), json.NewDecoder(connection)
	var said wire.Call
	if receive.Decode(&said) != nil {
		return
	}
	c := &Call{Name: said.Name, Args: said.Args, Path: said.Path, Dir: said.Dir, Host: h, environment: said.Environment}
	c.ask = func() ([]byte, error) {
		// What writes it may be a call as well, at the other end of a pipe.
		h.mu.Unlock()
		defer h.mu.Lock()
		if err := send.Encode(wire.Reply{Stdin: true}); err != nil {
			return nil, err
		}
		var in wire.Input
		err := receive.Decode(&in)
		return in.Text, err
	}
	r := h.reply(c)
	// A stand-in that is gone needs no answer.
	_ = send.Encode(wire.Reply{Stdout: r.Stdout, Stderr: r.Stderr, Code: r.Code, Run: r.run, Environment: r.environment})
}

func (h *Host) reply(c *Call) (r Reply) {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer func() {
		if problem := recover(); problem != nil {
			r = Fail("stand-in for %s: %v", c, problem)
		}
	}()
	h.calls = append(h.calls, c)
	if h.Before != nil {
		if instead := h.Before(c); instead != nil {
			return *instead
		}
	}
	if h.tools[c.Name] == nil {
		return Fail("there is no stand-in for %s", c.Name)
	}
	return h.tools[c.Name](c)
}
