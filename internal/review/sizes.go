package review

import (
	"slices"
	"strconv"
	"strings"
)

// sizes of instances, the smallest first.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
var sizes = []string{"nano", "micro", "small", "medium", "large", "xlarge"}

// larger is an instance class, or a size of build machines, that grows, or another family whose price nobody here knows.
func larger(old, renewed any) bool {
	a, ok := old.(string)
	b, ok2 := renewed.(string)
	if !ok || !ok2 {
		return false
	}
	familyA, sizeA := instance(a)
	familyB, sizeB := instance(b)
	if familyA != familyB {
		return true
	}
	return sizeB > sizeA
}

// instance splits a class into its family and a number that grows with its size: "db.r6g.2xlarge", "BUILD_GENERAL1_SMALL".
func instance(class string) (family string, size int) {
	separator := strings.LastIndexAny(class, "._")
	if separator < 0 {
		return class, 0
	}
	family, name := class[:separator], strings.ToLower(class[separator+1:])
	if name == "metal" {
		return family, 1000
	}
	if name == "2xlarge" && strings.HasPrefix(class, "BUILD_") {
		return family, 100
	}
	if n, found := strings.CutSuffix(name, "xlarge"); found && n != "" {
		times, err := strconv.Atoi(n)
		if err == nil {
			return family, len(sizes) + times
		}
	}
	return family, slices.Index(sizes, name)
}

// weakerTLS is a security policy of a load balancer that accepts an older protocol than before, by the names that AWS gives
// them. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
func weakerTLS(old, renewed any) bool {
	a, ok := old.(string)
	b, ok2 := renewed.(string)
	return ok && (!ok2 || lowestTLS(b) < lowestTLS(a))
}

func lowestTLS(policy string) int {
	for _, p := range []struct {
		part string
		tls  int
	}{{"TLS13-1-3", 13}, {"TLS13-1-2", 12}, {"TLS13-1-1", 11}, {"TLS13-1-0", 10}, {"TLS-1-2", 12}, {"FS-1-2", 12}, {"TLS-1-1", 11}, {"FS-1-1", 11}} {
		if strings.Contains(policy, p.part) {
			return p.tls
		}
	}
	return 10
}
