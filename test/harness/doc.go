// Package harness synthesizes whole apps for the tests, as the CDK CLI does, and compares what they write with golden files.
//
//	func TestMain(m *testing.M) { harness.Main(m) }
//
//	func TestStore(t *testing.T) {
//		out := harness.Synth(t, harness.Input{Config: "examples/retail-store/storeship.yaml"})
//		harness.Golden(t, "testdata/golden/retail-store", out.Templates(t))
//	}
package harness
