// Package place says where a construct is deployed.
package place
