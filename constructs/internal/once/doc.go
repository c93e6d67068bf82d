// Package once has the CDK's values that are the same wherever they are used: a duration, a port, a service's principal. Each is a
// call to the kernel, another process, and a store asks for the same dozen two thousand times; here it is asked once.
//
//	once.Seconds(60) // the kernel is asked
//	once.Seconds(60) // the same value
//
// So are the properties of a construct that never change, which every step of a pipeline asks for again.
//
// A value lives as long as its kernel, so they are kept only while somebody who knows the kernel's life says so: storeship.Run does,
// for the whole of a synth. Otherwise each call makes a new value, and the templates are the same.
package once
