// Package graph draws what an assembly deploys: its pipelines as stages and waves, and the accounts that they deploy to.
//
//	a, err := assembly.Open("cdk.out")
//	g := graph.Of(a)
//	err = g.WriteSVG(os.Stdout)
//
// It reads the pipelines that are in the templates, whoever made them, and the CloudFormation stacks that their actions deploy.
package graph
