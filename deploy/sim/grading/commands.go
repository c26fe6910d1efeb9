package grading

import "fmt"

// The bodies that clients send. Unknown fields are refused.

type createSession struct {
	ID          *string      `json:"id"`
	CandidateID string       `json:"candidateId"`
	LDS         *ldsRef      `json:"lds"`
	Parts       []createPart `json:"parts"`
}

type createPart struct {
	ID  string `json:"id"`
	Pod *pod   `json:"pod"`
}

type addPart struct {
	SessionID string      `json:"sessionId"`
	Part      *createPart `json:"part"`
}

type ldsRef struct {
	ID          nullable `json:"id"`
	Environment nullable `json:"environment"`
}

type pod struct {
	ID      nullable `json:"id"`
	Devices []device `json:"devices"`
}

type device struct {
	Label      string       `json:"label"`
	Hostname   string       `json:"hostname"`
	Collector  string       `json:"collector"`
	Interfaces []deviceLink `json:"interfaces"`
}

type deviceLink struct {
	Name           string          `json:"name"`
	Protocol       string          `json:"protocol"`
	Host           string          `json:"host"`
	Port           int32           `json:"port"`
	Authentication *authentication `json:"authentication"`
	Configuration  map[string]any  `json:"configuration"`
}

type authentication struct {
	Scheme     string            `json:"scheme"`
	Properties map[string]string `json:"properties"`
}

// faultsOf collects what is wrong with a body by field.
type faultsOf map[string][]string

func (f faultsOf) add(field, format string, args ...any) {
	f[field] = append(f[field], fmt.Sprintf(format, args...))
}

func (f faultsOf) need(field, value string, min int) {
	if len([]rune(value)) < min {
		f.add(field, "The field must have at least %d characters.", min)
	}
}

func (c createSession) check(f faultsOf) {
	f.need("candidateId", c.CandidateID, 3)
	if c.ID != nil {
		f.need("id", *c.ID, 1)
	}
	if c.LDS != nil && (!c.LDS.ID.named || !c.LDS.Environment.named) {
		f.add("lds", "The fields id and environment are required.")
	}
	seen := map[string]bool{}
	for i, p := range c.Parts {
		name := fmt.Sprintf("parts[%d]", i)
		p.check(name, f)
		if seen[p.ID] {
			f.add(name+".id", "The part is named twice.")
		}
		seen[p.ID] = true
	}
}

func (p createPart) check(at string, f faultsOf) {
	f.need(at+".id", p.ID, 3)
	if p.Pod != nil {
		p.Pod.check(at+".pod.", f)
	}
}

func (c addPart) check(f faultsOf) {
	f.need("sessionId", c.SessionID, 1)
	if c.Part == nil {
		f.add("part", "The field is required.")
		return
	}
	c.Part.check("part", f)
}

func (p pod) check(at string, f faultsOf) {
	if !p.ID.named {
		f.add(at+"id", "The field is required.")
	}
	for i, d := range p.Devices {
		name := fmt.Sprintf("%sdevices[%d]", at, i)
		f.need(name+".label", d.Label, 1)
		f.need(name+".hostname", d.Hostname, 1)
		f.need(name+".collector", d.Collector, 1)
		if len(d.Interfaces) == 0 {
			f.add(name+".interfaces", "The field must have at least 1 item.")
		}
		for j, link := range d.Interfaces {
			link.check(fmt.Sprintf("%s.interfaces[%d]", name, j), f)
		}
	}
}

func (l deviceLink) check(at string, f faultsOf) {
	f.need(at+".name", l.Name, 1)
	f.need(at+".protocol", l.Protocol, 1)
	f.need(at+".host", l.Host, 1)
	if l.Port < 0 || l.Port > 65535 {
		f.add(at+".port", "The field must be in 0..65535.")
	}
	if l.Authentication != nil && l.Authentication.Scheme == "" {
		f.add(at+".authentication.scheme", "The field is required.")
	}
}
