package build

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/source"
)

// SBOMPrefix begins the keys of the bills of materials that [SCA] and [ImageScan] keep in the artifact bucket, in CycloneDX:
// "_sbom/<name>/source/<commit>.cdx.json" and "_sbom/<name>/image/<hexadecimal digits of the digest>.cdx.json". No pipeline's
// artifacts begin with it; see [BaselinePrefix].
const SBOMPrefix = "_sbom/"

// SBOMVariable is the variable that [SCA] and [ImageScan] export.
const SBOMVariable = "SBOM_URL"

// SBOM is where a person reads the bill of materials that a step made by [SCA] or [ImageScan] kept, known once the step has run.
func SBOM(step pipelines.CodeBuildStep) string {
	return *step.ExportedVariable(jsii.String(SBOMVariable))
}

// SCAProps configures [SCA].
type SCAProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Source whose dependencies are looked at. Required.
	Source *source.Source
	// Path is the folder of the service within the source. Default: ".", the whole source.
	Path string
	// Preset chooses the runtime of Scan's own commands. Default: none.
	Preset environment.Preset
	// Name begins the name of the report group, and the key of the bill of materials: 2 to 100 letters, digits and hyphens. Required.
	Name string
	// Region of the artifact bucket, and of the Amazon Inspector that is asked. Required.
	Region string
	// Scan says how much is let pass, what becomes of the rest, and what runs. Default: Amazon Inspector, which lets no vulnerability
	// of the severities critical and high pass.
	Scan environment.Scan
}

// Validate reports every problem in p.
func (p *SCAProps) Validate() error {
	var c check
	c.Add(p.gate().Validate())
	c.scan(p.Region, p.Scan)
	return c.Err()
}

// gate is what every gate has.
func (p *SCAProps) gate() *GateProps {
	return &GateProps{Project: p.Project, Source: p.Source, Path: p.Path, Preset: p.Preset, Name: p.Name, Gate: p.Scan.Gate}
}

func (p *SCAProps) withDefaults() *SCAProps {
	d := SCAProps{}
	if p != nil {
		d = *p
	}
	set(&d.Path, ".")
	return &d
}

func (c *check) scan(region string, s environment.Scan) {
	c.region("Region", region)
	t := s.Thresholds
	for _, limit := range []struct {
		field string
		most  *int
	}{{"Critical", t.Critical}, {"High", t.High}, {"Medium", t.Medium}, {"Low", t.Low}} {
		if limit.most == nil {
			continue
		}
		field := "Scan.Thresholds." + limit.field
		if *limit.most < 0 || *limit.most > environment.MaxThreshold {
			c.Addf(field, "must be 0 to %d, got %d", environment.MaxThreshold, *limit.most)
		}
		if len(s.Commands) > 0 {
			c.Addf(field, "not with Commands, which decide themselves")
		}
	}
}

// ImageScanProps configures [ImageScan].
type ImageScanProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Source of the image, where Scan's own commands run. Required.
	Source *source.Source
	// Path is the folder of the service within the source. Default: ".", the whole source.
	Path string
	// Preset chooses the runtime of Scan's own commands. Default: none.
	Preset environment.Preset
	// Name begins the name of the report group, and the key of the bill of materials: 2 to 100 letters, digits and hyphens. Required.
	Name string
	// Registry is where the image is; it is read in the first region, which is also that of the artifact bucket and of the Amazon
	// Inspector that is asked. Required.
	Registry Registry
	// ImageDigest of the image. Required.
	ImageDigest string
	// Scan says how much is let pass, what becomes of the rest, and what runs. Default: Amazon Inspector, which lets no vulnerability
	// of the severities critical and high pass.
	Scan environment.Scan
}

// Validate reports every problem in p.
func (p *ImageScanProps) Validate() error {
	var c check
	c.Add(p.gate().Validate())
	c.imageDigest(p.ImageDigest)
	if err := p.Registry.Validate(); err != nil {
		c.Under("Registry", err)
	} else {
		c.scan(p.Registry.Regions[0], p.Scan)
	}
	return c.Err()
}

// gate is what every gate has.
func (p *ImageScanProps) gate() *GateProps {
	return &GateProps{Project: p.Project, Source: p.Source, Path: p.Path, Preset: p.Preset, Name: p.Name, Gate: p.Scan.Gate}
}

func (p *ImageScanProps) withDefaults() *ImageScanProps {
	d := ImageScanProps{}
	if p != nil {
		d = *p
	}
	set(&d.Path, ".")
	return &d
}

// SCA returns the step that looks for known vulnerabilities of what the code depends on, and keeps its bill of materials; see
// [SBOMPrefix] and [SBOM]. Amazon Inspector's own generator lists what the lock files and manifests of the service's folder name, and
// its API says what is known of that; more of a severity than Scan lets pass fails the step. Scan's own commands find the bill at
// $SBOM. It costs build minutes of a medium host, and an assessment of Amazon Inspector.
func SCA(scope constructs.Construct, id string, props *SCAProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.SCA", scope, id, p.Validate())
	return newScan(scope, id, p.gate(), p.Scan, scan{
		name: "sca", list: []string{"revision", "sbom-source"}, prefix: SBOMPrefix + p.Name + "/source/", region: p.Region,
		step: step{variables: map[string]string{"COMMIT_ID": p.Source.CommitID()}},
	})
}

// ImageScan returns the step that looks for known vulnerabilities of what is in an image, and keeps its bill of materials, as [SCA]
// does for the source. It belongs before everything that deploys the image. Scan's own commands find the bill at $SBOM and the
// image's address at $IMAGE, and may pull it. It costs build minutes of a medium host, and an assessment of Amazon Inspector.
func ImageScan(scope constructs.Construct, id string, props *ImageScanProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.ImageScan", scope, id, p.Validate())
	region := p.Registry.Regions[0]
	return newScan(scope, id, p.gate(), p.Scan, scan{
		name: "image-scan", list: []string{"sbom-image"}, prefix: SBOMPrefix + p.Name + "/image/", region: region,
		exports: []string{`export IMAGE="$REPOSITORY_URI@$IMAGE_DIGEST"`},
		step: step{
			variables: map[string]string{"IMAGE_DIGEST": p.ImageDigest, "REPOSITORY_URI": p.Registry.address(region)},
			permissions: []permission{logIn, {
				actions:   []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
				resources: []string{p.Registry.repository(region)},
			}},
		},
	})
}

// scan is what differs between the scans.
type scan struct {
	// name of the gate in its report group's.
	name string
	// list names the scripts that write the bill of materials.
	list []string
	// prefix begins the key that it is kept at, in region.
	prefix, region string
	// exports are commands for those that follow.
	exports []string
	step    step
}

// newScan makes the step of a scan. The bill of materials is kept whoever looks at it, and whatever is found.
func newScan(scope constructs.Construct, id string, p *GateProps, s environment.Scan, own scan) pipelines.CodeBuildStep {
	st := own.step
	st.large = true
	st.setRuntime(p.Preset)
	st.install = []string{script("download", "tools-sbom")}
	st.variables = merge(st.variables, pins("SBOMGEN_SHA256", "SBOMGEN_VERSION"), map[string]string{
		"BUCKET": p.Project.bucketName(), "REGION": own.region, "SBOM_PREFIX": own.prefix,
	})
	st.permissions = append(st.permissions, p.Project.writes(own.prefix+"*", "The bills of materials of this pipeline, one for each commit or image.")...)
	if len(p.Gate.Commands) == 0 {
		st.runtimes = nil
		st.variables["THRESHOLDS"] = thresholds(s.Thresholds)
		st.permissions = append(st.permissions, permission{
			actions: []string{"inspector-scan:ScanSbom"}, resources: []string{"*"},
			reason: "The action has no resource level: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoninspectorscan.html",
		})
	}
	return newGate(scope, id, p, gateCommands{
		first: slices.Concat(own.list, []string{"sbom-keep"}),
		exports: slices.Concat([]string{
			SBOMVariable + `="$(cat "$HOME/.storeship/sbom-url")" && export ` + SBOMVariable,
			`export SBOM="$HOME/.storeship/sbom.json"`,
		}, own.exports),
		look:   []string{"vulnerabilities"},
		name:   own.name,
		folder: p.Path,
	}, st)
}

// thresholds are as the script reads them: "critical=0 high=0".
func thresholds(t environment.Thresholds) string {
	var all []string
	for _, limit := range t.All() {
		if limit.Most != nil {
			all = append(all, limit.Severity+"="+strconv.Itoa(*limit.Most))
		}
	}
	return strings.Join(all, " ")
}
