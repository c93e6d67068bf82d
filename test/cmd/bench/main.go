// Command bench measures the synth of a store: seconds, peak memory and templates, of everything and of one service, with
// and without strict validation.
//
//	make bench
//	cd test && go run ./cmd/bench -config ../examples/retail-store/storeship.yaml -scope catalog -runs 3
//
// It runs the built app the way the CDK CLI does, without the CLI's own second.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	config := flag.String("config", "../examples/retail-store/storeship.yaml", "the store to synthesize")
	app := flag.String("app", "../bin/storefront", "the built CDK app")
	cdk := flag.String("cdk", "../cdk.json", "the CDK configuration with the app's context")
	scope := flag.String("scope", "catalog", "the service of the scoped synth")
	runs := flag.Int("runs", 3, "how often each synth runs; the median counts")
	flag.Parse()
	if err := bench(*app, *cdk, *config, *scope, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measurement is one synth.
type measurement struct {
	seconds   float64
	memoryMiB int
	templates int
	kilobytes int
}

func bench(app, cdk, config, scope string, runs int) error {
	context, err := readContext(cdk)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "scope\tvalidation\tseconds\tpeak MiB\ttemplates\tlargest KB\t")
	for _, s := range []string{"", scope} {
		for _, strict := range []bool{false, true} {
			var all []measurement
			for range runs {
				m, err := synth(app, config, s, context, strict)
				if err != nil {
					return err
				}
				all = append(all, m)
			}
			slices.SortFunc(all, func(a, b measurement) int { return int((a.seconds - b.seconds) * 1e6) })
			m := all[len(all)/2]
			fmt.Fprintf(w, "%s\t%s\t%.2f\t%d\t%d\t%d\t\n", name(s, "everything"), map[bool]string{true: "strict", false: "off"}[strict],
				m.seconds, m.memoryMiB, m.templates, m.kilobytes)
		}
	}
	return w.Flush()
}

func name(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
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

// synth runs the app once in a folder of its own.
func synth(app, config, scope string, context map[string]any, strict bool) (m measurement, err error) {
	out, err := os.MkdirTemp("", "bench")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(out)
	c := map[string]any{"config": config}
	for k, v := range context {
		c[k] = v
	}
	if scope != "" {
		c["scope"] = scope
	}
	data, err := json.Marshal(c)
	if err != nil {
		return m, err
	}
	cmd := exec.Command(app)
	cmd.Env = append(os.Environ(), "CDK_OUTDIR="+out, "CDK_CONTEXT_JSON="+string(data), "CDK_VALIDATION="+strconv.FormatBool(strict))
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return m, err
	}
	stop := make(chan struct{})
	peak := make(chan int)
	go func() { peak <- watch(cmd.Process.Pid, stop) }()
	err = cmd.Wait()
	m.seconds = time.Since(start).Seconds()
	close(stop)
	m.memoryMiB = <-peak / 1024
	if err != nil {
		return m, err
	}
	return m, count(out, &m)
}

// watch returns the most memory, in KiB, that the process and its children had at once.
func watch(pid int, stop <-chan struct{}) int {
	most := 0
	for {
		select {
		case <-stop:
			return most
		case <-time.After(50 * time.Millisecond):
			most = max(most, tree(pid))
		}
	}
}

// tree adds up the resident memory of a process and its children, in KiB.
func tree(root int) int {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,rss=").Output()
	if err != nil {
		return 0
	}
	children, rss := map[int][]int{}, map[int]int{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		pid, _ := strconv.Atoi(f[0])
		parent, _ := strconv.Atoi(f[1])
		rss[pid], _ = strconv.Atoi(f[2])
		children[parent] = append(children[parent], pid)
	}
	sum := 0
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		sum += rss[queue[0]]
		queue = append(queue, children[queue[0]]...)
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
