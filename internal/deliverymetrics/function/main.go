package function

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// PlanFile is the file with the plan, beside the program.
const PlanFile = "plan.json"

// TableVariable is the environment variable with the name of the table.
const TableVariable = "TABLE"

// Main is the program: it works until Lambda ends it. getenv reads the environment.
func Main(getenv func(string) string, out io.Writer) error {
	runtime := &Runtime{Host: getenv("AWS_LAMBDA_RUNTIME_API")}
	handler, err := start(getenv, out)
	if err != nil {
		_ = runtime.Fail(err) // it is in the log all the same
		return err
	}
	runtime.Handle = func(ctx context.Context, payload []byte) error {
		err := handler.Handle(ctx, payload)
		if err != nil {
			// Lambda tells whoever asks for the result, and nobody does.
			fmt.Fprintln(out, "ERROR", err)
		}
		return err
	}
	for {
		if err := runtime.Next(); err != nil {
			return err
		}
	}
}

// start makes the handler from the environment that Lambda gives the function.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
func start(getenv func(string) string, out io.Writer) (*Handler, error) {
	file := filepath.Join(getenv("LAMBDA_TASK_ROOT"), PlanFile)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var plan measure.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	client := &Client{Region: getenv("AWS_REGION"), Credentials: Credentials{
		ID: getenv("AWS_ACCESS_KEY_ID"), Secret: getenv("AWS_SECRET_ACCESS_KEY"), Token: getenv("AWS_SESSION_TOKEN"),
	}}
	return &Handler{
		Plan:    &plan,
		Facts:   &Table{Client: client, Name: getenv(TableVariable)},
		Commits: &CodeCommit{Client: client},
		Out:     out,
		Now:     time.Now,
	}, nil
}
