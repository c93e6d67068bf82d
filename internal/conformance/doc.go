// Package conformance says how far pipelines of CodePipeline are what a catalogue asks for: which action of the reference
// architecture is there, what proves it, whether the pipeline waits for it, and whether it can fail at all.
//
//	catalogue, err := conformance.Default()
//	stacks, err := template.Open("cdk.out")
//	report := conformance.Judge(pipeline.Read("cdk.out", stacks), stacks, catalogue)
//	report.WriteTable(os.Stdout)
//	if report.Failed() {
//		os.Exit(1)
//	}
//
// The catalogue is data, catalogue.yaml; a team adds a file of its own, see [Load]. What a rule cannot say in data is a fact,
// a function of this package with a name.
package conformance
