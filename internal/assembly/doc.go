// Package assembly reads what a CDK app wrote, the cloud assembly, without the CDK: its stacks, those of its stages too, with
// their accounts, regions, templates and dependencies.
//
//	a, err := assembly.Open("cdk.out")
//	for _, stack := range a.Stacks() {
//		fmt.Println(stack.Name, stack.Account, stack.Region, len(stack.Resources()))
//	}
package assembly
