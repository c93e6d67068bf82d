package environment

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// referenceParts are what a reference can ask of a service.
var referenceParts = []string{"url", "host", "port", "address"}

var referencePattern = regexp.MustCompile(`^services\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$`)

// Resolve replaces the references in a variable's value by the addresses that services have in the target:
//
//	${services.catalog.url}      https://catalog.internal.beta.shop.example.com:24163
//	${services.catalog.host}     catalog.internal.beta.shop.example.com
//	${services.catalog.port}     24163
//	${services.catalog.address}  catalog.internal.beta.shop.example.com:24163
//	${services.ui.url}           https://beta.shop.example.com
//	${services.ui.address}       beta.shop.example.com:443
//	$${                          a literal ${
//
// The address is for who wants host and port without a scheme, such as clients of gRPC; they must speak TLS wherever the
// environment has a domain. Without one, an internal service is at http://catalog.beta.shop.internal:24163, and a public one
// has no address that is known before the deployment. The names are the same in every region, where each leads to the
// region's own load balancer; public ones lead to the nearest region.
func (p *Plan) Resolve(t Target, value string) (string, error) {
	resolved, errs := p.resolve(t, value)
	if len(errs) > 0 {
		return "", errors.Join(errs...)
	}
	return resolved, nil
}

// resolve is Resolve with an error for each reference that resolves to nothing.
func (p *Plan) resolve(t Target, value string) (string, []error) {
	if isDeployTime(value) {
		return "", []error{errDeployTime}
	}
	var out strings.Builder
	var errs []error
	for {
		i := strings.Index(value, "${")
		if i < 0 {
			out.WriteString(value)
			break
		}
		if i > 0 && value[i-1] == '$' {
			out.WriteString(value[:i-1] + "${")
			value = value[i+2:]
			continue
		}
		out.WriteString(value[:i])
		end := strings.Index(value[i:], "}")
		if end < 0 {
			errs = append(errs, notReference(value[i:]))
			break
		}
		resolved, err := p.reference(t, value[i:i+end+1])
		if err != nil {
			errs = append(errs, err)
		}
		out.WriteString(resolved)
		value = value[i+end+1:]
	}
	return out.String(), errs
}

// References lists the names of the services that a variable's value refers to, in order.
func References(value string) []string {
	var names []string
	for {
		i := strings.Index(value, "${")
		if i < 0 {
			return names
		}
		escaped := i > 0 && value[i-1] == '$'
		value = value[i+2:]
		end := strings.Index(value, "}")
		if escaped || end < 0 {
			continue
		}
		if m := referencePattern.FindStringSubmatch(value[:end]); m != nil {
			names = append(names, m[1])
		}
		value = value[end+1:]
	}
}

// noAddress is why a reference to a service resolves to nothing: the service has no address.
type noAddress struct {
	service string
	// worker says that it means to have none; of another one its own expose is wrong.
	worker  bool
	message string
}

func (e *noAddress) Error() string { return e.message }

func notReference(got string) error {
	return fmt.Errorf("%s is no reference: ${services.NAME.url} is one, with url, host, port or address; write $${ for a literal ${",
		text.Quote(got))
}

// reference resolves one reference, from ${ to }.
func (p *Plan) reference(t Target, ref string) (string, error) {
	m := referencePattern.FindStringSubmatch(ref[2 : len(ref)-1])
	if m == nil {
		return "", notReference(ref)
	}
	name, part := m[1], m[2]
	s := p.Service(name)
	if s == nil {
		return "", fmt.Errorf("%s refers to no service; %s", ref, text.Suggest(name, p.callable(t)))
	}
	if !slices.Contains(referenceParts, part) {
		return "", fmt.Errorf("%s asks for %s, and a service has %s", ref, text.Quote(part), text.Or(referenceParts))
	}
	r := s.In(t.Environment)
	switch x := r.Expose; {
	case x == nil && r.HTTP != nil, x != nil && !x.known():
		return "", &noAddress{name, false, ref + " has no address until " + name + " is exposed, either internally or at a public path"}
	case x == nil:
		known := "no service of the store has an address"
		if names := p.callable(t); len(names) > 0 {
			known = "these have one: " + text.List(names)
		}
		return "", &noAddress{name, true, ref + " refers to a worker, which has no address; " + known}
	case x.Internal:
		return address(part, t.Scheme(), t.InternalHost(name), x.PortOf(name), true), nil
	case t.Environment.Domain == nil:
		return "", fmt.Errorf("%s is known only at deployment, for the environment has no domain: give it one, or expose %s internally",
			ref, name)
	default:
		host := t.Environment.Domain.Name
		if x.Host != "" {
			host = x.Host + "." + host
		}
		return address(part, "https", host, 443, false), nil
	}
}

// address is one part of an address. A URL names its port only where that is not the scheme's own.
func address(part, scheme, host string, port int, portInURL bool) string {
	switch part {
	case "host":
		return host
	case "port":
		return strconv.Itoa(port)
	case "address":
		return host + ":" + strconv.Itoa(port)
	}
	if portInURL {
		return scheme + "://" + host + ":" + strconv.Itoa(port)
	}
	return scheme + "://" + host
}

// callable lists the services that have an address in the target.
func (p *Plan) callable(t Target) []string {
	var names []string
	for _, s := range p.Services {
		if s.In(t.Environment).Expose != nil {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

// isDeployTime says whether a text holds a value that only a deployment knows: a CDK token, or a dynamic reference.
func isDeployTime(s string) bool {
	return strings.Contains(s, "${Token[") || strings.Contains(s, "{{resolve:")
}

var errDeployTime = errors.New("holds a value that only the deployment knows, and variables are written down when the pipeline " +
	"synthesizes: hand it over as a secret, ssm:/<parameter> or secretsmanager:<name>/credentials#<key>")
