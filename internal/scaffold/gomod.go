package scaffold

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// module is the module that a delivery repository imports: this one.
const module = "github.com/storeship/storeship"

// direct are the modules that main.go imports itself.
var direct = []string{"github.com/aws/aws-cdk-go/awscdk/v2", module}

// unreleased stands in a requirement that is replaced by a folder.
const unreleased = "v0.0.0"

var requirement = regexp.MustCompile(`(?m)^\t(\S+) (v\S+)`)

// goMod is a tidy go.mod with the versions that this module is tested with.
func goMod(o Options) string {
	version := o.Version
	if o.Replace != "" {
		version = unreleased
	}
	own := read("gomod.txt")
	required := [][2]string{{module, version}}
	for _, m := range requirement.FindAllStringSubmatch(own, -1) {
		required = append(required, [2]string{m[1], m[2]})
	}
	slices.SortFunc(required, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })

	var b strings.Builder
	fmt.Fprintf(&b, "module %s-delivery\n\n%s\n\ntool %s/apps/storeship\n", o.Store, regexp.MustCompile(`(?m)^go .*$`).FindString(own), module)
	for _, want := range []bool{true, false} {
		b.WriteString("\nrequire (\n")
		for _, r := range required {
			if isDirect := slices.Contains(direct, r[0]); isDirect != want {
				continue
			}
			fmt.Fprintf(&b, "\t%s %s", r[0], r[1])
			if !want {
				b.WriteString(" // indirect")
			}
			b.WriteString("\n")
		}
		b.WriteString(")\n")
	}
	// Folders that hold no packages of this repository, though the CDK CLI ships Go templates in one.
	b.WriteString("\nignore (\n\t./cdk.out\n\t./node_modules\n)\n")
	if o.Replace != "" {
		fmt.Fprintf(&b, "\nreplace %s => %s\n", module, quoted(o.Replace))
	}
	return b.String()
}

// goSum is this module's go.sum, and the checksums of this module itself where they are known.
func goSum(o Options) string {
	lines := strings.Split(strings.TrimSuffix(read("gosum.txt"), "\n"), "\n")
	if o.Replace == "" && o.Sum != "" {
		lines = append(lines,
			fmt.Sprintf("%s %s %s", module, o.Version, o.Sum),
			fmt.Sprintf("%s %s/go.mod %s", module, o.Version, goModSum(read("gomod.txt"))))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// goModSum is the checksum that go.sum has for a go.mod of that text.
// https://go.dev/ref/mod#go-sum-files, https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1
func goModSum(text string) string {
	file := sha256.Sum256([]byte(text))
	all := sha256.Sum256(fmt.Appendf(nil, "%x  go.mod\n", file))
	return "h1:" + base64.StdEncoding.EncodeToString(all[:])
}

// quoted is a path as go.mod has it, in quotes where it has to be.
// https://go.dev/ref/mod#go-mod-file-lexical
func quoted(path string) string {
	if strings.ContainsAny(path, " \t\"'`()[]{},=>") || strings.Contains(path, "//") {
		return "`" + path + "`"
	}
	return path
}
