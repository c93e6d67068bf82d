package registry_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/registry"
)

// The images of a service, which the tasks of beta's account pull.
func ExampleNewRepository() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Registry"), nil)
	key := registry.NewKey(stack, "Key", &registry.KeyProps{Alias: "alias/shop-registry"})
	registry.NewRepository(stack, "Catalog", &registry.RepositoryProps{
		Name:    "shop/catalog",
		Key:     key.Key,
		Pullers: []registry.Puller{{Account: "222222222222", RolePattern: "shop-beta-*-execution"}},
	})

	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::ECR::Repository"), map[string]any{
		"RepositoryName":     "shop/catalog",
		"ImageTagMutability": "IMMUTABLE",
	})
	fmt.Println("a repository with immutable tags")
	// Output: a repository with immutable tags
}

// A key for the images of one region.
func ExampleNewKey() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Registry"), nil)
	registry.NewKey(stack, "Key", &registry.KeyProps{Alias: "alias/shop-registry"})

	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::KMS::Key"), map[string]any{
		"EnableKeyRotation": true,
	})
	fmt.Println("a key that rotates")
	// Output: a key that rotates
}

// Signatures for the images of a store.
func ExampleNewSigning() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Registry"), nil)
	registry.NewSigning(stack, "Signing", &registry.SigningProps{Profile: "shop_images", Repositories: []string{"shop/*"}})

	assertions.Template_FromStack(stack, nil).ResourceCountIs(jsii.String("AWS::ECR::SigningConfiguration"), jsii.Number(1))
	fmt.Println("what is pushed to shop/* is signed")
	// Output: what is pushed to shop/* is signed
}
