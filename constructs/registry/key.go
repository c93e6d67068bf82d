package registry

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
)

// Key encrypts the images of one region.
type Key struct {
	node.Construct
	// Key is the key.
	Key awskms.Key
}

// NewKey creates a rotating key. Its policy leaves the decision to the account's own policies: whoever creates a
// repository makes the grants that ECR then works with, and nobody who pulls or pushes needs the key. A key costs by the
// month, and so does each of its first two rotations.
func NewKey(scope constructs.Construct, id string, props *KeyProps) *Key {
	if props == nil {
		props = &KeyProps{}
	}
	node.Must("registry.Key", scope, id, props.Validate())
	p := props.withDefaults()
	k := &Key{}
	node.Init(k, scope, id)
	k.Key = awskms.NewKey(k, jsii.String("Key"), &awskms.KeyProps{
		Alias:             &p.Alias,
		Description:       &p.Description,
		EnableKeyRotation: jsii.Bool(true),
		// Without the key no image can be read again.
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	return k
}

func (p *KeyProps) withDefaults() *KeyProps {
	d := *p
	if d.Description == "" {
		d.Description = "Container images"
	}
	return &d
}
