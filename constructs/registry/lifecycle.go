package registry

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/jsii-runtime-go"
)

// ReleasedTagPrefix begins the tags of images that reached the last wave. They do not expire.
const ReleasedTagPrefix = "released-"

const (
	// TaggedImages is how many images with a tag are kept, the newest. A number and not an age, because an environment
	// may run an image for as long as nobody releases another: an age would expire it under the running tasks, and the
	// next task could not start; 500 newer images mean that releases go on.
	TaggedImages = 500
	// releasedImages is as many images as a repository can have, so that the rule of the released ones never expires any.
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
	releasedImages = 100_000
)

// lifecycleRules in the order of their priority. An image that matches the tags of a rule cannot be expired by a rule
// that comes later: so the first one, which never expires anything, protects the released images from the last one.
// They count there all the same. https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
//
// There is no rule for what has no tag: signatures have none, and nothing says that such a rule spares them. What a push leaves has a
// tag, which nothing moves. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-signing.html
func lifecycleRules() *[]*awsecr.LifecycleRule {
	return &[]*awsecr.LifecycleRule{
		{
			RulePriority:  jsii.Number(1),
			Description:   jsii.String("Released images do not expire"),
			TagStatus:     awsecr.TagStatus_TAGGED,
			TagPrefixList: jsii.Strings(ReleasedTagPrefix),
			MaxImageCount: jsii.Number(releasedImages),
		},
		{
			RulePriority:   jsii.Number(2),
			Description:    jsii.String("All but the newest images with a tag"),
			TagStatus:      awsecr.TagStatus_TAGGED,
			TagPatternList: jsii.Strings("*"),
			MaxImageCount:  jsii.Number(TaggedImages),
		},
	}
}
