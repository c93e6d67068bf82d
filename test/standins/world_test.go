package standins_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/codebuild"
	"github.com/storeship/storeship/test/standins"
)

var machine *codebuild.Machine

func TestMain(m *testing.M) {
	code := func() int {
		dir, err := os.MkdirTemp("", "si")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		if machine, err = codebuild.NewMachine(dir); err != nil {
			panic(err)
		}
		return m.Run()
	}()
	os.Exit(code)
}

// run runs commands in a world, and returns how they ended and the calls that they made.
func run(t *testing.T, w *standins.World, commands ...string) (*codebuild.Result, []*codebuild.Call) {
	t.Helper()
	dir, err := os.MkdirTemp("", "si")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	h, err := machine.Host(dir, w.Tools(), standins.Later...)
	require.NoError(t, err)
	b := codebuild.Build{Region: "us-west-2", Spec: &codebuild.Spec{Shell: "bash", Phases: map[string]codebuild.Phase{"build": {Commands: commands}}}}
	r, err := b.Run(h)
	require.NoError(t, err)
	require.NoError(t, h.Close())
	return r, h.Calls()
}

const (
	first   = "111111111111.dkr.ecr.us-west-2.amazonaws.com"
	prepare = "export GOBIN=$PWD/bin PATH=$PWD/bin:$PATH; go install example.com/cmd/crane@v1.2.3; touch Dockerfile"
	login   = "aws ecr get-login-password --region us-west-2 | tr -d '\\n' | crane auth login --username AWS --password-stdin " + first
	build   = "docker build --file Dockerfile --tag " + first + "/shop/ui:a ."
	fetch   = "curl --fail --proto =https --output "
	sbomgen = fetch + "a https://amazon-inspector-sbomgen.s3.amazonaws.com/1.0.0/linux/amd64/inspector-sbomgen.zip; " +
		"unzip -p a '*/inspector-sbomgen' > sbomgen; chmod +x sbomgen"
	list = "INSPECTOR_SBOMGEN_USERNAME=AWS INSPECTOR_SBOMGEN_PASSWORD=$(aws ecr get-login-password --region us-west-2) ./sbomgen container --image " +
		first + "/shop/ui@" + standins.First + " --outfile bill"
	scan   = "aws inspector-scan scan-sbom --sbom file://bill --output-format CYCLONE_DX_1_5 --query sbom.components[].purl --output text"
	status = "test \"$(aws ecr describe-image-signing-status --region us-west-2 --registry-id 111111111111 --repository-name shop/ui --image-id imageDigest=" +
		standins.First + " --query signingStatuses[].status --output text)\" = COMPLETE"
	vegeta = "export GOBIN=$PWD/bin PATH=$PWD/bin:$PATH; go install example.com/vegeta/v12@v12.1.0; "
	push   = "docker push " + first + "/shop/ui:a"
	take   = "set -- $(aws sts assume-role --role-arn arn:aws:iam::222222222222:role/x --role-session-name y --query " +
		"'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text); export AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2 AWS_SESSION_TOKEN=$3"
	read = "test \"$(aws ssm get-parameter --name /p --query Parameter.Value --output text)\" = theirs"
)

// Catches: a stand-in that lets pass what the real one refuses, so that a script which does it succeeds here and nowhere else.
func TestStrict(t *testing.T) {
	for name, c := range map[string]struct {
		commands []string
		says     string
	}{
		"push":               {[]string{prepare, login, build, push}, ""},
		"push without login": {[]string{prepare, build, push}, "no basic auth credentials"},
		"push of nothing":    {[]string{prepare, login, push}, "does not exist locally"},
		"push twice":         {[]string{prepare, login, build, push, push}, "cannot be overwritten"},
		"another password":   {[]string{prepare, strings.Replace(login, "--region us-west-2", "--region us-east-1", 1)}, "this is not the password"},
		"copy of nothing":    {[]string{prepare, login, "crane copy " + first + "/shop/ui@" + standins.First + " " + first + "/shop/ui:b"}, "MANIFEST_UNKNOWN"},
		"no crane":           {[]string{"crane version"}, "command not found"},
		"floating go":        {[]string{"GOBIN=$PWD go install example.com/cmd/crane@latest"}, "needs a version"},
		"role":               {[]string{take, read}, ""},
		"no role":            {[]string{read}, "ParameterNotFound"},
		"another session":    {[]string{take, "AWS_SESSION_TOKEN=x", read}, "InvalidClientTokenId"},
		"eleven names":       {[]string{"aws ssm get-parameters --names a b c d e f g h i j k"}, "ValidationException"},
		"unknown operation":  {[]string{"aws ec2 describe-instances"}, "add it to operations"},
		"unknown query":      {[]string{take, "aws ssm get-parameter --name /p --query 'keys(Parameter)'"}, "this evaluator does not know"},
		"no lock":            {[]string{"npm ci"}, "existing package-lock.json"},
		"no hashes":          {[]string{"python -m venv v", "echo ruff==1 --hash=sha256:" + strings.Repeat("0", 64) + " > r", "v/bin/pip install --requirement r"}, "without its hashes"},
		"secrets in full":    {[]string{"mkdir a; curl --fail --proto =https --output g https://github.com/gitleaks/x; tar -xzf g; ./gitleaks git --report-path r ."}, "does not know"},
		"network":            {[]string{"git clone https://example.com/x y"}, "not found"},
		"scan":               {[]string{prepare, login, build, push, sbomgen, list, scan}, ""},
		"scan of nothing":    {[]string{prepare, sbomgen, list}, "MANIFEST_UNKNOWN"},
		"scan unasked":       {[]string{prepare, login, build, push, sbomgen, strings.Replace(list, "us-west-2", "us-east-1", 1)}, "UNAUTHORIZED"},
		"no bill":            {[]string{"echo {} > bill", scan}, "ValidationException"},
		"another archive":    {[]string{sbomgen, "unzip -p a '*/other'"}, "filename not matched"},
		"no archive":         {[]string{"echo x > a", "unzip -p a '*'"}, "cannot find zipfile"},
		"what was unpacked":  {[]string{sbomgen, "printf '%064d  a' 0 | sha256sum --check --status && ! printf '%064d  sbomgen' 0 | sha256sum --check --status"}, ""},
		"signed":             {[]string{prepare, login, build, push, status}, ""},
		"signature of none":  {[]string{status}, "ImageNotFoundException"},
		"no canary":          {[]string{"aws synthetics get-canary-runs --name c"}, "ResourceNotFoundException"},
		"load":               {[]string{vegeta + "echo GET https://a/ | vegeta attack -rate=9/1s -duration=9s > b; vegeta report -type=json b"}, ""},
		"load on nothing":    {[]string{vegeta + "printf '' | vegeta attack -rate=9/1s -duration=9s"}, "no targets"},
		"load of nothing":    {[]string{vegeta + "touch b; vegeta report -type=text b"}, "decode"},
		"floating tests":     {[]string{"touch go.mod; go run gotest.tools/gotestsum@latest --junitfile r -- ./..."}, "does not know"},
		"no pytest":          {[]string{"mkdir t; python -m pytest t --junitxml=r"}, "No module named pytest"},
		"no tests":           {[]string{"echo pytest==1.0 > r; pip install -r r; python -m pytest t --junitxml=r"}, "file or directory not found"},
		"no script":          {[]string{"echo {} > package.json; mkdir node_modules; npm run test:integration"}, "Missing script"},
		"no browser":         {[]string{"npx playwright test --reporter=junit"}, "does not know"},
		"no corepack":        {[]string{"echo '{\"packageManager\": \"yarn@4.0.0\"}' > package.json; yarn --version"}, "the current global version of Yarn"},
		"another asset":      {[]string{"npm install -g cdk-assets@1.0.0", "echo {} > m; cdk-assets --path m --verbose publish a:b"}, "No such asset"},
		"another bucket": {[]string{"npm install -g cdk-assets@1.0.0", `echo '{"files": {"a": {"source": {"path": "m"}, "destinations": {"b": {"bucketName": ` +
			`"c-222222222222-us-west-2", "objectKey": "k", "region": "us-west-2", "assumeRoleArn": "arn:aws:iam::111111111111:role/x"}}}}}' > m`,
			"cdk-assets --path m --verbose publish a:b"}, "AccessDenied"},
		"another program": {[]string{"wget https://example.com"}, "command not found"},
	} {
		w := standins.New("111111111111")
		w.Put("222222222222", "us-west-2", "/p", "theirs")
		w.Git, _ = exec.LookPath("git")
		w.Signers["111111111111 us-west-2"] = standins.Signer{Filter: "shop/*", Profile: "p"}
		r, _ := run(t, w, c.commands...)
		require.Equal(t, c.says == "", r.Succeeded, "%s: %s", name, r.Output)
		require.Contains(t, r.Output, c.says, name)
	}
}

// Catches: a call that changes something for good and is not known to, and one that only reads and is.
func TestActs(t *testing.T) {
	w := standins.New("111111111111")
	_, calls := run(t, w, prepare, "docker push x; crane copy a b; crane tag a b; aws s3 cp a s3://b/c; aws ssm put-parameter --name /p --value v; "+
		"aws codepipeline start-pipeline-execution --name x; npm install -g aws-cdk@2.1.1; cdk -a . deploy x; npm install -g cdk-assets@1.0.0; cdk-assets publish x; true",
		"docker build .; crane auth login; aws s3 cp s3://b/c a; aws ssm get-parameter --name /p; aws inspector-scan scan-sbom; aws sts assume-role --role-arn a; npm ci; cdk synth; true")
	var acts []string
	for _, c := range calls {
		if standins.Acts(c) {
			acts = append(acts, c.String())
		}
	}
	require.Equal(t, "docker push x\ncrane copy a b\ncrane tag a b\naws s3 cp a s3://b/c\naws ssm put-parameter --name /p --value v\n"+
		"aws codepipeline start-pipeline-execution --name x\ncdk -a . deploy x\ncdk-assets publish x", strings.Join(acts, "\n"))
}

// Catches: a signature of what nobody pushed since the registry signs, of another repository, or with the profile of another region.
func TestSigned(t *testing.T) {
	w := standins.New("111111111111")
	r, _ := run(t, w, prepare, login, build, push, strings.Replace(status, "= COMPLETE", "= ''", 1))
	require.True(t, r.Succeeded, r.Output)
	w.Signers["111111111111 us-west-2"] = standins.Signer{Filter: "shop/*", Profile: "west"}
	w.Signers["111111111111 us-east-1"] = standins.Signer{Filter: "other/*", Profile: "east"}
	east := strings.ReplaceAll(first, "us-west-2", "us-east-1")
	r, _ = run(t, w, prepare, login, strings.ReplaceAll(login, "us-west-2", "us-east-1"), "crane tag "+first+"/shop/ui@"+standins.First+" again",
		"crane copy "+first+"/shop/ui:a "+east+"/shop/ui:a", "crane copy "+first+"/shop/ui:a "+first+"/shop/new:a")
	require.True(t, r.Succeeded, r.Output)
	require.Equal(t, map[string]string{first + "/shop/new@" + standins.First: "west"}, w.Signed)
}

// Catches: a copy of a world that shares a map with it, so that one run changes what another finds.
func TestClone(t *testing.T) {
	w := standins.New("111111111111")
	c := reflect.ValueOf(w.Clone()).Elem()
	for i := range c.NumField() {
		if f := c.Field(i); f.Kind() == reflect.Map {
			require.NotEqual(t, reflect.ValueOf(w).Elem().Field(i).Pointer(), f.Pointer(), c.Type().Field(i).Name)
		}
	}
}

// Catches: an assembly of a scope that has another service's parts, or an image in the pipeline's own template.
func TestSynth(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"manifest.json":                                   `{"artifacts": {"shop-ui-pipeline": {}, "shop-ui-pipeline.assets": {}, "assembly-shop-ui-pipeline-beta": {}, "shop-uix-pipeline": {}, "shop-access": {}}}`,
		"shop-ui-pipeline.template.json":                  standins.Marker,
		"shop-uix-pipeline.template.json":                 "",
		"assembly-shop-ui-pipeline-beta/manifest.json":    "{}",
		"assembly-shop-ui-pipeline-beta/s.template.json":  "repository@" + standins.Marker,
		"assembly-shop-ui-pipeline-beta/s.metadata.json":  "",
		"assembly-shop-uix-pipeline-beta/s.template.json": "",
		"releases/beta/us-west-2/ui/taskdef.json":         standins.Marker,
		"releases/beta/us-west-2/uix/taskdef.json":        "",
		"asset.0123/index.template.json":                  "",
	} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	require.NoError(t, standins.Whole{Dir: dir, Store: "shop"}.Synth("ui", standins.First, out))
	got := map[string]string{}
	require.NoError(t, filepath.WalkDir(out, func(name string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var text []byte
			text, err = os.ReadFile(name)
			rel, _ := filepath.Rel(out, name)
			got[filepath.ToSlash(rel)] = string(text)
		}
		return err
	}))
	require.Equal(t, map[string]string{
		"manifest.json":                                  `{"artifacts":{"assembly-shop-ui-pipeline-beta":{},"shop-ui-pipeline":{},"shop-ui-pipeline.assets":{}}}`,
		"shop-ui-pipeline.template.json":                 standins.Marker,
		"assembly-shop-ui-pipeline-beta/manifest.json":   "{}",
		"assembly-shop-ui-pipeline-beta/s.template.json": "repository@" + standins.First,
		"releases/beta/us-west-2/ui/taskdef.json":        standins.First,
	}, got)
}
