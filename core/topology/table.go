package topology

import (
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

// Definition is what a node takes when the lab file does not say.
type Definition struct {
	// RAM is in MiB.
	RAM  int `yaml:"ram"`
	CPUs int `yaml:"cpus"`
	// Console is the service by which people reach the node: serial, vnc, or none.
	Console string `yaml:"console"`
}

// Consoles of a node definition.
const (
	ConsoleSerial = "serial"
	ConsoleVNC    = "vnc"
	ConsoleNone   = "none"
)

// anyOther is the row for node definitions that the table does not name.
const anyOther = "*"

// Table holds what is known of node definitions, by id.
type Table struct{ rows map[string]Definition }

// DefaultTable is the table that LCM carries. Figures for definitions that have not been read off a CML are estimates;
// an operator's file (ParseTable) or what a worker reports (With) corrects them.
func DefaultTable() Table {
	serial := func(ram, cpus int) Definition { return Definition{RAM: ram, CPUs: cpus, Console: ConsoleSerial} }
	inHost := Definition{Console: ConsoleNone}
	return Table{rows: map[string]Definition{
		anyOther:             serial(1024, 1),
		"external_connector": inHost, "unmanaged_switch": inHost,
		"iosv": serial(768, 1), "iosvl2": serial(768, 1),
		"iol-xe": serial(1024, 1), "ioll2-xe": serial(1024, 1),
		"csr1000v": serial(3072, 1), "cat8000v": serial(4096, 1), "cat9800": serial(6144, 2),
		"cat9000v-q200": serial(18432, 4), "cat9000v-uadp": serial(18432, 4),
		"nxosv9000": serial(10240, 2), "iosxrv": serial(3072, 1), "iosxrv9000": serial(20480, 4),
		"asav": serial(2048, 1), "ftdv": serial(8192, 4), "fmcv": serial(32768, 4), "vwlc": serial(2048, 1),
		"cat-sdwan-manager": serial(32768, 8), "cat-sdwan-controller": serial(4096, 2),
		"cat-sdwan-validator": serial(4096, 2), "cat-sdwan-edge": serial(5120, 2),
		"alpine": serial(512, 1), "server": serial(512, 1), "nginx": serial(512, 1), "dnsmasq": serial(512, 1),
		"frr": serial(512, 1), "trex": serial(512, 1), "wan_emulator": serial(512, 1),
		"desktop": {RAM: 512, CPUs: 1, Console: ConsoleVNC},
		"ubuntu":  {RAM: 2048, CPUs: 1, Console: ConsoleVNC},
	}}
}

// ParseTable reads an operator's file, `id: {ram: MiB, cpus: n, console: serial|vnc|none}`, over the default table. The
// id "*" stands for any other definition; an amount that is left out stays as it was, or is that of "*".
func ParseTable(text []byte) (Table, error) {
	var rows map[string]struct {
		RAM     *int   `yaml:"ram"`
		CPUs    *int   `yaml:"cpus"`
		Console string `yaml:"console"`
	}
	table := DefaultTable()
	if err := yaml.Unmarshal(text, &rows); err != nil {
		return Table{}, fmt.Errorf("node definitions: %w", err)
	}
	ids := slices.Sorted(maps.Keys(rows)) // "*" sorts first, so the others build on it
	for _, id := range ids {
		row, definition := rows[id], table.Lookup(id)
		if row.RAM != nil {
			definition.RAM = *row.RAM
		}
		if row.CPUs != nil {
			definition.CPUs = *row.CPUs
		}
		if row.Console != "" {
			definition.Console = row.Console
		}
		if err := definition.validate(); err != nil {
			return Table{}, fmt.Errorf("node definition %q: %w", id, err)
		}
		table.rows[id] = definition
	}
	return table, nil
}

// With gives a table in which what a worker has reported wins.
func (t Table) With(reported map[string]Definition) Table {
	rows := maps.Clone(t.rows)
	if rows == nil {
		rows = map[string]Definition{}
	}
	maps.Copy(rows, reported)
	return Table{rows: rows}
}

// Lookup gives the row of a node definition, that of any other where it is not named.
func (t Table) Lookup(id string) Definition {
	if row, ok := t.rows[id]; ok {
		return row
	}
	return t.rows[anyOther]
}

func (d Definition) validate() error {
	if d.RAM < 0 || d.RAM > maxRAM || d.CPUs < 0 || d.CPUs > maxCPUs {
		return fmt.Errorf("ram must lie in 0 to %d MiB and cpus in 0 to %d", maxRAM, maxCPUs)
	}
	if d.Console != ConsoleSerial && d.Console != ConsoleVNC && d.Console != ConsoleNone {
		return fmt.Errorf("console %q is none of serial, vnc, none", d.Console)
	}
	return nil
}
