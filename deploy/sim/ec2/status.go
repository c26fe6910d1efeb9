package ec2

import "cmp"

type statusReply struct {
	head
	Statuses  []statusXML `xml:"instanceStatusSet>item"`
	NextToken string      `xml:"nextToken,omitempty"`
}

type statusXML struct {
	InstanceID string   `xml:"instanceId"`
	Zone       string   `xml:"availabilityZone"`
	State      stateXML `xml:"instanceState"`
	System     checkXML `xml:"systemStatus"`
	Instance   checkXML `xml:"instanceStatus"`
}

type checkXML struct {
	Status  string           `xml:"status"`
	Details []checkDetailXML `xml:"details>item"`
}

type checkDetailXML struct {
	Name   string `xml:"name"`
	Status string `xml:"status"`
}

// describeStatus lists running instances, others only when asked to.
func (s *Server) describeStatus(c call) (reply, error) {
	all, err := c.flag("IncludeAllInstances", false)
	if err != nil {
		return nil, err
	}
	part, next, err := s.selected(c, s.statusFields, func(i *instance) bool { return all || i.State == running })
	if err != nil {
		return nil, err
	}
	out := &statusReply{NextToken: next}
	for _, i := range part {
		out.Statuses = append(out.Statuses, statusXML{
			InstanceID: i.ID, Zone: i.Zone, State: stateOf(i.State),
			System: check(s.status(i, i.Checks.System)), Instance: check(s.status(i, i.Checks.Instance)),
		})
	}
	return out, nil
}

// status of a check: what was set by hand, else initializing for a while.
func (s *Server) status(i *instance, set string) string {
	switch {
	case i.State != running:
		return "not-applicable"
	case set == "" && s.kit.Clock.Elapsed(i.BootedAt) < s.timings().Checks:
		return "initializing"
	}
	return cmp.Or(set, "ok")
}

func check(status string) checkXML {
	detail := map[string]string{"ok": "passed", "impaired": "failed", "initializing": "initializing", "insufficient-data": "insufficient-data"}[status]
	if detail == "" {
		return checkXML{Status: status}
	}
	return checkXML{status, []checkDetailXML{{"reachability", detail}}}
}

func (s *Server) statusFields(i *instance) fields {
	return func(name string) ([]string, bool) {
		switch name {
		case "instance-state-name":
			return []string{i.State}, true
		case "availability-zone":
			return []string{i.Zone}, true
		case "instance-status.status":
			return []string{s.status(i, i.Checks.Instance)}, true
		case "system-status.status":
			return []string{s.status(i, i.Checks.System)}, true
		}
		return nil, false
	}
}
