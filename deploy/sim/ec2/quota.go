package ec2

import "net/http"

// Limits are the quotas of one region; a zero field does not limit.
type Limits struct {
	// Instances that are pending or running.
	Instances int `json:"instances"`
	// VCPUs of those instances.
	VCPUs int `json:"vcpus"`
}

// CapacityRule says how many instances the simulated cloud can run; empty
// fields match all. Max 0 means that there is no capacity at all.
type CapacityRule struct {
	Region       string `json:"region,omitempty"`
	Zone         string `json:"zone,omitempty"`
	InstanceType string `json:"instance_type,omitempty"`
	Max          int    `json:"max"`
}

func (c CapacityRule) covers(region, zone, instanceType string) bool {
	return (c.Region == "" || c.Region == region) &&
		(c.Zone == "" || c.Zone == zone) &&
		(c.InstanceType == "" || c.InstanceType == instanceType)
}

// room returns how many instances fit, from least to most, or why not even the
// least does.
func (s *Server) room(region, zone, instanceType string, least, most int) (int, error) {
	instances, vcpus := s.usage(region)
	fit := most
	if l := s.limits().Instances; l > 0 {
		fit = min(fit, l-instances)
	}
	if l := s.limits().VCPUs; l > 0 {
		fit = min(fit, (l-vcpus)/max(s.cfg.types[instanceType].VCPUs, 1))
	}
	if fit < least {
		return 0, badRequest("InstanceLimitExceeded",
			"You have requested more instances or vCPUs than your current limit allows: %d instances and %d vCPUs run in %s",
			instances, vcpus, region)
	}
	for _, rule := range s.st.Capacity {
		if rule.covers(region, zone, instanceType) {
			fit = min(fit, rule.Max-s.running(rule))
		}
	}
	if fit < least {
		return 0, &apiError{
			http.StatusInternalServerError, "InsufficientInstanceCapacity",
			"We currently do not have sufficient " + instanceType + " capacity in the Availability Zone you requested (" + zone + ").",
		}
	}
	return fit, nil
}

func (s *Server) usage(region string) (instances, vcpus int) {
	for _, i := range s.st.Instances {
		if i.Region == region && i.uses() {
			instances++
			vcpus += s.cfg.types[i.InstanceType].VCPUs
		}
	}
	return instances, vcpus
}

func (s *Server) running(rule CapacityRule) int {
	n := 0
	for _, i := range s.st.Instances {
		if i.uses() && rule.covers(i.Region, i.Zone, i.InstanceType) {
			n++
		}
	}
	return n
}
