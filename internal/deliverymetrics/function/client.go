package function

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client calls AWS services that speak JSON.
type Client struct {
	// Region of the services.
	Region string
	// Credentials sign the requests.
	Credentials Credentials
	// Endpoint is the address of a service. Default: AWS's own in the region.
	Endpoint func(service string) string
	// HTTP sends the requests. Default: a client that waits ten seconds for an answer.
	HTTP *http.Client
	// Pause waits before another try. Default: a fifth of a second, then twice as long each time.
	Pause func(try int)
}

// tries is how often a request is sent before it is given up.
const tries = 5

// Error is what a service answers when it does not do what it was asked.
type Error struct {
	// Status of HTTP.
	Status int
	// Code is the name of the error, "ThrottlingException".
	Code string
	// Message explains it.
	Message string
}

// Error is one line.
func (e *Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// passing says whether the same request may succeed in a moment.
func (e *Error) passing() bool {
	switch e.Code {
	case "ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "LimitExceededException":
		return true
	}
	return e.Status >= 500 || e.Status == http.StatusTooManyRequests
}

// call calls an operation of a service, target being its name in the protocol. It tries again what may pass: every call of this
// package can be repeated.
func (c *Client) call(ctx context.Context, service, version, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := c.once(ctx, service, version, target, body, out)
		var answer *Error
		if err == nil || try == tries || ctx.Err() != nil || errors.As(err, &answer) && !answer.passing() {
			if err != nil {
				return fmt.Errorf("%s: %w", target, err)
			}
			return nil
		}
		c.pause(try)
	}
}

func (c *Client) pause(try int) {
	if c.Pause != nil {
		c.Pause(try)
		return
	}
	time.Sleep(100 * time.Millisecond << try)
}

func (c *Client) once(ctx context.Context, service, version, target string, body []byte, out any) error {
	address := "https://" + service + "." + c.Region + ".amazonaws.com/"
	if c.Endpoint != nil {
		address = c.Endpoint(service)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-"+version)
	r.Header.Set("X-Amz-Target", target)
	sign(r, body, c.Credentials, c.Region, service, time.Now())
	client := c.HTTP
	if client == nil {
		client = patient
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusOK {
		return json.Unmarshal(text, out)
	}
	var said struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
		Other   string `json:"Message"`
	}
	_ = json.Unmarshal(text, &said) // a proxy's answer is no JSON; the status says enough
	return &Error{
		Status:  answer.StatusCode,
		Code:    said.Type[strings.LastIndex(said.Type, "#")+1:],
		Message: said.Message + said.Other,
	}
}

var patient = &http.Client{Timeout: 10 * time.Second}
