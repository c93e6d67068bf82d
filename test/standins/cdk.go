package standins

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/storeship/storeship/test/codebuild"
)

func (w *World) npx(c *codebuild.Call) codebuild.Reply {
	if has(c, "playwright", "test", "--reporter=junit") && exists(c, "node_modules") {
		return w.tested(c, c.Variable("PLAYWRIGHT_JUNIT_OUTPUT_NAME"))
	}
	if !has(c, "--no-install", "cdk", "synth") || !has(c, "--no-lookups", "--strict") {
		return unknown(c)
	}
	if !exists(c, "node_modules") {
		return codebuild.Fail("npx canceled due to missing packages: cdk")
	}
	context := map[string]string{}
	for i, word := range c.Args {
		if word == "-c" {
			name, value, _ := strings.Cut(c.Args[i+1], "=")
			context[name] = value
		}
	}
	output := after(c, "--output")
	if output == "" {
		output = "cdk.out"
	}
	if err := w.Synth(context["scope"], context["image"], c.File(output)); err != nil {
		return codebuild.Fail("%v", err)
	}
	return codebuild.Reply{}
}

func (w *World) cdk(c *codebuild.Call) codebuild.Reply {
	if !has(c, "-a", ".", "deploy") || !has(c, "--require-approval=never") {
		return unknown(c)
	}
	text, err := os.ReadFile(c.File("manifest.json"))
	if err != nil || !strings.Contains(string(text), `"`+c.Args[3]+`"`) {
		return codebuild.Fail("No stacks match the name(s) %s", c.Args[3])
	}
	w.Stacks = append(w.Stacks, c.Args[3])
	return codebuild.Reply{}
}

// cdkAssets publishes a file of an assembly to the bucket of the bootstrap that its manifest names.
func (w *World) cdkAssets(c *codebuild.Call) codebuild.Reply {
	if !has(c, "publish") {
		return unknown(c)
	}
	id, place, _ := strings.Cut(after(c, "publish"), ":")
	file := c.File(after(c, "--path"))
	text, err := os.ReadFile(file)
	if err != nil {
		return codebuild.Fail("ENOENT: no such file or directory, open '%s'", after(c, "--path"))
	}
	var manifest struct {
		Files map[string]struct {
			Source       struct{ Path string }
			Destinations map[string]struct{ BucketName, ObjectKey, Region, AssumeRoleArn string }
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return codebuild.Fail("%v", err)
	}
	to, ok := manifest.Files[id].Destinations[place]
	if !ok {
		return codebuild.Fail("No such asset: %s:%s", id, place)
	}
	// The bucket is in the account whose role publishes.
	if role := strings.Split(to.AssumeRoleArn, ":"); len(role) < 6 || !strings.HasSuffix(to.BucketName, "-"+role[len(role)-2]+"-"+to.Region) {
		return codebuild.Fail("AccessDenied: %s may not write to %s", to.AssumeRoleArn, to.BucketName)
	}
	content, err := os.ReadFile(filepath.Join(filepath.Dir(file), manifest.Files[id].Source.Path))
	if err != nil {
		return codebuild.Fail("%v", err)
	}
	w.Objects[to.BucketName+"/"+to.ObjectKey] = string(content)
	return codebuild.Reply{Stderr: "success: Published " + id + ":" + place + "\n"}
}
