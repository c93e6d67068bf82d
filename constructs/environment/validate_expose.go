package environment

import (
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// What listener rules and the web ACL compare.
const (
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
	maxPath = 128
	// https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html
	maxBlockedPath = 200
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
	maxHealthPath = 1024
	// All blocked paths of a service stand in one parameter of the standard tier.
	// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
	maxParameter = 4096
)

var (
	pathPattern   = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+&-]*\*?$`)
	healthPattern = regexp.MustCompile(`^/[!-~]*$`)
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
	methodPattern = regexp.MustCompile(`^/[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*/[A-Za-z_][A-Za-z0-9_]*$`)
)

var protocols = []Protocol{HTTP1, HTTP2, GRPC}

func (c *checker) http(at string, h *HTTP) {
	if h.Port == 0 {
		c.add(at+".port", "is required: the port that the container listens on")
	} else {
		c.between(at+".port", h.Port, 1, 65535)
	}
	switch {
	case h.Health == "":
		c.add(at+".health", "is required: the path that the load balancer asks, such as /health")
	case c.literal(at+".health", h.Health, inPlan):
	case !strings.HasPrefix(h.Health, "/"):
		c.add(at+".health", "must begin with a slash, got %s; write %s", text.Quote(h.Health), text.Quote("/"+h.Health))
	case !healthPattern.MatchString(h.Health) || len(h.Health) > maxHealthPath:
		c.add(at+".health", "must be a path of at most %d visible ASCII characters, got %s", maxHealthPath, text.Quote(h.Health))
	case h.Protocol == GRPC && strings.HasPrefix(h.Health, "/AWS.ALB/"):
		c.related([]string{at + ".protocol"}, at+".health", "%s is a method that no server has: it proves that something speaks gRPC, "+
			"and of no more; leave health out for %s, which every gRPC library offers", text.Quote(h.Health), GRPCHealth)
	case h.Protocol == GRPC && !methodPattern.MatchString(h.Health):
		c.related([]string{at + ".protocol"}, at+".health", "must be a method with grpc, /package.Service/Method, got %s; leave it out for %s",
			text.Quote(h.Health), GRPCHealth)
	}
	oneOf(c, at+".protocol", h.Protocol, protocols)
	if h.GraceSeconds < 0 || h.GraceSeconds > 1<<31-1 {
		c.add(at+".graceSeconds", "must be 0 to 2147483647, got %d", h.GraceSeconds)
	}
}

func (c *checker) expose(at string, e *Environment, r Runtime) {
	x, http := r.Expose, []string{at + ".http"}
	at += ".expose"
	switch {
	case x == nil && r.HTTP == nil:
		return
	case x == nil:
		c.related(http, at, "is required with http: internal for the store's other services, or {path: /*} for everyone")
		return
	case r.HTTP == nil:
		c.related(http, at, "needs http: without it the service is a worker, which no one can call")
		return
	case x.Internal && x.Path != "":
		c.add(at, "must be either internal or a public path, got both")
		return
	case x.Internal:
		if x.Port != 0 {
			c.between(at+".internal.port", x.Port, InternalPortBase, InternalPortBase+InternalPortCount-1)
		}
		if x.Host != "" || len(x.Block) > 0 || x.Priority != 0 {
			c.add(at, "host, block and priority are for public services; remove them, or expose a path")
		}
		return
	}
	if x.Port != 0 {
		c.add(at+".internal.port", "is for internal services, got %d; public ones share port 443", x.Port)
	}
	pathOK := false
	if x.Path == "" {
		c.add(at+".path", "is required for a public service, such as /*; or say expose: internal")
	} else {
		pathOK = c.pathPattern(at+".path", x.Path, maxPath)
	}
	if x.Priority != 0 {
		c.between(at+".priority", x.Priority, 1, 50000)
	}
	c.host(at+".host", e, x.Host)
	total := 0
	for i, b := range x.Block {
		item := text.Item(at+".block", i)
		total += len(b) + 1
		switch {
		case !c.pathPattern(item, b, maxBlockedPath):
		case pathOK && !covers(x.Path, b):
			c.related([]string{at + ".path"}, item, "%s is not under the service's path %s, so no request for it reaches the service; remove it",
				text.Quote(b), text.Quote(x.Path))
		case slices.Contains(x.Block[:i], b):
			c.add(item, "%s stands twice", text.Quote(b))
		}
	}
	if total-1 > maxParameter {
		c.add(at+".block", "must have at most %d characters in all, got %d; block a common beginning with * at its end", maxParameter, total-1)
	}
}

// known says whether x is either internal or a public path, so that it can be said what reaches the service; anything else has been
// refused, and what would follow from it is nobody's mistake.
func (x *Expose) known() bool {
	if x.Internal {
		return x.Path == ""
	}
	return x.Path != "" && (&checker{}).pathPattern("", x.Path, maxPath)
}

// pathPattern checks a path that may end in a wildcard.
func (c *checker) pathPattern(at, p string, most int) bool {
	switch {
	case !strings.HasPrefix(p, "/"):
		c.add(at, "must begin with a slash, got %s", text.Quote(p))
	case strings.Contains(strings.TrimSuffix(p, "*"), "*") || strings.Contains(p, "?"):
		c.add(at, "may have the wildcard * at its end only, got %s", text.Quote(p))
	case !pathPattern.MatchString(p):
		c.add(at, "may have letters, digits and _ . $ / ~ \" ' @ : + & - only, got %s", text.Quote(p))
	case len(p) > most:
		c.add(at, "must have at most %d characters, got %d", most, len(p))
	default:
		return true
	}
	return false
}

// covers says whether the path pattern matches everything, or at least something, that inner matches.
func covers(pattern, inner string) bool {
	p, wild := strings.CutSuffix(pattern, "*")
	in, innerWild := strings.CutSuffix(inner, "*")
	if wild {
		return strings.HasPrefix(in, p) || innerWild && strings.HasPrefix(p, in)
	}
	return p == in || innerWild && strings.HasPrefix(p, in)
}

func (c *checker) host(at string, e *Environment, host string) {
	if host == "" {
		return
	}
	_, region := FindRegion(host)
	switch {
	case e.Domain == nil:
		c.add(at, "needs a domain, and the environment has none")
	case strings.HasSuffix(host, "."+e.Domain.Name) || host == e.Domain.Name:
		c.add(at, "must be without the environment's domain, got %s: %s is added", text.Quote(host), "."+e.Domain.Name)
	case !labelPattern.MatchString(host):
		c.add(at, "must be one lower-case label, such as admin, got %s: the certificate covers one in front of the domain", text.Quote(host))
	case region || host == "internal":
		c.add(at, "%s is reserved: it is the name of a region's own address or of the internal zone", host)
	default:
		for _, other := range c.plan.Store.Environments {
			if other.Domain != nil && other.Domain.Name == host+"."+e.Domain.Name {
				c.add(at, "%s is the domain of environment %s", other.Domain.Name, other.Name)
			}
		}
	}
}
