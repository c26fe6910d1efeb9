package catalog

func routers() []Definition {
	return []Definition{
		ios("iosv", "IOSv", 768, 1, 16, numbered("GigabitEthernet0/", 0)),
		iol("iol-xe", "IOL XE", "router"),
		xe("csr1000v", "CSR 1000v", 3072, 1),
		xe("cat8000v", "Cat 8000v", 4096, 1),
		xe("cat-sdwan-edge", "Catalyst SD-WAN Edge", 5120, 2),
		vm("iosxrv", "IOS XRv", "router", 3072, 1, "iosxr_config.txt", managed("MgmtEth0/0/CPU0/0", "GigabitEthernet0/0/0/", 0)),
		vm("iosxrv9000", "IOS XRv 9000", "router", 20480, 4, "iosxr_config.txt", managed("MgmtEth0/RP0/CPU0/0", "GigabitEthernet0/0/0/", 0)),
	}
}

func switches() []Definition {
	return []Definition{
		ios("iosvl2", "IOSvL2", 768, 1, 16, quads("GigabitEthernet")),
		iol("ioll2-xe", "IOL L2 XE", "switch"),
		vm("nxosv9000", "NX-OS 9000v", "switch", 10240, 2, "nxos_config.txt", managed("mgmt0", "Ethernet1/", 1)),
		vm("cat9000v-q200", "Cat 9000v Q200", "switch", 18432, 4, "iosxe_config.txt", managed("GigabitEthernet0/0", "GigabitEthernet1/0/", 1)),
		vm("cat9000v-uadp", "Cat 9000v UADP", "switch", 18432, 4, "iosxe_config.txt", managed("GigabitEthernet0/0", "GigabitEthernet1/0/", 1)),
		vm("cat9800", "Cat 9800", "switch", 6144, 2, "iosxe_config.txt", numbered("GigabitEthernet", 1)),
		vm("vwlc", "vWLC", "server", 2048, 1, "wlc_config.txt", managed("Service-Port", "Management", 0)),
	}
}

func security() []Definition {
	return []Definition{
		vm("asav", "ASAv", "firewall", 2048, 1, "day0-config", managed("Management0/0", "GigabitEthernet0/", 0)),
		vm("ftdv", "FTDv", "firewall", 8192, 4, "day0-config", managed("Management0/0", "GigabitEthernet0/", 0)),
		vm("fmcv", "FMCv", "server", 32768, 4, "day0-config", numbered("eth", 0)),
		vm("cat-sdwan-manager", "Catalyst SD-WAN Manager", "server", 32768, 8, "user-data", numbered("eth", 0)),
		vm("cat-sdwan-controller", "Catalyst SD-WAN Controller", "server", 4096, 2, "user-data", numbered("eth", 0)),
		vm("cat-sdwan-validator", "Catalyst SD-WAN Validator", "server", 4096, 2, "user-data", numbered("ge0/", 0)),
	}
}

func hosts() []Definition {
	return []Definition{
		host("alpine", "Alpine", 512), host("desktop", "Desktop", 512), host("server", "Server", 512),
		host("nginx", "Nginx", 512), host("dnsmasq", "Dnsmasq", 512), host("frr", "FRR", 512),
		host("trex", "TRex", 512), host("wan_emulator", "WAN Emulator", 512),
		vm("ubuntu", "Ubuntu", "server", 2048, 1, "user-data", numbered("ens", 2)),
	}
}

func infrastructure() []Definition {
	return []Definition{
		{
			ID: "external_connector", Label: "External Connector", Nature: "external_connector", Driver: "NONE",
			ConfigFile: "default", Ports: 1, DefaultPorts: 1, name: func(int) string { return "port" },
		},
		{
			ID: "unmanaged_switch", Label: "Unmanaged Switch", Nature: "switch", Driver: "NONE",
			Ports: 32, DefaultPorts: 8, name: numbered("port", 0),
		},
	}
}

func vm(id, label, nature string, ram, cpus int, config string, name func(int) string) Definition {
	return Definition{
		ID: id, Label: label, Nature: nature, Driver: "KVM", RAM: ram, CPUs: cpus, Image: id + "-default",
		ConfigFile: config, Ports: 64, DefaultPorts: 4, name: name,
	}
}

func ios(id, label string, ram, cpus, ports int, name func(int) string) Definition {
	d := vm(id, label, "router", ram, cpus, "ios_config.txt", name)
	if id == "iosvl2" {
		d.Nature = "switch"
	}
	d.Ports, d.Loopback = ports, true
	return d
}

func xe(id, label string, ram, cpus int) Definition {
	d := vm(id, label, "router", ram, cpus, "iosxe_config.txt", numbered("GigabitEthernet", 1))
	d.Ports, d.Loopback = 26, true
	return d
}

func iol(id, label, nature string) Definition {
	d := vm(id, label, nature, 1024, 1, "ios_config.txt", quads("Ethernet"))
	d.Driver, d.Ports, d.Loopback = "IOL", 32, true
	return d
}

func host(id, label string, ram int) Definition {
	d := vm(id, label, "server", ram, 1, "node.cfg", numbered("eth", 0))
	d.Ports, d.DefaultPorts = 8, 1
	return d
}
