// Package eventrule has EventBridge call a function at events of things by their exact names, however many there are.
package eventrule
