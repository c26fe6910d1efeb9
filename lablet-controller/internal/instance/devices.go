package instance

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/resource"
	"github.com/lablet-cloud-manager/lcm/core/topology"

	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/grading"
	"github.com/lablet-cloud-manager/lcm/lablet-controller/internal/lds"
)

// reach is a way to a node of the lab: a port of the worker that leads there.
type reach struct {
	label, service string
	port           int
}

// reaches joins the ports of the definition with the numbers that the attempt was given, in the order of the definition.
func (w *work) reaches() []reach {
	numbers := map[string]int{}
	for _, port := range w.instance.AllocatedPorts {
		numbers[port.Name] = port.Number
	}
	var all []reach
	for _, port := range w.definition.PortTemplate.Ports {
		label, service := nodeOf(port)
		if number, ok := numbers[port.Name]; ok && label != "" {
			all = append(all, reach{label: label, service: service, port: number})
		}
	}
	return all
}

// nodeOf tells which node and service a port stands for. Ports that an author wrote by hand may only have a name.
func nodeOf(port resource.PortDefinition) (label, service string) {
	if port.NodeLabel != "" && port.Service != "" {
		return port.NodeLabel, port.Service
	}
	at := strings.LastIndex(port.Name, "_")
	if at < 1 || !slices.Contains(topology.Services(), port.Name[at+1:]) {
		return "", ""
	}
	return port.Name[:at], port.Name[at+1:]
}

// devices are what the candidate sees: one device for each node that the package shows (all, where it says nothing), by
// the service that is preferred for it.
func (w *work) devices() []lds.Device {
	host := w.CML.Address(w.worker)
	shown := w.visible()
	best := map[string]reach{}
	var order []string
	for _, r := range w.reaches() {
		if shown != nil && !shown[r.label] {
			continue
		}
		have, ok := best[r.label]
		if !ok {
			order = append(order, r.label)
		}
		if !ok || w.rank(r) < w.rank(have) {
			best[r.label] = r
		}
	}
	devices := make([]lds.Device, 0, len(order))
	for _, label := range order {
		devices = append(devices, lds.Device{Label: label, Protocol: best[label].service, Host: host, Port: best[label].port})
	}
	return devices
}

// visible are the labels that the package shows; nil where it does not say.
func (w *work) visible() map[string]bool {
	if !w.definition.FilterDevices {
		return nil
	}
	shown := map[string]bool{}
	for _, device := range w.definition.UserVisibleDevices {
		shown[device.DeviceLabel] = true
	}
	return shown
}

// rank orders the ways to a node: the one that the definition prefers, then by protocol; what is not ranked comes last.
func (w *work) rank(r reach) int {
	if preferred := w.definition.LDSPortPreferences[r.label]; preferred != "" {
		// A preference is a service, or the name of a port, which ends with its service.
		if preferred == r.service || strings.HasSuffix(preferred, "_"+r.service) {
			return -1
		}
	}
	if at := slices.Index(w.Protocols, r.service); at >= 0 {
		return at
	}
	return len(w.Protocols)
}

// pod tells the grading engine how to reach every node that has a port, whether the candidate sees it or not.
func (w *work) pod() grading.Pod {
	host := w.CML.Address(w.worker)
	byLabel := map[string]*grading.Device{}
	var order []string
	for _, r := range w.reaches() {
		device, ok := byLabel[r.label]
		if !ok {
			device = &grading.Device{Label: r.label, Hostname: r.label, Collector: "lcm"}
			byLabel[r.label] = device
			order = append(order, r.label)
		}
		prefix, protocol := r.service, r.service
		if r.service == "serial" {
			prefix, protocol = "console", "telnet"
		}
		device.Interfaces = append(device.Interfaces, grading.Interface{
			Name: prefix + "-" + r.label, Protocol: protocol, Host: host, Port: r.port, Authentication: grading.Authentication{Scheme: "none"},
		})
	}
	pod := grading.Pod{ID: w.instance.ID, Devices: make([]grading.Device, 0, len(order))}
	for _, label := range order {
		device := *byLabel[label]
		slices.SortStableFunc(device.Interfaces, func(a, b grading.Interface) int { return cmp.Compare(a.Port, b.Port) })
		pod.Devices = append(pod.Devices, device)
	}
	return pod
}
