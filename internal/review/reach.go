package review

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/value"
)

const (
	groupType   = "AWS::EC2::SecurityGroup"
	ingressType = "AWS::EC2::SecurityGroupIngress"
	egressType  = "AWS::EC2::SecurityGroupEgress"
)

// reach is one rule of a security group: who reaches it, or whom it reaches, by which protocol and ports.
type reach struct {
	out      bool
	protocol string
	from, to float64
	// peer is an address block, a group, or a list of prefixes.
	peer string
}

// String is the rule in words: "in: tcp 443 from 0.0.0.0/0".
func (r reach) String() string {
	ports := ""
	switch {
	case r.protocol == "-1" || r.from == -1:
	case r.from == r.to:
		ports = fmt.Sprintf(" %g", r.from)
	default:
		ports = fmt.Sprintf(" %g-%g", r.from, r.to)
	}
	protocol := r.protocol
	if protocol == "-1" {
		protocol = "everything"
	}
	if r.out {
		return "out: " + protocol + ports + " to " + r.peer
	}
	return "in: " + protocol + ports + " from " + r.peer
}

// covers says whether whatever passes by other passes by r.
func (r reach) covers(other reach) bool {
	if r.out != other.out || r.protocol != "-1" && r.protocol != other.protocol {
		return false
	}
	if r.protocol != "-1" && r.from != -1 && (other.from == -1 || other.from < r.from || other.to > r.to) {
		return false
	}
	if r.peer == other.peer {
		return true
	}
	a, err := netip.ParsePrefix(r.peer)
	b, err2 := netip.ParsePrefix(other.peer)
	return err == nil && err2 == nil && a.Bits() <= b.Bits() && a.Contains(b.Addr())
}

// nowhere is the rule by which the CDK says that nothing may leave.
const nowhere = "255.255.255.255/32"

// everywhere are the peers that are the whole internet.
var everywhere = []string{"0.0.0.0/0", "::/0"}

// rule reads a rule, of a group or of its own.
func rule(m map[string]any, out bool, names value.Names) (reach, bool) {
	r := reach{out: out, protocol: strings.ToLower(value.Show(m["IpProtocol"], names)), from: -1, to: -1}
	if protocol, ok := protocols[r.protocol]; ok {
		r.protocol = protocol
	}
	if n, ok := number(m["FromPort"], -1); ok {
		r.from = n
	}
	if n, ok := number(m["ToPort"], -1); ok {
		r.to = n
	}
	if r.protocol == "-1" {
		r.from, r.to = -1, -1
	}
	for _, property := range []string{"CidrIp", "CidrIpv6", "SourceSecurityGroupId", "DestinationSecurityGroupId", "SourcePrefixListId", "DestinationPrefixListId", "SourceSecurityGroupName"} {
		if v := m[property]; v != nil {
			r.peer = value.Show(v, names)
		}
	}
	return r, r.peer != nowhere
}

// protocols are the numbers that people write for names.
var protocols = map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "all": "-1", "none": "-1"}

// reaches lists the rules of every group that a stack has or adds to, by what a reference to the group is shown as.
func reaches(s *assembly.Stack, names value.Names) (all map[string][]reach, at map[string]assembly.Resource) {
	all, at = map[string][]reach{}, map[string]assembly.Resource{}
	for _, r := range s.Resources(groupType) {
		key := groupKey(map[string]any{"Fn::GetAtt": []any{r.LogicalID, "GroupId"}}, names)
		at[key] = r
		for _, direction := range []string{"SecurityGroupIngress", "SecurityGroupEgress"} {
			for _, m := range value.Objects(r.Properties[direction]) {
				if one, ok := rule(m, direction == "SecurityGroupEgress", names); ok {
					all[key] = append(all[key], one)
				}
			}
		}
		if r.Properties["SecurityGroupEgress"] == nil {
			// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
			all[key] = append(all[key], reach{out: true, protocol: "-1", from: -1, to: -1, peer: everywhere[0]})
		}
	}
	for _, r := range s.Resources(ingressType, egressType) {
		key := groupKey(r.Properties["GroupId"], names)
		if _, ok := at[key]; !ok {
			at[key] = r
		}
		if one, ok := rule(r.Properties, r.Type == egressType, names); ok {
			all[key] = append(all[key], one)
		}
	}
	return all, at
}

// groupKey names a group, however it is referred to: its Ref and its GroupId are the same in a VPC.
func groupKey(v any, names value.Names) string {
	return strings.Replace(value.Show(v, names), ".GroupId}", "}", 1)
}

// securityGroups compares who reaches what, wherever the rules are written.
func securityGroups(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		touched := false
		for _, d := range p.deltas {
			switch d.any().Type {
			case groupType:
				touched = true
				d.settle("SecurityGroupIngress", "SecurityGroupEgress")
			case ingressType, egressType:
				touched = true
				d.settled = true
				for _, ch := range d.changes {
					ch.settled = true
				}
			}
		}
		if touched {
			all = append(all, p.groups()...)
		}
	}
	return all
}

func (p *pair) groups() []Finding {
	before, was := reaches(p.old, p.shown[0])
	after, is := reaches(p.new, p.shown[1])
	var all []Finding
	for _, key := range value.Union(was, is) {
		r, there := is[key]
		_, known := was[key]
		if !there {
			if r = was[key]; r.Type == groupType {
				continue // The group itself goes, which is said of it.
			}
		}
		wider, narrower := uncovered(after[key], before[key]), uncovered(before[key], after[key])
		if !known && r.Type == groupType {
			// A new group is for something new. It is told where the whole internet reaches it.
			wider = slices.DeleteFunc(wider, func(r reach) bool { return r.out || !slices.Contains(everywhere, r.peer) })
			narrower = nil
		}
		f := about(r, AccessWidened)
		f.Where[0].pair, f.Where[0].keys, f.Where[0].old = p, []string{"Resources", r.LogicalID, "Properties"}, !there
		f.Property, f.Effect = "rules", "reaches, or is reached by, more"
		if slices.ContainsFunc(wider, func(r reach) bool { return !r.out && slices.Contains(everywhere, r.peer) }) {
			f.Effect = "is open to the whole internet"
		}
		f.New, f.Old = reachText(wider), reachText(narrower)
		switch {
		case len(wider) > 0:
			f.Why, f.Instead = "Newly open: "+f.New+".", "name the group or address block that needs it, and the ports"
		case len(narrower) > 0:
			f.Level, f.Effect, f.Why, f.New = Traffic, "lets less through", "No longer open: "+f.Old+".", ""
		default:
			continue
		}
		all = append(all, f)
	}
	return all
}

// uncovered lists the rules of one that no rule of other covers.
func uncovered(one, other []reach) []reach {
	var all []reach
	for _, r := range one {
		if !slices.ContainsFunc(other, func(o reach) bool { return o.covers(r) }) && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

func reachText(all []reach) string {
	var words []string
	for _, r := range all {
		words = append(words, r.String())
	}
	sort.Strings(words)
	return strings.Join(words, "; ")
}
