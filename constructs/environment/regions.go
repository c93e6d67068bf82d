package environment

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// Region is an AWS region of the partition aws.
type Region struct {
	// Name is the region's code, "eu-central-1".
	Name string
	// Place is what people call it, "Frankfurt".
	Place string
	// OptIn regions are closed to an account until someone enables them there.
	OptIn bool
}

// KnownRegions are all regions of the partition aws.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
var KnownRegions = []Region{
	{"af-south-1", "Cape Town", true},
	{"ap-east-1", "Hong Kong", true},
	{"ap-east-2", "Taipei", true},
	{"ap-northeast-1", "Tokyo", false},
	{"ap-northeast-2", "Seoul", false},
	{"ap-northeast-3", "Osaka", false},
	{"ap-south-1", "Mumbai", false},
	{"ap-south-2", "Hyderabad", true},
	{"ap-southeast-1", "Singapore", false},
	{"ap-southeast-2", "Sydney", false},
	{"ap-southeast-3", "Jakarta", true},
	{"ap-southeast-4", "Melbourne", true},
	{"ap-southeast-5", "Malaysia", true},
	{"ap-southeast-6", "New Zealand", true},
	{"ap-southeast-7", "Thailand", true},
	{"ca-central-1", "Canada Central", false},
	{"ca-west-1", "Calgary", true},
	{"eu-central-1", "Frankfurt", false},
	{"eu-central-2", "Zurich", true},
	{"eu-north-1", "Stockholm", false},
	{"eu-south-1", "Milan", true},
	{"eu-south-2", "Spain", true},
	{"eu-west-1", "Ireland", false},
	{"eu-west-2", "London", false},
	{"eu-west-3", "Paris", false},
	{"il-central-1", "Tel Aviv", true},
	{"me-central-1", "UAE", true},
	{"me-south-1", "Bahrain", true},
	{"mx-central-1", "Mexico Central", true},
	{"sa-east-1", "São Paulo", false},
	{"us-east-1", "North Virginia", false},
	{"us-east-2", "Ohio", false},
	{"us-west-1", "North California", false},
	{"us-west-2", "Oregon", false},
}

// otherPartitions are the beginnings of region codes outside the partition aws, whose ARNs and endpoints differ.
var otherPartitions = []string{"cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-"}

// RegionNames lists the codes of [KnownRegions].
func RegionNames() []string {
	names := make([]string, len(KnownRegions))
	for i, r := range KnownRegions {
		names[i] = r.Name
	}
	return names
}

// FindRegion returns the region of that name; false when the partition aws has none.
func FindRegion(name string) (Region, bool) {
	i := slices.IndexFunc(KnownRegions, func(r Region) bool { return r.Name == name })
	if i < 0 {
		return Region{}, false
	}
	return KnownRegions[i], true
}

// region checks the region at path and says whether it is one.
func (c *checker) region(path, name string) bool {
	if name == "" {
		c.add(path, "is required: an AWS region such as us-west-2")
		return false
	}
	if _, known := FindRegion(name); known {
		return true
	}
	for _, prefix := range otherPartitions {
		if strings.HasPrefix(name, prefix) {
			c.add(path, "%s is a region of another AWS partition; only those of the partition aws are supported: %s",
				text.Quote(name), text.List(RegionNames()))
			return false
		}
	}
	message := text.Quote(name) + " is no AWS region; "
	if near := text.Nearest(name, RegionNames()); near != "" {
		message += "did you mean " + near + "? "
	}
	c.add(path, "%sknown: %s", message, text.List(RegionNames()))
	return false
}
