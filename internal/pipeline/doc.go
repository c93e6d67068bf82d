// Package pipeline reads the CodePipelines of templates: their stages and actions in order, the build project of each action, and
// every command that it runs with what becomes of its failure.
//
//	stacks, err := template.Open("cdk.out")
//	for _, p := range pipeline.Read("cdk.out", stacks) {
//		for _, a := range p.Actions() {
//			fmt.Println(p.Name, a.Stage, a.Name, a.Steps, a.Hidden)
//		}
//	}
package pipeline
