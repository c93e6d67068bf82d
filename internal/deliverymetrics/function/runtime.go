package function

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Runtime asks Lambda for what to do.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
type Runtime struct {
	// Host and port of the runtime API.
	Host string
	// Handle takes the payload of an invocation.
	Handle func(ctx context.Context, payload []byte) error
}

func (r *Runtime) address(path string) string {
	return "http://" + r.Host + "/2018-06-01/runtime/" + path
}

// Fail says that the function cannot start.
func (r *Runtime) Fail(err error) error { return r.post("init/error", failure(err)) }

// Next takes the next invocation, and answers it. An error means that Lambda cannot be reached any more.
func (r *Runtime) Next() error {
	// Until there is one: Lambda freezes the function meanwhile.
	answer, err := http.Get(r.address("invocation/next"))
	if err != nil {
		return err
	}
	payload, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return err
	}
	id := answer.Header.Get("Lambda-Runtime-Aws-Request-Id")
	if answer.StatusCode != http.StatusOK || id == "" {
		return fmt.Errorf("no invocation: %s", answer.Status)
	}
	ctx, cancel := context.Background(), func() {}
	if ms, err := strconv.ParseInt(answer.Header.Get("Lambda-Runtime-Deadline-Ms"), 10, 64); err == nil {
		ctx, cancel = context.WithDeadline(ctx, time.UnixMilli(ms))
	}
	defer cancel()
	if err := r.Handle(ctx, payload); err != nil {
		return r.post("invocation/"+id+"/error", failure(err))
	}
	return r.post("invocation/"+id+"/response", []byte("null"))
}

// failure is an error as Lambda takes it.
func failure(err error) []byte {
	text, _ := json.Marshal(map[string]string{"errorMessage": err.Error(), "errorType": fmt.Sprintf("%T", err)})
	return text
}

func (r *Runtime) post(path string, body []byte) error {
	answer, err := http.Post(r.address(path), "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return nil
}
