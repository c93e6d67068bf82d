package storeship

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/internal/kernel"
)

func TestMain(m *testing.M) {
	stop := kernel.Prepare()
	started = os.Getenv("JSII_NODE")
	os.Setenv("JSII_DEPRECATED", "warn")
	jsii.Close() // jsii has read the environment already; closing makes it read it anew
	code := m.Run()
	jsii.Close()
	stop()
	os.Exit(code)
}

// started is the program that stands in for node.
var started string

// The kernel must start the cheap way, or every synth takes a second longer; and what JavaScript prints must still be read.
func TestKernelPrints(t *testing.T) {
	if started == "" {
		t.Fatal("the kernel starts as jsii starts it; see internal/kernel")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stderr
	os.Stderr = w
	stack := awscdk.NewStack(nil, jsii.String("Old"), nil)
	awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{Cidr: jsii.String("10.0.0.0/16")})
	read := make([]byte, 4096)
	n, err := r.Read(read)
	os.Stderr = was
	if err != nil || !strings.Contains(string(read[:n]), "is deprecated") {
		t.Errorf("read %q and %v, want the warning of a deprecated property", read[:n], err)
	}
}

// What JavaScript has printed when the program ends must be read to the end: the reasons of a failed validation are the last of it. And
// nothing may be said of the kernel's own end.
func TestNothingPrintedIsLost(t *testing.T) {
	was := os.Stderr
	defer func() { os.Stderr = was }()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stderr = w
	const all = 700 // more than a pipe holds, which nobody reads yet, and less than two
	stack := awscdk.NewStack(nil, jsii.String("Old"), nil)
	for i := range all {
		awsec2.NewVpc(stack, jsii.String(fmt.Sprint("Vpc", i)), &awsec2.VpcProps{Cidr: jsii.String("10.0.0.0/16"), SubnetConfiguration: &[]*awsec2.SubnetConfiguration{}})
	}
	go func() {
		defer w.Close()
		closeQuietly(w)
	}()
	time.Sleep(100 * time.Millisecond)
	read, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	got := string(read)
	if n := strings.Count(got, "aws-cdk-lib.aws_ec2.VpcProps#cidr is deprecated"); n != all {
		t.Errorf("%d of %d warnings were read", n, all)
	}
	if strings.Contains(got, "Runtime process") {
		t.Errorf("the end of the kernel is said: %s", got)
	}
}

// A mistake that Go's own library finds is the user's who asked it.
func TestUserFrameOfTheStandardLibrary(t *testing.T) {
	var stderr bytes.Buffer
	broken := strings.Repeat("(", 1)
	run(func(awscdk.App) { regexp.MustCompile(broken) }, &stderr)
	if got := stderr.String(); strings.Contains(got, "regexp.go") || !strings.Contains(got, "missing closing") {
		t.Errorf("got %q", got)
	}
}

// A user who makes a mistake must read one line with the place in the own program, and never a stack trace.
func TestRunReports(t *testing.T) {
	for name, tc := range map[string]struct {
		compose func(awscdk.App)
		want    []string
	}{
		"a jsii exception": {
			func(app awscdk.App) {
				s := awscdk.NewStack(app, jsii.String("S"), nil)
				awssns.NewTopic(s, jsii.String("T"), nil)
				awssns.NewTopic(s, jsii.String("T"), nil)
			},
			[]string{"There is already a Construct with name 'T'"},
		},
		// Its template is validated in another thread than the CDK asks in.
		"a template that CloudFormation refuses": {
			func(app awscdk.App) {
				s := awscdk.NewStack(app, jsii.String("S"), nil)
				awscdk.NewCfnResource(s, jsii.String("Topic"), &awscdk.CfnResourceProps{
					Type: jsii.String("AWS::SNS::Topic"), Properties: &map[string]any{"TopicNames": "a"},
				})
			},
			[]string{"Validation failed. A copy of this report can be found in: "},
		},
		"a plain panic":   {func(awscdk.App) { panic("no such thing") }, []string{"no such thing"}},
		"a nil construct": {func(awscdk.App) { var topic awssns.Topic; topic.TopicArn() }, []string{"nil pointer"}},
		"located problems": {
			func(awscdk.App) {
				panic(located{errors.New("a.yaml:1:2: store: required\na.yaml:3:4: tools: required\n")})
			},
			[]string{"a.yaml:1:2: store: required", "a.yaml:3:4: tools: required"},
		},
		"listed problems": {
			func(awscdk.App) { panic(listed{errors.New("x")}) },
			[]string{"delivery.Pipeline Shop/P: Store: required", "delivery.Pipeline Shop/P: Service: required"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr bytes.Buffer
			if code := run(tc.compose, &stderr); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
			if len(lines) != len(tc.want) {
				t.Fatalf("got %d lines, want %d:\n%s", len(lines), len(tc.want), stderr.String())
			}
			for i, want := range tc.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d is %q, want %q in it", i+1, lines[i], want)
				}
				if strings.Contains(lines[i], "goroutine") || strings.Contains(lines[i], ".js:") {
					t.Errorf("line %d has a stack trace: %s", i+1, lines[i])
				}
			}
		})
	}
}

// A program without mistakes ends with status 0 and says nothing.
func TestRunSynthesizes(t *testing.T) {
	var out string
	var stderr bytes.Buffer
	code := run(func(app awscdk.App) {
		out = *app.Outdir()
		awssns.NewTopic(awscdk.NewStack(app, jsii.String("Shop"), nil), jsii.String("Topic"), nil)
	}, &stderr)
	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("exit code %d, standard error %q", code, stderr.String())
	}
	if _, err := os.Stat(out + "/Shop.template.json"); err != nil {
		t.Error(err)
	}
}

// The frame that a message names must be the user's, not the library's or the binding's: otherwise it sends the user to
// read our code.
func TestIsUser(t *testing.T) {
	for function, want := range map[string]bool{
		"main.main.func1":                                               true,
		"example.com/shop/delivery.New":                                 true,
		"github.com/storeship/storeship.Run":                            false,
		"github.com/storeship/storeship/stacks.NewStorefront":           false,
		"github.com/aws/jsii-runtime-go/runtime.Create":                 false,
		"github.com/aws/aws-cdk-go/awscdk/v2/awssns.NewTopic":           false,
		"runtime.gopanic":                                               false,
		"github.com/storeship/storeship/examples/single-service.plan.x": false,
	} {
		if got := isUser(function); got != want {
			t.Errorf("isUser(%q) = %v, want %v", function, got, want)
		}
	}
}

type located struct{ error }

func (located) Located() bool { return true }

type listed struct{ error }

func (listed) Problems() []string {
	return []string{"delivery.Pipeline Shop/P: Store: required", "delivery.Pipeline Shop/P: Service: required"}
}
