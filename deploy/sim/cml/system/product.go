package system

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

const defaultTransport = "https://smartreceiver.cisco.com/licservice/license"

// transport is how the machine reaches the licence server. It is kept only.
type transport struct {
	Proxy proxy   `json:"proxy"`
	SSMS  *string `json:"ssms"`
}

type proxy struct {
	Server *string `json:"server"`
	Port   *int    `json:"port"`
}

func (t transport) view() map[string]any {
	address := t.SSMS
	if address == nil {
		standard := defaultTransport
		address = &standard
	}
	return map[string]any{"proxy": t.Proxy, "ssms": address, "default_ssms": defaultTransport}
}

func putTransport(s *System, r *http.Request) (wire.Reply, error) {
	rule := schema.Object{
		Fields: map[string]schema.Rule{
			"proxy": schema.Object{
				Fields: map[string]schema.Rule{
					"server": schema.Null(schema.Text(1, 256)), "port": schema.Null(schema.Whole(1, 65535)),
				},
				Required: []string{"server", "port"},
			},
			"ssms": schema.Null(schema.Match(regexp.MustCompile(`^https?://[^/]+(/[\w.-]+)+$`))),
		},
		Required: []string{"proxy"},
	}
	var in transport
	if _, err := wire.Decode(r, rule, &in); err != nil {
		return wire.Reply{}, err
	}
	s.doc.License.Transport = in
	s.changed = true
	return wire.NoContent(), nil
}

// putProduct chooses the product licence. One whose type has no node limit is
// not known.
func putProduct(s *System, r *http.Request) (wire.Reply, error) {
	var name string
	if _, err := wire.Decode(r, schema.Match(regexp.MustCompile(`^\w{1,20}$`)), &name); err != nil {
		return wire.Reply{}, err
	}
	wanted := license{Product: name}
	if _, known := s.env.Settings().NodeLimits[wanted.kind()]; !known || !strings.HasPrefix(name, "CML_") {
		return wire.Reply{}, wire.BadRequest("Unknown product license: %s", name)
	}
	if s.labs.Usage().Running > 0 {
		return wire.Reply{}, wire.BadRequest("The product license cannot be changed while nodes are running.")
	}
	s.doc.License.Product, s.doc.License.Expansion = name, nil
	s.changed = true
	return wire.NoContent(), nil
}
