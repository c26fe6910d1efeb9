package catalog

import "strings"

// NodeDefinitions is the answer of GET /node_definitions.
func (c *Catalog) NodeDefinitions() []map[string]any {
	out := make([]map[string]any, 0, len(c.all))
	for _, d := range c.all {
		out = append(out, map[string]any{
			"id":             d.ID,
			"schema_version": "0.0.1",
			"general":        d.general(),
			"device":         map[string]any{"interfaces": d.interfaces()},
			"ui":             d.ui(),
			"boot":           map[string]any{"timeout": 300, "completed": []string{"Press RETURN to get started"}},
			"sim":            map[string]any{"linux_native": d.sim()},
			"inherited": map[string]any{
				"image": map[string]bool{"ram": true, "cpus": true, "data_volume": true, "boot_disk_size": true, "cpu_limit": true},
				"node":  map[string]bool{"ram": true, "cpus": true, "data_volume": true, "boot_disk_size": true, "cpu_limit": true},
			},
			"configuration": map[string]any{"generator": map[string]any{"driver": nil}},
		})
	}
	return out
}

// SimplifiedNodeDefinitions is the answer of GET /simplified_node_definitions.
func (c *Catalog) SimplifiedNodeDefinitions() []map[string]any {
	out := make([]map[string]any, 0, len(c.all))
	for _, d := range c.all {
		images := []string{}
		if d.Image != "" {
			images = append(images, d.Image)
		}
		out = append(out, map[string]any{
			"id":      d.ID,
			"general": d.general(),
			"device":  map[string]any{"interfaces": d.interfaces()},
			"ui":      d.ui(),
			"sim": map[string]any{
				"ram": d.RAM, "cpus": d.CPUs, "cpu_limit": 100, "data_volume": 0, "boot_disk_size": 0,
				"console": d.Consoles() > 0, "simulate": !d.Infrastructure(), "custom_mac": true, "vnc": d.VNC(),
			},
			"image_definitions": images,
		})
	}
	return out
}

// ImageDefinitions is the answer of GET /image_definitions.
func (c *Catalog) ImageDefinitions() []map[string]any {
	out := []map[string]any{}
	for _, d := range c.all {
		if d.Image == "" {
			continue
		}
		out = append(out, map[string]any{
			"id": d.Image, "node_definition_id": d.ID, "label": d.Label, "description": d.Label + " image",
			"disk_image": d.Image + ".qcow2", "read_only": true, "schema_version": "0.0.1",
			"ram": nil, "cpus": nil, "cpu_limit": nil, "data_volume": nil, "boot_disk_size": nil,
		})
	}
	return out
}

func (d Definition) general() map[string]any {
	return map[string]any{"nature": d.Nature, "description": d.Label, "read_only": true}
}

func (d Definition) interfaces() map[string]any {
	names := make([]string, d.Ports)
	for slot := range names {
		names[slot] = d.PortName(slot)
	}
	out := map[string]any{
		"serial_ports": d.Consoles(), "default_console": 0, "physical": names,
		"has_loopback_zero": d.Loopback, "default_count": d.DefaultPorts,
	}
	if d.Loopback {
		out["loopback"] = []string{"Loopback0"}
	}
	return out
}

func (d Definition) ui() map[string]any {
	icon, group := d.Nature, "Cisco"
	if icon == "external_connector" {
		icon = "cloud"
	}
	if d.Nature == "server" || d.Infrastructure() {
		group = "Others"
	}
	return map[string]any{
		"visible": true, "description": d.Label, "label_prefix": d.ID + "-", "icon": icon, "label": d.Label, "group": group,
		"has_configuration": d.ConfigFile != "", "show_ram": d.RAM > 0, "show_cpus": d.CPUs > 0, "show_cpu_limit": d.CPUs > 0,
		"show_data_volume": false, "show_boot_disk_size": false, "has_config_extraction": !d.Infrastructure(),
	}
}

func (d Definition) sim() map[string]any {
	return map[string]any{
		"libvirt_domain_driver": strings.ToLower(d.Driver), "driver": d.ID, "disk_driver": "virtio", "nic_driver": "virtio",
		"ram": d.RAM, "cpus": d.CPUs, "cpu_limit": 100, "data_volume": 0, "boot_disk_size": 0, "vnc": d.VNC(),
	}
}
