package standins

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strings"
	"time"
)

// scanSBOM is Amazon Inspector's word on a bill of materials.
func scanSBOM(c *command) (any, error) {
	file, ok := strings.CutPrefix(c.flag("sbom"), "file://")
	if !ok || c.flag("output-format") != "CYCLONE_DX_1_5" {
		return nil, Error("ValidationException")
	}
	text, err := os.ReadFile(c.call.File(file))
	if err != nil {
		return nil, err
	}
	var bill object
	if json.Unmarshal(text, &bill) != nil || bill["bomFormat"] != "CycloneDX" {
		return nil, Error("ValidationException")
	}
	counts, known := []any{}, []any{}
	for _, severity := range []string{"critical", "high", "medium", "low", "other"} {
		found := "0"
		if severity == "critical" && c.world.Vulnerable {
			found = "1"
			known = append(known, object{"id": "CVE-2026-1", "ratings": []any{object{"severity": severity}}, "affects": []any{object{"ref": "comp-1"}}})
		}
		counts = append(counts, object{"name": "amazon:inspector:sbom_scanner:" + severity + "_vulnerabilities", "value": found})
	}
	return object{"sbom": object{"bomFormat": "CycloneDX", "metadata": object{"properties": counts}, "components": bill["components"], "vulnerabilities": known}}, nil
}

// Signer is how a registry signs what is pushed.
type Signer struct {
	// Filter of the repositories' names, with * for anything; and the ARN of the profile.
	Filter, Profile string
}

// push puts an image into a repository under a tag, and the registry signs it where it does so. What is there already is not signed
// once more.
func (w *World) push(image, digest string) {
	repository, _, _ := strings.Cut(image, ":")
	host, name, _ := strings.Cut(repository, "/")
	fields := strings.Split(host, ".")
	_, there := w.DigestOf(repository + "@" + digest)
	w.Images[image] = digest
	signer, ok := w.Signers[fields[0]+" "+fields[3]]
	if matches, _ := path.Match(signer.Filter, name); ok && matches && !there {
		w.Signed[repository+"@"+digest] = signer.Profile
	}
}

// signingStatus is what became of the signing of an image.
func signingStatus(c *command) (any, error) {
	digest, ok := strings.CutPrefix(c.flag("image-id"), "imageDigest=")
	if !ok {
		return nil, Error("InvalidParameterException")
	}
	image := registry(c.flag("registry-id"), c.region) + "/" + c.flag("repository-name") + "@" + digest
	if _, ok := c.world.DigestOf(image); !ok {
		return nil, Error("ImageNotFoundException")
	}
	statuses := []any{}
	if profile, ok := c.world.Signed[image]; ok {
		statuses = append(statuses, object{"signingProfileArn": profile, "status": "COMPLETE"})
	}
	return object{"signingStatuses": statuses}, nil
}

// canaryRuns are the runs of a canary, the newest first: it failed before the release, and has passed every three minutes since. One
// goes on.
func canaryRuns(c *command) (any, error) {
	if !c.world.Canaries[c.place(c.flag("name"))] {
		return nil, Error("ResourceNotFoundException")
	}
	runs := []any{}
	for _, minutes := range []int{0, 2, 5, 8, 20} {
		state, reason := "PASSED", any(nil)
		switch {
		case minutes == 0:
			state = "RUNNING"
		case minutes == 20, c.world.CanaryFails:
			state, reason = "FAILED", "GET /: the status is 503"
		}
		started := time.Unix(c.world.Now, 0).UTC().Add(-time.Duration(minutes) * time.Minute)
		runs = append(runs, object{
			"Timeline":           object{"Started": started.Format("2006-01-02T15:04:05.000000+00:00")},
			"Status":             object{"State": state, "StateReason": reason},
			"ArtifactS3Location": fmt.Sprint("bucket/run-", minutes),
		})
	}
	return object{"CanaryRuns": runs}, nil
}
