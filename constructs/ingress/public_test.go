package ingress_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/internal/templatetest"
)

// listeners are the load balancer's listeners as "port protocol action".
func listeners(t templatetest.Template) []string {
	var list []string
	for _, id := range t.IDs("AWS::ElasticLoadBalancingV2::Listener") {
		p := t.Resources[id].Properties
		action := p["DefaultActions"].([]any)[0].(map[string]any)["Type"]
		list = append(list, fmt.Sprint(p["Port"], " ", p["Protocol"], " ", action))
	}
	slices.Sort(list)
	return list
}

// openings are the inbound rules of the load balancer's security group, as "port from".
func openings(tb testing.TB, t templatetest.Template) []string {
	tb.Helper()
	var list []string
	for _, r := range t.Only(tb, "AWS::EC2::SecurityGroup").Properties["SecurityGroupIngress"].([]any) {
		rule := r.(map[string]any)
		if rule["FromPort"] != rule["ToPort"] || rule["IpProtocol"] != "tcp" {
			tb.Errorf("a rule opens more than one port: %s", templatetest.Text(rule))
		}
		list = append(list, fmt.Sprint(rule["FromPort"], " ", templatetest.Text(rule["CidrIp"])))
	}
	slices.Sort(list)
	return list
}

func wantList(tb testing.TB, what string, got, want []string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Catches a production or test listener that is missing, speaks plain HTTP beside a certificate, or forwards by default;
// and a test listener that is open to everyone, which is what CDK does unless told otherwise.
func TestListeners(t *testing.T) {
	from := func(p *ingress.PublicProps) { p.AllowTestFrom = []string{"203.0.113.7/32", "203.0.113.8/32"} }
	https := newPublic(from)
	wantList(t, "listeners", listeners(https), []string{"443 HTTPS fixed-response", "80 HTTP redirect", "9443 HTTPS fixed-response"})
	wantList(t, "openings", openings(t, https), []string{
		`443 "0.0.0.0/0"`, `80 "0.0.0.0/0"`, `9443 "203.0.113.7/32"`, `9443 "203.0.113.8/32"`,
	})
	for _, id := range https.IDs("AWS::ElasticLoadBalancingV2::Listener") {
		if p := https.Resources[id].Properties; p["Protocol"] == "HTTPS" && p["SslPolicy"] != "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" {
			t.Errorf("%s has the policy %v", id, p["SslPolicy"])
		}
	}
	http := newPublic(func(p *ingress.PublicProps) { from(p); p.Domain = nil })
	wantList(t, "listeners", listeners(http), []string{"80 HTTP fixed-response", "9443 HTTP fixed-response"})
	wantList(t, "openings", openings(t, http), []string{`80 "0.0.0.0/0"`, `9443 "203.0.113.7/32"`, `9443 "203.0.113.8/32"`})
	wantList(t, "openings", openings(t, newPublic(nil)), []string{`443 "0.0.0.0/0"`, `80 "0.0.0.0/0"`})
	if len(http.IDs("AWS::CertificateManager::Certificate"))+len(http.IDs("AWS::Route53::RecordSet")) != 0 {
		t.Error("without a domain there is nothing to certify or to name")
	}
}

// Catches rules that CDK drops or merges when blocks are tokens: NAT addresses are known only at deployment.
func TestTestBlocksMayBeTokens(t *testing.T) {
	tmpl := newPublic(func(p *ingress.PublicProps) {
		p.AllowTestFrom = natAddresses(p.Logs, 3)
	})
	var n int
	for _, o := range openings(t, tmpl) {
		if strings.HasPrefix(o, "9443 ") {
			n++
		}
	}
	if n != 3 {
		t.Errorf("want 3 rules for the test listener, got %d", n)
	}
}

// Catches a load balancer that is created before its bucket lets it write or before its certificate is valid, that is not
// protected, or that has a name that a replacement would find taken.
func TestLoadBalancer(t *testing.T) {
	tmpl := newPublic(nil)
	lb := tmpl.Only(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
	for _, typ := range []string{"AWS::S3::BucketPolicy", "AWS::CertificateManager::Certificate", "AWS::WAFv2::LoggingConfiguration"} {
		if !dependsOn(tmpl, lb, typ) {
			t.Errorf("the load balancer does not wait for the %s: %v", typ, lb.DependsOn)
		}
	}
	if lb.Properties["Name"] != nil || lb.Properties["Scheme"] != "internet-facing" {
		t.Errorf("name %v, scheme %v", lb.Properties["Name"], lb.Properties["Scheme"])
	}
	templatetest.WantText(t, lb.Properties["LoadBalancerAttributes"],
		`{"Key":"deletion_protection.enabled","Value":"true"}`,
		`{"Key":"routing.http.drop_invalid_header_fields.enabled","Value":"true"}`,
		`{"Key":"routing.http.desync_mitigation_mode","Value":"defensive"}`,
		`{"Key":"idle_timeout.timeout_seconds","Value":"60"}`,
		`{"Key":"access_logs.s3.enabled","Value":"true"}`,
		`{"Key":"access_logs.s3.prefix","Value":"public"}`)
	open := newPublic(func(p *ingress.PublicProps) { p.Deletable = true }).Only(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
	templatetest.WantText(t, open.Properties, `{"Key":"deletion_protection.enabled","Value":"false"}`)
}

// Catches a way for load balancers of other accounts to write into the bucket, and a bucket policy that names none.
func TestLogBucket(t *testing.T) {
	tmpl := newPublic(nil)
	templatetest.WantText(t, tmpl.Only(t, "AWS::S3::BucketPolicy").Properties["PolicyDocument"],
		`"Action":"s3:PutObject","Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}`,
		`"/public/AWSLogs/222222222222/*"`, `"aws:SecureTransport":"false"`)
	bucket := tmpl.Only(t, "AWS::S3::Bucket")
	if bucket.DeletionPolicy != "Retain" || bucket.Properties["BucketName"] != nil {
		t.Errorf("deletion policy %s, name %v", bucket.DeletionPolicy, bucket.Properties["BucketName"])
	}
	templatetest.WantText(t, bucket.Properties, `"SSEAlgorithm":"AES256"`, `"RestrictPublicBuckets":true`, `"ExpirationInDays":365`)
}

// Catches simple records where there will be latency records, which Route 53 cannot turn into each other; records whose
// health takes the load balancer out of DNS; and a certificate that does not cover the names.
func TestNames(t *testing.T) {
	tmpl := newPublic(func(p *ingress.PublicProps) { p.Hosts = []string{"admin.beta.shop.example.com"} })
	var got []string
	for _, id := range tmpl.IDs("AWS::Route53::RecordSet") {
		p := tmpl.Resources[id].Properties
		got = append(got, fmt.Sprint(p["Name"], " ", p["Type"], " ", p["Region"], " ", p["SetIdentifier"]))
		if strings.Contains(templatetest.Text(p["AliasTarget"]), `"EvaluateTargetHealth":true`) {
			t.Errorf("%s evaluates the health of its target", id)
		}
	}
	slices.Sort(got)
	wantList(t, "records", got, []string{
		"admin.beta.shop.example.com. A us-west-2 us-west-2",
		"beta.shop.example.com. A us-west-2 us-west-2",
		"us-west-2.beta.shop.example.com. A <nil> <nil>",
	})
	templatetest.WantText(t, tmpl.Only(t, "AWS::CertificateManager::Certificate").Properties,
		`"DomainName":"beta.shop.example.com"`, `"SubjectAlternativeNames":["*.beta.shop.example.com"]`,
		`"HostedZoneId":"Z0123456789ABC"`, `"ValidationMethod":"DNS"`)
}

// Catches a dark load balancer that customers are led to, or that tests cannot reach; and a difference beside the records, which
// would change a live load balancer when customers come or go.
func TestDark(t *testing.T) {
	hosts := func(p *ingress.PublicProps) { p.Hosts = []string{"admin.beta.shop.example.com"} }
	light, dark := newPublic(hosts), newPublic(func(p *ingress.PublicProps) { hosts(p); p.Dark = true })
	var names []string
	for _, id := range light.IDs("AWS::Route53::RecordSet") {
		record := light.Resources[id]
		if _, stays := dark.Resources[id]; !stays {
			names = append(names, fmt.Sprint(record.Properties["Name"], " ", record.Properties["SetIdentifier"]))
			delete(light.Resources, id)
		}
	}
	slices.Sort(names)
	wantList(t, "records of customers", names, []string{"admin.beta.shop.example.com. us-west-2", "beta.shop.example.com. us-west-2"})
	if !reflect.DeepEqual(light, dark) {
		t.Errorf("more than the records differs: got\n%s\nwant\n%s", templatetest.Text(dark), templatetest.Text(light))
	}
	if ids := dark.IDs("AWS::Route53::RecordSet"); len(ids) != 1 || dark.Resources[ids[0]].Properties["Name"] != "us-west-2.beta.shop.example.com." {
		t.Errorf("a dark load balancer has the records %v", ids)
	}
}

// Catches a parameter of the contract that is not written, or before what it promises is in force.
func TestPublishPublic(t *testing.T) {
	tmpl := newPublic(func(p *ingress.PublicProps) {
		p.Blocks = []ingress.Block{{Service: "ui", Paths: []string{"/utility/*", "/proxy/*"}}}
	})
	listener := func(port float64) string {
		for _, id := range tmpl.IDs("AWS::ElasticLoadBalancingV2::Listener") {
			if tmpl.Resources[id].Properties["Port"] == port {
				return `{"Ref":"` + id + `"}`
			}
		}
		return "none"
	}
	lb := tmpl.IDs("AWS::ElasticLoadBalancingV2::LoadBalancer")[0]
	want := map[string]string{
		target(nil).Parameter(environment.PublicListenerARN):     listener(443),
		target(nil).Parameter(environment.PublicTestListenerARN): listener(environment.PublicTestPort),
		target(nil).Parameter(environment.PublicSecurityGroupID): `{"Fn::GetAtt":["` + tmpl.IDs("AWS::EC2::SecurityGroup")[0] + `","GroupId"]}`,
		target(nil).Parameter(environment.PublicDNSName):         `{"Fn::GetAtt":["` + lb + `","DNSName"]}`,
		target(nil).Parameter(environment.BlockedPaths("ui")):    `"/proxy/*,/utility/*"`,
	}
	if got := parameters(tmpl); !reflect.DeepEqual(got, want) {
		t.Errorf("got %s\nwant %s", templatetest.Text(got), templatetest.Text(want))
	}
	for _, id := range tmpl.IDs("AWS::SSM::Parameter") {
		r := tmpl.Resources[id]
		if strings.Contains(r.Properties["Name"].(string), "blocked-paths") && !dependsOn(tmpl, r, "AWS::WAFv2::WebACLAssociation") {
			t.Errorf("%s does not wait for the web ACL", id)
		}
	}
}

// Catches a constructor that lets bad props through to jsii, whose exceptions name no field.
func TestPublicPanicsWithItsProblems(t *testing.T) {
	defer func() {
		err, _ := recover().(error)
		want := "ingress.Public Stack/Public:\n  Vpc: required\n  Logs: required"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	ingress.NewPublic(newStack(), "Public", nil)
}
