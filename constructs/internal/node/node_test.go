package node_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

type queue struct{ node.Construct }

// The embedding trap of jsii: a struct that is no construct of its own fails as soon as it is somebody's scope or is handed
// to the CDK.
func TestConstructIsOne(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	q := &queue{}
	node.Init(q, stack, "Queue")
	inner := awssqs.NewQueue(q, jsii.String("Inner"), nil)
	awscdk.Tags_Of(q).Add(jsii.String("a"), jsii.String("b"), nil)
	awssqs.NewQueue(stack, jsii.String("Other"), nil).Node().AddDependency(q)
	if got := *inner.Node().Path(); got != "Shop/Queue/Inner" {
		t.Errorf("path %q", got)
	}
	if got := *q.ToString(); got != "Shop/Queue" {
		t.Errorf("text %q", got)
	}
}

// A construct whose address is not its embedded one's would be unknown to jsii when it is handed to the CDK.
func TestInitWantsTheFirstField(t *testing.T) {
	type late struct {
		name string
		node.Construct
	}
	defer func() {
		if r := recover(); r != "node_test.late must embed node.Construct as its first field" {
			t.Errorf("got %v", r)
		}
	}()
	node.Init(&late{name: "x"}, awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil), "Late")
}

// A message without the construct's path sends its reader through the whole program.
func TestMust(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	defer func() {
		err, ok := recover().(error)
		var props *node.Error
		if !ok || !errors.As(err, &props) {
			t.Fatalf("got %v", err)
		}
		if want := "queue.Queue Shop/Queue:\n  Name: required\n  Size: required"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
		if want := []string{"queue.Queue Shop/Queue: Name: required", "queue.Queue Shop/Queue: Size: required"}; !slices.Equal(props.Problems(), want) {
			t.Errorf("got %q, want %q", props.Problems(), want)
		}
	}()
	node.Must("queue.Queue", stack, "Queue", nil)
	node.Must("queue.Queue", stack, "Queue", errors.Join(errors.New("Name: required"), errors.New("Size: required")))
}
