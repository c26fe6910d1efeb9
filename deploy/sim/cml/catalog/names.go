package catalog

import "strconv"

// numbered gives eth0, eth1, ...
func numbered(prefix string, first int) func(int) string {
	return func(slot int) string { return prefix + strconv.Itoa(slot+first) }
}

// quads gives Ethernet0/0 to Ethernet0/3, then Ethernet1/0, ...
func quads(prefix string) func(int) string {
	return func(slot int) string { return prefix + strconv.Itoa(slot/4) + "/" + strconv.Itoa(slot%4) }
}

// managed gives the management port, then the others counted from first.
func managed(management, prefix string, first int) func(int) string {
	return func(slot int) string {
		if slot == 0 {
			return management
		}
		return prefix + strconv.Itoa(slot-1+first)
	}
}
