// Package change compares two plans of a store, and says what people do to get from one to the other: what differs and when
// each difference takes effect, what cannot be changed in place and the way out, and the commands in an order in which
// nothing is deleted that something still needs. It is plain Go and knows nothing of what is deployed.
//
//	c := change.New(old, new, change.Options{})
//	c.WriteText(os.Stdout)
package change
