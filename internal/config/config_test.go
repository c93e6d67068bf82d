package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// files lists the test files that match a pattern under testdata.
func files(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("no file matches %s: %v", pattern, err)
	}
	return found
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Catches a message of a bad file that changes, comes to lack its position, or gets lost. Each file says on its first
// line which mistake it holds; UPDATE_GOLDEN=1 rewrites the messages.
func TestBadFiles(t *testing.T) {
	for _, file := range files(t, "bad/*.yaml") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			_, err := Parse(filepath.Base(file), read(t, file))
			if err == nil {
				t.Fatal("no problem")
			}
			got, golden := err.Error()+"\n", strings.TrimSuffix(file, ".yaml")+".txt"
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := string(read(t, golden)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Catches a file that people write and the program refuses.
func TestGoodFiles(t *testing.T) {
	for _, file := range files(t, "good/*.yaml") {
		if _, err := Load(file); err != nil {
			t.Errorf("%s\n%v", file, err)
		}
	}
}

// Each case catches a path that cannot be read, and that ends in more than one clean line.
func TestLoadProblems(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, []byte("store: "+strings.Repeat("x", 5<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.yaml"): ": no such file",
		dir:                             ": is a directory; name the file in it, such as storeship.yaml",
		large:                           ": is larger than 1 MiB, the most that a configuration may have (1048576 bytes)",
		filepath.Join(large, "x"):       ": not a directory",
	} {
		_, err := Load(path)
		if err == nil || err.Error() != path+want {
			t.Errorf("got %v, want %s%s", err, path, want)
		}
	}
}

// Catches a mistake that hides others: ten mistakes are ten lines, each with its position and path.
func TestTenMistakesAreTenLines(t *testing.T) {
	_, err := Load("testdata/bad/ten-mistakes.yaml")
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 10 {
		t.Errorf("%d lines:\n%v", len(lines), err)
	}
	form := regexp.MustCompile(`^testdata/bad/ten-mistakes\.yaml:[0-9]+:[0-9]+: [a-zA-Z]+\.[^ ]+: [^A-Z]`)
	for _, l := range lines {
		if !form.MatchString(l) && !strings.Contains(l, ": Fargate ") && !strings.Contains(l, ": ${services.") {
			t.Errorf("not file:line:column: path: message: %s", l)
		}
	}
}

// Catches a byte order mark, or Windows line ends, that make a good file bad.
func TestByteOrderMarkAndLineEnds(t *testing.T) {
	data := string(read(t, "testdata/good/full.yaml"))
	for name, changed := range map[string]string{
		"byte order mark":   "\ufeff" + data,
		"Windows line ends": strings.ReplaceAll(data, "\n", "\r\n"),
		"document start":    "---\n" + data + "...\n",
	} {
		if _, err := Parse("full.yaml", []byte(changed)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Catches a list of entries that overlaps with what stands in the file as a whole: a problem of a whole file has no path.
func TestPositionsStartAtOne(t *testing.T) {
	_, err := Parse("x.yaml", []byte("\ufeffstore: 5\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "x.yaml:1:1: ") || !strings.Contains(err.Error(), "x.yaml:1:8: store: ") {
		t.Errorf("got %v", err)
	}
}

// Catches problems that come in another order, or with other words, from one run to the next.
func TestProblemsAreDeterministic(t *testing.T) {
	for _, file := range []string{"ten-mistakes", "release", "variables", "wrong-type", "names"} {
		data := read(t, "testdata/bad/"+file+".yaml")
		_, first := Parse(file, data)
		for range 10 {
			if _, again := Parse(file, data); again.Error() != first.Error() {
				t.Fatalf("%s: first\n%v\nthen\n%v", file, first, again)
			}
		}
	}
}
