package lds

import (
	"encoding/json"
)

// partContent checks a part as a client sends it.
func partContent(num int, raw json.RawMessage) (part, error) {
	var in struct {
		Repository *string                    `json:"repository_type"`
		FQN        *string                    `json:"form_qualified_name"`
		Track      *string                    `json:"track"`
		Version    *string                    `json:"exam_version"`
		Variables  map[string]json.RawMessage `json:"variables"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return part{}, invalid("part %d: %v", num, err)
	}
	content := map[string]any{"repository_type": "svn"}
	if in.Repository != nil {
		content["repository_type"] = *in.Repository
	}
	switch content["repository_type"] {
	case "minio":
		if in.FQN == nil || *in.FQN == "" {
			return part{}, invalid("part %d: form_qualified_name is required for minio", num)
		}
		content["form_qualified_name"] = *in.FQN
	case "svn": // also what is assumed when a client leaves the type out
		if in.Track == nil || in.Version == nil || *in.Track == "" || *in.Version == "" {
			return part{}, invalid("part %d: track and exam_version are required for svn", num)
		}
		content["track"], content["exam_version"] = *in.Track, *in.Version
	default:
		return part{}, invalid("part %d: repository_type must be svn or minio", num)
	}
	return part{Num: num, Content: content, Variables: in.Variables, Devices: []device{}}, nil
}

// partList reads session_parts of a create; null and absent mean none.
func partList(b body) ([]part, error) {
	if !b.given("session_parts") {
		return []part{}, nil
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(b["session_parts"], &raws); err != nil {
		return nil, invalid("session_parts: %v", err)
	}
	parts := make([]part, 0, len(raws))
	for i, raw := range raws {
		p, err := partContent(i+1, raw)
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// deviceList checks the whole set of devices of a part. Two devices of one label
// break a constraint of the database, which LDS answers as a server error.
func deviceList(raws []map[string]json.RawMessage) ([]device, error) {
	devices := make([]device, 0, len(raws))
	seen := map[string]bool{}
	for i, raw := range raws {
		var d device
		for name, into := range map[string]any{
			"device_label": &d.Label, "protocol": &d.Protocol, "host": &d.Host,
			"port": &d.Port, "password": &d.Password,
		} {
			value, found := raw[name]
			if !found {
				continue
			}
			if err := json.Unmarshal(value, into); err != nil {
				return nil, invalid("device %d: %s: wrong type", i, name)
			}
		}
		if d.Label == "" || d.Protocol == "" || d.Host == "" {
			return nil, invalid("device %d: device_label, protocol and host are required", i)
		}
		if seen[d.Label] {
			return nil, newProblem(500, "ERR_INTERNAL",
				"UniqueViolation: (session_part_id, device_label) already exists: %s", d.Label)
		}
		seen[d.Label] = true
		devices = append(devices, d)
	}
	return devices, nil
}
