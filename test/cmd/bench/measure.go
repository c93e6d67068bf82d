package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// measurement is one synth.
type measurement struct {
	seconds   float64
	memoryMiB int
	templates int
	kilobytes int
}

// readContext is the context that the CLI would hand to the app.
func readContext(cdk string) (map[string]any, error) {
	data, err := os.ReadFile(cdk)
	if err != nil {
		return nil, err
	}
	var c struct{ Context map[string]any }
	return c.Context, json.Unmarshal(data, &c)
}

// command is one run of the app.
func (b *bench) command(config, scope, out string, strict bool) (*exec.Cmd, error) {
	context := map[string]any{"config": config}
	for k, v := range b.context {
		context[k] = v
	}
	if scope != "" {
		context["scope"] = scope
	}
	data, err := json.Marshal(context)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.app)
	cmd.Env = append(os.Environ(), "CDK_OUTDIR="+out, "CDK_CONTEXT_JSON="+string(data), "CDK_VALIDATION="+strconv.FormatBool(strict))
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// synth runs the app for all scopes side by side. Strict, it validates what is not remembered in the folder known.
func (b *bench) synth(config string, scopes []string, strict bool, known string) (m measurement, err error) {
	out, err := os.MkdirTemp(b.dir, "cdk.out")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(out)
	var commands []*exec.Cmd
	start := time.Now()
	for i, scope := range scopes {
		cmd, err := b.command(config, scope, filepath.Join(out, strconv.Itoa(i)), strict)
		if err != nil {
			return m, err
		}
		cmd.Env = append(cmd.Env, "STORESHIP_VALIDATION_CACHE="+known)
		if err := cmd.Start(); err != nil {
			return m, err
		}
		commands = append(commands, cmd)
	}
	stop := make(chan struct{})
	peak := make(chan int)
	go func() { peak <- watch(os.Getpid(), stop) }()
	for _, cmd := range commands {
		if e := cmd.Wait(); e != nil {
			err = e
		}
	}
	m.seconds = time.Since(start).Seconds()
	close(stop)
	m.memoryMiB = <-peak / 1024
	if err != nil {
		return m, err
	}
	return m, count(out, &m)
}

// calls counts the requests to the jsii kernel, in runs of their own: the kernel then writes each of them down.
func (b *bench) calls(config string, scopes []string) (int, error) {
	total := 0
	for _, scope := range scopes {
		cmd, err := b.command(config, scope, filepath.Join(b.dir, "calls"), false)
		if err != nil {
			return 0, err
		}
		cmd.Env = append(cmd.Env, "JSII_DEBUG=1")
		cmd.Stderr = nil
		log, err := cmd.StderrPipe()
		if err != nil {
			return 0, err
		}
		if err := cmd.Start(); err != nil {
			return 0, err
		}
		var once sync.WaitGroup
		once.Go(func() {
			s := bufio.NewScanner(log)
			s.Buffer(nil, 64<<20)
			for s.Scan() {
				if strings.HasPrefix(s.Text(), "> {") {
					total++
				}
			}
		})
		once.Wait()
		if err := cmd.Wait(); err != nil {
			return 0, fmt.Errorf("counting calls: %w", err)
		}
		if err := os.RemoveAll(filepath.Join(b.dir, "calls")); err != nil {
			return 0, err
		}
	}
	return total, nil
}

// task is the yardstick: it writes and reads JSON, and says how many seconds that took.
const task = `
const o = {};
for (let i = 0; i < 20000; i++) o['k' + i] = { a: i, b: String(i), c: [i, i + 1] };
const start = process.hrtime.bigint();
for (let i = 0; i < 20; i++) JSON.parse(JSON.stringify(o));
console.log(Number(process.hrtime.bigint() - start) / 1e9);
`

// yardstick measures how fast the machine is just now: a virtual one can be half as fast an hour later.
func (b *bench) yardstick() error {
	out, err := exec.Command("node", "-e", task).Output()
	if err != nil {
		return fmt.Errorf("the yardstick: %w", err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	b.yardsticks = append(b.yardsticks, seconds)
	return err
}

// watch returns the most memory, in KiB, that the children of a process had at once.
func watch(pid int, stop <-chan struct{}) int {
	most := 0
	for {
		select {
		case <-stop:
			return most
		case <-time.After(50 * time.Millisecond):
			most = max(most, children(pid))
		}
	}
}

// children adds up the resident memory of all processes below root, in KiB, but for the ps that tells.
func children(root int) int {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,rss=,comm=").Output()
	if err != nil {
		return 0
	}
	below, rss := map[int][]int{}, map[int]int{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 || f[3] == "ps" {
			continue
		}
		pid, _ := strconv.Atoi(f[0])
		parent, _ := strconv.Atoi(f[1])
		rss[pid], _ = strconv.Atoi(f[2])
		below[parent] = append(below[parent], pid)
	}
	sum := 0
	for queue := below[root]; len(queue) > 0; queue = queue[1:] {
		sum += rss[queue[0]]
		queue = append(queue, below[queue[0]]...)
	}
	return sum
}

func count(out string, m *measurement) error {
	return filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".template.json") {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		m.templates++
		m.kilobytes = max(m.kilobytes, int(info.Size()/1000))
		return nil
	})
}
