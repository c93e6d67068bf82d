// Package templatetest is what the tests of constructs have in common: one kernel per test program, and a synthesized
// template as plain Go.
//
//	func TestMain(m *testing.M) { templatetest.Main(m) }
//
//	template := templatetest.Synth(stack)
//	queue := template.Only(t, "AWS::SQS::Queue")
package templatetest
