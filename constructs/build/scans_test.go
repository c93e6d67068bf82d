package build_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bill is a bill of materials of one part; answer is what Amazon Inspector says of it, as the AWS CLI prints the script's query.
const bill = `{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"purl": "pkg:golang/a@1"}]}`

func answer(critical, high, medium, low int) string {
	const name = "count\tamazon:inspector:sbom_scanner:%s_vulnerabilities\t%d\n"
	return fmt.Sprintf(name, "critical", critical) + fmt.Sprintf(name, "high", high) + fmt.Sprintf(name, "medium", medium) + fmt.Sprintf(name, "low", low) +
		fmt.Sprintf(name, "other", 7) + "part\tcomp-1\tNone\npart\tcomp-2\tpkg:golang/a@1?x&y\n" +
		"known\tCVE-2026-1\thigh,none,medium\tcomp-2 comp-3\nknown\tCVE-2026-2\tlow\tcomp-1\n"
}

// scanHost is a host with stand-ins for the generator and the API, where nothing is known of the one part.
func scanHost(t *testing.T, step string) (*host, map[string]string) {
	t.Helper()
	h := newHost(t, step)
	h.install("curl", "curl-file")
	h.install("unzip", "unzip")
	program, err := os.ReadFile("testdata/stubs/inspector-sbomgen")
	must(t, err)
	archive := "archive\n" + string(program)
	h.write("files/inspector-sbomgen.zip", archive)
	h.write("sbom", bill)
	h.write("answer", answer(0, 0, 0, 0))
	return h, map[string]string{"SBOMGEN_SHA256": digestOf(archive), "COMMIT_ID": commit, "IMAGE_DIGEST": first}
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// kept is the bill of materials that was kept under that name.
func (h *host) kept(name string) string {
	text, _ := os.ReadFile(filepath.Join(h.state, "s3", name))
	return string(text)
}

// Catches: a generator of no exact content, a scan of another folder, a bill of materials that is not kept or under another commit,
// and a report that CodeBuild does not find.
func TestSCA(t *testing.T) {
	h, variables := scanHost(t, "SCA")
	h.run(variables)
	h.succeeds()
	version := h.project.variables["SBOMGEN_VERSION"]
	if got := h.calls("curl"); len(got) != 1 || !strings.HasSuffix(got[0], "https://amazon-inspector-sbomgen.s3.amazonaws.com/"+version+"/linux/amd64/inspector-sbomgen.zip") {
		t.Errorf("download: %q", got)
	}
	if got := h.calls("inspector-sbomgen"); len(got) != 1 || !strings.HasPrefix(got[0], "inspector-sbomgen directory --path . --outfile "+h.home) {
		t.Errorf("generator: %q", got)
	}
	if got := h.kept(commit + ".cdx.json"); got != bill {
		t.Errorf("keeps %q", got)
	}
	copied := h.calls("aws s3 cp")
	if len(copied) != 1 || !strings.HasSuffix(copied[0], " s3://shop-artifacts/_sbom/shop-sca/source/"+commit+".cdx.json") || !strings.Contains(copied[0], "application/vnd.cyclonedx+json") {
		t.Errorf("copies: %q", copied)
	}
	scan := h.calls("aws inspector-scan scan-sbom")
	if len(scan) != 1 || !strings.Contains(scan[0], " --region us-west-2 --sbom file://"+h.home+"/.storeship/sbom.json --output-format CYCLONE_DX_1_5 --output text --query sbom.[") {
		t.Errorf("scan: %q", scan)
	}
	if !strings.Contains(h.output, "critical: 0 found, 0 let pass\nhigh: 0 found, 0 let pass\n") || !strings.Contains(h.output, "low: 0 found, any number let pass") {
		t.Errorf("says: %s", h.output)
	}
	if _, err := os.Stat(filepath.Join(h.source, "src/app/storeship-reports/sca.xml")); err != nil {
		t.Error(err)
	}
}

// Catches: a threshold that is one off, of another severity, or of none; and what stops the pipeline said to nobody.
func TestThresholds(t *testing.T) {
	for _, c := range []struct {
		thresholds, answer, fails string
	}{
		{"critical=0 high=0", answer(0, 0, 9, 9), ""},
		{"critical=0 high=0", answer(1, 0, 0, 0), "critical: 1 found, 0 let pass"},
		{"critical=0 high=0", answer(0, 1, 0, 0), "high: 1 found, 0 let pass\n  CVE-2026-1 pkg:golang/a@1?x&y comp-3\n"},
		{"critical=0 high=2", answer(0, 2, 0, 0), ""},
		{"critical=0 high=2", answer(0, 3, 0, 0), "high: 3 found, 2 let pass"},
		{"critical=0 high=9", answer(0, 10, 0, 0), "high: 10 found, 9 let pass"},
		{"critical=0 high=10", answer(0, 9, 0, 0), ""},
		{"medium=5", answer(9, 9, 5, 9), ""},
		{"medium=5", answer(0, 0, 6, 0), "medium: 6 found, 5 let pass"},
		{"low=0", answer(0, 0, 0, 1), "low: 1 found, 0 let pass\n  CVE-2026-2 None\n"},
		{"critical=999", answer(1000, 0, 0, 0), "critical: 1000 found, 999 let pass"},
	} {
		h, variables := scanHost(t, "SCA")
		variables["THRESHOLDS"] = c.thresholds
		h.write("answer", c.answer)
		h.run(variables)
		if c.fails == "" {
			h.succeeds()
		} else {
			h.fails(c.fails, "there are known vulnerabilities, more than is let pass")
		}
		text, err := os.ReadFile(filepath.Join(h.source, "src/app/storeship-reports/sca.xml"))
		must(t, err)
		var report struct {
			Failures int `xml:"failures,attr"`
			Cases    []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		}
		must(t, xml.Unmarshal(text, &report))
		failed := 0
		for _, one := range report.Cases {
			if one.Failure != nil {
				failed++
				if one.Failure.Message != one.Name || !strings.HasPrefix(c.fails, one.Name) {
					t.Errorf("%s: reports %q", c.thresholds, one.Name)
				}
			}
		}
		if len(report.Cases) != 4 || failed != report.Failures || (failed == 1) != (c.fails != "") {
			t.Errorf("%s: report: %s", c.thresholds, text)
		}
		if h.kept(commit+".cdx.json") != bill {
			t.Errorf("%s: keeps no bill of materials", c.thresholds)
		}
	}
	if got := projectOf(t, "SCA").variables["THRESHOLDS"]; got != "critical=0 high=0 medium=9" {
		t.Errorf("thresholds: %q", got)
	}
}

// Catches: each way in which a scan can find nothing because it did not look.
func TestScanFails(t *testing.T) {
	for says, spoil := range map[string]func(h *host, variables map[string]string){
		"cannot download":                    func(h *host, _ map[string]string) { must(h.t, removeAll(filepath.Join(h.state, "files"))) },
		"is not what it was":                 func(_ *host, v map[string]string) { delete(v, "SBOMGEN_SHA256") },
		"has no such program":                func(h *host, _ map[string]string) { h.write("files/inspector-sbomgen.zip", "archive") },
		"inspector-sbomgen did not list":     func(h *host, _ map[string]string) { h.write("fail/inspector-sbomgen", "") },
		"wrote no bill of materials":         func(h *host, _ map[string]string) { h.write("sbom", `{"bomFormat": "SPDX", "purl": "a"}`) },
		"cannot keep the bill":               func(h *host, _ map[string]string) { h.write("fail/aws-s3-cp", "") },
		"knows no part of it":                func(h *host, _ map[string]string) { h.write("sbom", `{"bomFormat": "CycloneDX"}`) },
		"Amazon Inspector did not look":      func(h *host, _ map[string]string) { h.write("fail/aws-inspector-scan-scan-sbom", "") },
		"no number of the severity critical": func(h *host, _ map[string]string) { h.write("answer", "None\n") },
		"no number of the severity high": func(h *host, _ map[string]string) {
			h.write("answer", strings.ReplaceAll(answer(0, 0, 0, 0), "high_v", "high-v"))
		},
		"no severity has a threshold":          func(_ *host, v map[string]string) { v["THRESHOLDS"] = "" },
		"the commit id is 'HEAD'":              func(_ *host, v map[string]string) { v["COMMIT_ID"] = "HEAD" },
		"no number of the severity critical\n": func(h *host, _ map[string]string) { h.write("answer", "") },
	} {
		h, variables := scanHost(t, "SCA")
		spoil(h, variables)
		h.run(variables)
		h.fails(strings.TrimSpace(says))
	}
}

// Catches: a digest of the program itself, which AWS may have meant, that is refused.
func TestGeneratorByItsOwnDigest(t *testing.T) {
	h, variables := scanHost(t, "SCA")
	program, err := os.ReadFile("testdata/stubs/inspector-sbomgen")
	must(t, err)
	variables["SBOMGEN_SHA256"] = digestOf(string(program))
	h.run(variables)
	h.succeeds()
}

// Catches: a scan that reports only and stops the pipeline over a finding, or passes without having looked; and one whose bill of
// materials is lost.
func TestScanReportsOnly(t *testing.T) {
	h, variables := scanHost(t, "ToldSCA-report-only")
	h.write("answer", answer(5, 0, 0, 0))
	h.run(variables)
	h.succeeds()
	for _, says := range []string{"critical: 5 found, 0 let pass", "report only: what was found stops nothing"} {
		if !strings.Contains(h.output, says) {
			t.Errorf("does not say %q: %s", says, h.output)
		}
	}
	if h.kept(commit+".cdx.json") != bill {
		t.Error("keeps no bill of materials")
	}
	for says, file := range map[string]string{"the gate wrote no report": "aws-inspector-scan-scan-sbom", "cannot keep the bill": "aws-s3-cp"} {
		h, variables := scanHost(t, "ToldSCA-report-only")
		h.write("fail/"+file, "")
		h.run(variables)
		h.fails(says)
	}
}

// Catches: an image that is scanned by a tag or in another region, whose password is in the log, or whose bill of materials is kept under
// another digest.
func TestImageScan(t *testing.T) {
	h, variables := scanHost(t, "ImageScan")
	h.run(variables)
	h.succeeds()
	want := "inspector-sbomgen container --image " + repositoryIn(home) + "@" + first + " --outfile "
	if got := h.calls("inspector-sbomgen"); len(got) != 1 || !strings.HasPrefix(got[0], want) || !strings.HasSuffix(got[0], " as AWS with password-of-us-west-2") {
		t.Errorf("generator: %q", got)
	}
	if strings.Contains(h.output, "password-of") {
		t.Errorf("shows the password: %s", h.output)
	}
	key := strings.TrimPrefix(first, "sha256:") + ".cdx.json"
	if got := h.kept(key); got != bill {
		t.Errorf("keeps %q", got)
	}
	url := "https://us-west-2.console.aws.amazon.com/s3/object/shop-artifacts?region=us-west-2&prefix=_sbom/shop-imagescan/image/" + key
	if h.exported["SBOM_URL"] != url {
		t.Errorf("exports %q", h.exported["SBOM_URL"])
	}
	h, variables = scanHost(t, "ImageScan")
	h.write("answer", answer(0, 1, 0, 0))
	h.run(variables)
	h.fails("high: 1 found, 0 let pass")
	h, variables = scanHost(t, "ImageScan")
	variables["IMAGE_DIGEST"] = "latest"
	h.run(variables)
	h.fails("IMAGE_DIGEST is 'latest'")
}

// Catches: own commands that know neither the bill of materials nor the image, whose failure is lost, or that run beside the gate's; and
// a bill that is kept only where the gate's own scan runs.
func TestScanOfOwnCommands(t *testing.T) {
	for step, image := range map[string]string{"OwnSCA": "", "OwnScan": repositoryIn(home) + "@" + first} {
		h, variables := scanHost(t, step)
		h.run(variables)
		h.succeeds()
		if got := h.calls("npm"); len(got) != 1 || got[0] != "npm "+h.home+"/.storeship/sbom.json "+image {
			t.Errorf("%s: %q", step, got)
		}
		if got := h.calls("aws inspector-scan"); len(got) != 0 || len(h.calls("aws s3 cp")) != 1 {
			t.Errorf("%s: %q", step, h.calls(""))
		}
		h, variables = scanHost(t, step)
		h.write("fail/npm", "")
		h.run(variables)
		h.fails()
	}
}

// Catches: a signature that is not waited for, of another profile, or missing in one region; and a failure without words.
func TestVerifySignature(t *testing.T) {
	const complete, going, none = "COMPLETE\tNone\tNone\n", "IN_PROGRESS\tNone\tNone\n", "None\n"
	regions := []string{home, another, third}
	verify := func(answers ...string) *host {
		h := newHost(t, "VerifySignature")
		for i, a := range answers {
			h.write("signed/"+regions[i], a)
		}
		h.run(map[string]string{"IMAGE_DIGEST": first})
		return h
	}
	h := verify(complete, none+going+complete, complete)
	h.succeeds()
	asked := h.calls("aws ecr describe-image-signing-status")
	if len(asked) != 5 || len(h.calls("sleep 10")) != 2 {
		t.Errorf("asks %q", asked)
	}
	for i, region := range []string{home, another, another, another, third} {
		for _, want := range []string{
			"--region " + region + " ", "--registry-id 111111111111 ", "--repository-name shop/catalog ", "--image-id imageDigest=" + first + " ",
			"signingProfileArn=='arn:aws:signer:" + region + ":111111111111:/signing-profiles/shop_images'",
		} {
			if !strings.Contains(asked[i], want) {
				t.Errorf("%s lacks %s", asked[i], want)
			}
		}
	}
	h = verify(complete, "FAILED\tAccessDenied\tnot authorized\n", complete)
	h.fails("ECR could not sign shop/catalog@"+first+" in us-east-1", "AccessDenied", "needs signer:SignPayload", "push another commit")
	h = verify(complete, complete, none)
	h.fails("in eu-west-1 has no signature of arn:aws:signer:eu-west-1:", "has the pipeline shop-platform deployed its registries?", "push another commit")
	if got := len(h.calls("sleep")); got != 44 {
		t.Errorf("waits %d times", got)
	}
	verify(going, complete, complete).fails("ECR is still signing", "retry this stage")
	h = newHost(t, "VerifySignature")
	h.write("fail/aws-ecr-describe-image-signing-status", "")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.fails("cannot read whether shop/catalog@")
	h = newHost(t, "VerifySignature")
	h.run(map[string]string{"IMAGE_DIGEST": marker + "0"})
	h.fails("the package step must export it")
}
