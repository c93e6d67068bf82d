// Package template reads CloudFormation templates from wherever they lie: those of a cloud assembly with its stages, or files of
// JSON and YAML, with the short forms of the intrinsic functions. What is broken it says all at once, with the place.
//
//	stacks, err := template.Open("cdk.out")
//	for _, s := range stacks {
//		for _, r := range s.Resources("AWS::CodePipeline::Pipeline") {
//			fmt.Println(template.In(s).Text(r.Properties["Name"]))
//		}
//	}
package template
