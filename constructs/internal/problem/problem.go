package problem

import (
	"errors"
	"fmt"
	"strings"
)

// List is a collection of problems. The zero value is an empty list.
type List struct{ errs []error }

// Addf adds a problem of the field at path, formatted as fmt.Sprintf does.
func (l *List) Addf(path, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
}

// Add adds err, if it is one.
func (l *List) Add(err error) {
	if err != nil {
		l.errs = append(l.errs, err)
	}
}

// Under adds every problem that err joins, each with path in front of it.
func (l *List) Under(path string, err error) {
	if err == nil {
		return
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		l.errs = append(l.errs, fmt.Errorf("%s.%s", path, line))
	}
}

// Err joins the problems, one a line; nil when there are none.
func (l *List) Err() error { return errors.Join(l.errs...) }
