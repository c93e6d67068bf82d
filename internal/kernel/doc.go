// Package kernel starts the CDK's kernel, a Node.js process, so that it costs less: without the second Node.js process that
// jsii puts between the two, and with the compiled JavaScript of the last run.
//
//	stop := kernel.Prepare()
//	defer stop()
//
// Whatever it does not know, another jsii, a system without /bin/sh, a variable of jsii's in the environment, it leaves as it is.
package kernel
