// Package policy records why a finding of a policy pack is acceptable on one resource.
package policy
