package labs

import (
	"maps"
	"regexp"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/schema"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/wire"
)

// coordinate is the largest distance from the middle of the canvas.
const coordinate = 15000

func topologySchema() schema.Rule {
	return schema.Object{
		Fields: map[string]schema.Rule{
			"lab":               fileLabSchema(),
			"nodes":             schema.List{Of: fileNodeSchema()},
			"links":             schema.List{Of: fileLinkSchema()},
			"annotations":       schema.List{Of: annotationSchema(false)},
			"smart_annotations": schema.List{Of: schema.Object{Fields: smartFields(), Open: true}},
		},
		Required: []string{"lab", "nodes", "links"},
	}
}

func fileLabSchema() schema.Rule {
	return schema.Object{
		Fields: map[string]schema.Rule{
			"version": schema.OneOf("0.0.1", "0.0.2", "0.0.3", "0.0.4", "0.0.5", "0.1.0", "0.2.0", "0.2.1", "0.2.2", "0.3.0"),
			"title":   titleRule(), "description": schema.Text(0, 4096), "notes": schema.Text(0, 32768),
			"timestamp": schema.Any(),
		},
		Required: []string{"version"},
	}
}

func titleRule() schema.Rule { return schema.Text(1, 64) }

func labelRule() schema.Rule { return schema.Text(1, 128) }

func fileIDRule() schema.Rule { return schema.Text(1, 64) }

func macRule() schema.Rule {
	return schema.Null(schema.Match(regexp.MustCompile(`^[a-fA-F\d]{2}(:[a-fA-F\d]{2}){5}$`)))
}

func definitionRule() schema.Rule {
	return schema.Match(regexp.MustCompile(`^[^.!@#%^&*();$\n\r\t/\\][^!@#%^&*();$\n\r\t/\\]{0,249}$`))
}

// nodeFields are the properties of a node that can be changed after it exists.
func nodeFields() map[string]schema.Rule {
	return map[string]schema.Rule{
		"x": schema.Whole(-coordinate, coordinate), "y": schema.Whole(-coordinate, coordinate),
		"label": labelRule(), "parameters": schema.Map(), "image_definition": schema.Null(definitionRule()),
		"ram": schema.Null(schema.Whole(1, 1<<20)), "cpus": schema.Null(schema.Whole(1, 128)),
		"cpu_limit": schema.Null(schema.Whole(20, 100)), "data_volume": schema.Null(schema.Whole(0, 4096)),
		"boot_disk_size": schema.Null(schema.Whole(0, 4096)), "hide_links": schema.Null(schema.Flag()),
		"tags": schema.List{Of: schema.Text(0, 64)}, "configuration": configurationRule(),
	}
}

func nodeUpdateSchema() schema.Rule {
	fields := nodeFields()
	fields["pinned_compute_id"] = schema.Null(schema.Match(wire.UUID4))
	return schema.Object{Fields: fields}
}

func nodeCreateSchema() schema.Rule {
	fields := nodeFields()
	fields["node_definition"] = definitionRule()
	return schema.Object{Fields: fields, Required: []string{"x", "y", "label", "node_definition"}}
}

func fileNodeSchema() schema.Rule {
	fields := nodeFields()
	maps.Copy(fields, map[string]schema.Rule{
		"id": fileIDRule(), "node_definition": definitionRule(),
		"interfaces": schema.List{Of: schema.Object{
			Fields: map[string]schema.Rule{
				"id": fileIDRule(), "type": schema.OneOf("physical", "loopback"), "node": fileIDRule(),
				"label": labelRule(), "slot": schema.Whole(0, 128), "mac_address": macRule(),
			},
			Required: []string{"id", "type"},
		}},
	})
	return schema.Object{Fields: fields, Required: []string{"id", "label", "x", "y", "node_definition"}}
}

func fileLinkSchema() schema.Rule {
	return schema.Object{
		Fields: map[string]schema.Rule{
			"id": fileIDRule(), "n1": fileIDRule(), "n2": fileIDRule(), "i1": fileIDRule(), "i2": fileIDRule(),
			"label": labelRule(), "conditioning": conditionSchema(),
		},
		Required: []string{"id", "n1", "n2", "i1", "i2"},
	}
}

func configurationRule() schema.Rule {
	part := schema.Object{
		Fields:   map[string]schema.Rule{"name": schema.Text(1, 64), "content": schema.Null(schema.Text(0, 1<<24))},
		Required: []string{"name"},
	}
	return schema.Null(schema.Either(schema.Text(0, 1<<24), schema.List{Of: part}, part))
}

func conditionSchema() schema.Rule {
	fields := map[string]schema.Rule{
		"bandwidth": schema.Whole(0, 10_000_000), "latency": schema.Whole(0, 10_000), "limit": schema.Whole(0, 10_000),
		"gap": schema.Whole(0, 10_000), "jitter": schema.Whole(0, 10_000), "enabled": schema.Flag(),
	}
	for _, name := range []string{
		"delay_corr", "loss", "loss_corr", "duplicate", "duplicate_corr",
		"reorder_prob", "reorder_corr", "corrupt_prob", "corrupt_corr",
	} {
		fields[name] = schema.Number(0, 100)
	}
	return schema.Object{Fields: fields}
}
