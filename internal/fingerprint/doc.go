// Package fingerprint tells whether what a pipeline deploys has changed, by one number per pipeline of a cloud assembly.
//
//	a, err := assembly.Open("cdk.out")
//	all, err := fingerprint.Of(a)
//	for _, f := range all {
//		fmt.Println(f.Pipeline, f.SHA256)
//	}
package fingerprint
