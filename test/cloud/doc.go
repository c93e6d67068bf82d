// Package cloud pretends to deploy a cloud assembly: it gives every resource a name and an ARN, resolves what templates
// refer to, SSM parameters of other stacks included, deploys the CDK's own bootstrap template where the assembly needs it,
// and then answers who may do what. It creates nothing and calls nothing.
//
//	c, err := cloud.Deploy(a, cloud.Bootstrap{Template: "node_modules/…/bootstrap-template.yaml", Trust: "111111111111"})
//	d, err := c.Can("arn:aws:iam::222222222222:role/shop-beta-deployer", "ecs:RegisterTaskDefinition", "*", nil)
package cloud
