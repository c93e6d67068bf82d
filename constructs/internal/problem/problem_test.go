package problem_test

import (
	"errors"
	"testing"

	"github.com/storeship/storeship/constructs/internal/problem"
)

// A list that drops a problem, or the place of one, makes its user run the program once per mistake.
func TestList(t *testing.T) {
	var l problem.List
	if err := l.Err(); err != nil {
		t.Fatalf("an empty list is the error %v", err)
	}
	l.Add(nil)
	l.Under("Route", nil)
	l.Addf("Port", "must be 1 to %d, got %d", 65535, 0)
	l.Under("Route", errors.Join(errors.New("Path: required"), errors.New("Priority: required")))
	l.Add(errors.New("Name: required"))
	want := "Port: must be 1 to 65535, got 0\nRoute.Path: required\nRoute.Priority: required\nName: required"
	if got := l.Err().Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
