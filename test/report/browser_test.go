//go:build browser

package report_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/report"
	"github.com/storeship/storeship/internal/review"
)

// browser is a page in a headless Chromium, with everything that it complains of or loads.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	requests   []string
}

// chromiums are the names that the program goes by.
var chromiums = []string{"chromium", "chromium-browser", "google-chrome", "chrome"}

// open opens a page of the size of a laptop's screen.
func open(t *testing.T, page string) *browser {
	t.Helper()
	program := ""
	for _, name := range chromiums {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	require.NotEmpty(t, program, "no Chromium on the PATH; install it (Debian: apt-get install chromium)")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.WindowSize(1440, 900))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium has no sandbox for root.
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // It logs events that are newer than it is.
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	chromedp.ListenTarget(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.complaints = append(b.complaints, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			b.complaints = append(b.complaints, fmt.Sprint("console.", e.Type, " ", len(e.Args)))
		case *log.EventEntryAdded:
			b.complaints = append(b.complaints, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			b.requests = append(b.requests, e.Request.URL)
		}
	})
	file := filepath.Join(t.TempDir(), "review.html")
	require.NoError(t, os.WriteFile(file, []byte(page), 0o644))
	b.run(log.Enable(), network.Enable(), emulation.SetDeviceMetricsOverride(1440, 900, 1, false), chromedp.Navigate("file://"+file), chromedp.WaitReady("footer"))
	return b
}

func (b *browser) run(actions ...chromedp.Action) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Run(b.ctx, actions...))
}

// eval is the value of an expression.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	var v T
	b.run(chromedp.Evaluate(expression, &v))
	return v
}

// calm says that the page neither complained nor loaded anything.
func (b *browser) calm() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.complaints)
	require.Len(b.t, b.requests, 1, "the page loads something: %v", b.requests)
}

// theme makes the page light or dark.
func (b *browser) theme(name string) {
	b.t.Helper()
	b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
}

// picture keeps a screenshot where SCREENSHOTS says, for people to look at.
func (b *browser) picture(name string) {
	b.t.Helper()
	var png []byte
	b.run(chromedp.CaptureScreenshot(&png))
	require.Greater(b.t, len(png), 10_000)
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
	}
}

func written(t *testing.T, r *review.Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, report.Write(&b, r, report.HTML))
	return b.String()
}

// Catches: a page that complains in the console, loads something, cannot be used by keyboard, does not fit its summary on a
// screen, or cannot be read in one of the themes.
func TestBrowser(t *testing.T) {
	old, renewed := seeded(t, seeds())
	r := review.New(old, renewed)
	b := open(t, written(t, r))
	b.calm()
	require.Equal(t, float64(len(r.Findings)), eval[float64](b, `document.querySelectorAll("details.finding").length`))
	require.Less(t, eval[float64](b, `document.querySelector(".pictures").getBoundingClientRect().bottom`), 900.0, "the summary does not fit on a screen")
	require.Equal(t, 0.0, eval[float64](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`), "the page is wider than the screen")

	// The first stop of the keyboard leads past the pictures.
	b.run(chromedp.KeyEvent(kb.Tab))
	require.Equal(t, "#findings", eval[string](b, `document.activeElement.getAttribute("href")`))
	b.run(chromedp.KeyEvent(kb.Enter))
	require.Equal(t, "findings", eval[string](b, `document.activeElement.id`))
	const focused = `(document.activeElement.closest("details.finding") || {}).id || ""`
	b.run(chromedp.KeyEvent("j"))
	require.Equal(t, "f1", eval[string](b, focused))
	b.run(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"))
	require.Equal(t, "f2", eval[string](b, focused))
	require.False(t, eval[bool](b, `f2.open`))
	b.run(chromedp.KeyEvent(kb.Enter))
	require.True(t, eval[bool](b, `f2.open`))
	require.True(t, eval[bool](b, `f2.querySelector(".body").checkVisibility()`))
	b.run(chromedp.KeyEvent("e"))
	require.Equal(t, 0.0, eval[float64](b, `document.querySelectorAll("details.finding:not([open])").length`))
	b.run(chromedp.KeyEvent("e"), chromedp.KeyEvent("/"), chromedp.KeyEvent("gamma-us-west-2 catalog"))
	require.Equal(t, "query", eval[string](b, `document.activeElement.id`))
	found := eval[string](b, `shown.textContent`)
	require.Regexp(t, `^\d+ of \d+ findings$`, found)
	require.Equal(t, strings.Fields(found)[0], fmt.Sprint(eval[float64](b, `document.querySelectorAll("details.finding:not([hidden])").length`)))
	b.run(chromedp.KeyEvent(kb.Escape))
	require.Equal(t, "", eval[string](b, `shown.textContent`))

	// A cell of the matrix leads to what it stands for.
	b.run(chromedp.Click(`a.cell.will-fail`, chromedp.NodeVisible))
	require.Contains(t, eval[string](b, `shown.textContent`), " of ")
	require.GreaterOrEqual(t, eval[float64](b, `document.querySelectorAll("details.will-fail:not([hidden])").length`), 1.0)
	b.run(chromedp.Evaluate(`query.value = ""; query.dispatchEvent(new Event("input")); scrollTo({top: 0, behavior: "instant"}); document.activeElement.blur()`, nil))

	// On paper everything is unfolded.
	require.Equal(t, 0.0, eval[float64](b, `dispatchEvent(new Event("beforeprint")), document.querySelectorAll("details.finding:not([open])").length`))
	require.Greater(t, eval[float64](b, `dispatchEvent(new Event("afterprint")), document.querySelectorAll("details.finding:not([open])").length`), 1.0)

	papers := map[string]string{}
	for _, theme := range []string{"light", "dark"} {
		b.theme(theme)
		papers[theme] = eval[string](b, `getComputedStyle(document.body).backgroundColor`)
		b.contrast(theme)
		b.run(chromedp.Evaluate(`scrollTo({top: 0, behavior: "instant"})`, nil))
		b.picture("summary-" + theme)
		b.run(chromedp.Evaluate(`f7.open = f20.open = true; f7.scrollIntoView({behavior: "instant"})`, nil))
		b.picture("findings-" + theme)
	}
	require.NotEqual(t, papers["light"], papers["dark"])
	b.run(emulation.SetDeviceMetricsOverride(390, 844, 1, true))
	require.Equal(t, 0.0, eval[float64](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`), "the page is wider than a telephone")
	b.picture("telephone")
	b.calm()
}

// readable are texts, each of which must stand out from what is behind it.
const readable = `JSON.stringify(["h1", ".scope", ".what", ".subject", ".property", ".brief", ".meta", ".level small", ".legend", ".keys", ".pipeline h3", ".stage strong", ".stage.quiet", ".matrix tbody th", ".matrix thead th",
	".cell.will-fail", ".cell.data-loss", ".cell.access-widened", ".cell.safety-lost", ".cell.traffic", ".cell.interruption", ".cell.cost", "footer p"].map((selector) => {
	const e = document.querySelector(selector);
	let behind = e;
	while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
	const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
	const rgb = (color) => { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
	return [selector, rgb(getComputedStyle(e).color), rgb(getComputedStyle(behind).backgroundColor)];
}))`

// contrast holds that every text can be read: https://www.w3.org/TR/WCAG22/#contrast-minimum
func (b *browser) contrast(theme string) {
	b.t.Helper()
	var all [][]json.RawMessage
	require.NoError(b.t, json.Unmarshal([]byte(eval[string](b, readable)), &all))
	for _, one := range all {
		var selector string
		var front, back [3]float64
		require.NoError(b.t, json.Unmarshal(one[0], &selector))
		require.NoError(b.t, json.Unmarshal(one[1], &front))
		require.NoError(b.t, json.Unmarshal(one[2], &back))
		light, dark := luminance(front), luminance(back)
		if light < dark {
			light, dark = dark, light
		}
		if ratio := (light + 0.05) / (dark + 0.05); ratio < 4.5 {
			b.t.Errorf("%s: %s has a contrast of %.1f", theme, selector, ratio)
		}
	}
}

func luminance(rgb [3]float64) float64 {
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := rgb[i] / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// attack is what a template may have in its names and descriptions.
const attack = `<script>window.ran = 1</script><img src="x" onerror="window.ran = 1"><svg onload="window.ran = 1">"'></details></summary><style>*{display:none}</style>`

// Catches: a description of a resource that runs in the reviewer's browser, and 200 findings that make the page slow.
func TestBrowserOfHostileNames(t *testing.T) {
	var opened [2]*assembly.Assembly
	for i, value := range []string{"a", "b"} {
		resources := object{}
		for n := range 200 {
			resources[fmt.Sprint(attack, n)] = object{"Type": "AWS::SQS::Queue", "Metadata": object{"aws:cdk:path": fmt.Sprint("shop/", attack, n)},
				"Properties": object{"QueueName": fmt.Sprint(n, attack, value), "Tags": []any{object{"Key": attack, "Value": value}}}}
		}
		file := filepath.Join(t.TempDir(), "shop.json")
		require.NoError(t, os.WriteFile(file, must(json.Marshal(object{"Description": attack + value, "Resources": resources})), 0o644))
		var err error
		opened[i], err = assembly.OpenTemplate(file, attack)
		require.NoError(t, err)
	}
	r := review.New(opened[0], opened[1])
	require.GreaterOrEqual(t, len(r.Findings), 200)
	page := written(t, r)
	start := time.Now()
	b := open(t, page)
	t.Logf("%d findings, %d KB, %s until it stands, the browser's start included", len(r.Findings), len(page)/1000, time.Since(start).Round(time.Millisecond))
	spent := eval[float64](b, `(() => { const t = performance.now(); unfold.click(); document.body.getBoundingClientRect(); unfold.click(); document.body.getBoundingClientRect(); return performance.now() - t; })()`)
	t.Logf("unfolding and folding all of them takes %.0f ms", spent)
	require.Less(t, spent, 2000.0)
	require.Less(t, eval[float64](b, `performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd`), 3000.0)
	require.True(t, eval[bool](b, `typeof window.ran === "undefined"`))
	require.True(t, eval[bool](b, `document.querySelector("h1").checkVisibility()`))
	require.Equal(t, 1.0, eval[float64](b, `document.scripts.length`))
	require.Equal(t, 0.0, eval[float64](b, `document.images.length`))
	b.calm()

	// What gets past the escaping all the same, the page's policy stops.
	b.run(chromedp.Evaluate(`document.body.append(Object.assign(document.createElement("script"), {textContent: "window.ran = 1"}))`, nil))
	require.True(t, eval[bool](b, `typeof window.ran === "undefined"`))
	b.mu.Lock()
	defer b.mu.Unlock()
	require.NotEmpty(t, b.complaints, "the policy let a script run, or nobody told")
}
