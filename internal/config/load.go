package config

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/storeship/storeship/internal/document"
)

// MaxSize is the largest file that is read, in bytes. A store of a hundred services has a tenth of it.
const MaxSize = 1 << 20

// Load reads and checks the file at path. The error, if any, is a [*Problems] with everything that is wrong.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, one(path, document.Reason(err))
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, one(path, "is a directory; name the file in it, such as storeship.yaml")
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, one(path, document.Reason(err))
	}
	return Parse(path, data)
}

// Parse checks data, the content of the named file. The error, if any, is a [*Problems] with everything that is wrong.
func Parse(file string, data []byte) (*Config, error) {
	if len(data) > MaxSize {
		return nil, one(file, fmt.Sprintf("is larger than 1 MiB, the most that a configuration may have (%d bytes)", MaxSize))
	}
	root, err := document.Parse(file, data)
	var broken *document.Error
	if errors.As(err, &broken) {
		message := broken.Message
		if message == document.ErrEmpty {
			message += "; `storeship init` writes one to begin with"
		}
		return nil, &Problems{List: []Problem{{File: file, Line: broken.Line, Column: broken.Column, Message: message}}}
	}
	d := &decoder{file: file, nodes: positions{}, broken: map[string]bool{}}
	c := &Config{file: file, nodes: d.nodes}
	d.root(root, c)
	c.check(d)
	if len(d.problems.List) > 0 {
		d.problems.sort()
		return nil, &d.problems
	}
	return c, nil
}
