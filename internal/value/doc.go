// Package value reads CloudFormation templates as a person does: JSON or YAML with its short forms, a value with its
// functions as one would write it, a difference of two values down to the property that differs, and the line where a
// property stands.
//
//	value.Show(map[string]any{"Fn::GetAtt": []any{"Role", "Arn"}}, nil) // ${Role.Arn}
//	value.Diff(old, renewed)                                             // [{[Cpu] 512 1024}]
//	value.Locate(source, "Resources", "Task", "Properties", "Cpu")       // line and column
package value
