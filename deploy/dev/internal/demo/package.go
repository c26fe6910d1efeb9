package demo

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/topology"
)

// buildPackage makes a content package around a lab file: what an author's publishing system would deliver. A lab without
// port tags gets them.
func buildPackage(lab []byte, now time.Time) (archive []byte, err error) {
	tagged, err := topology.AddPortTags(lab, topology.DefaultTable())
	if err != nil {
		return nil, err
	}
	t, err := topology.Parse(tagged)
	if err != nil {
		return nil, err
	}
	content, err := contentXML(t)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, file := range []struct {
		name    string
		content []byte
	}{
		{"content.xml", content},
		{"content/section_01.xml", []byte(`<section id="s1"><title>Tasks</title><item id="i1" scored="false"><title>Follow the task sheet</title></item></section>`)},
		{"mosaic_meta.json", metadata(now)},
		{"RCUv1/cml.yaml", tagged},
		{"RCUv1/devices.json", []byte(`{"default_instance_type":"m5zn.metal","device_type":"cml","lab_type":"lablet"}`)},
		{"RCUv1/grade.xml", gradeXML(t)},
	} {
		w, err := z.Create(file.name)
		if err != nil {
			return nil, fmt.Errorf("package: %w", err)
		}
		if _, err := w.Write(file.content); err != nil {
			return nil, fmt.Errorf("package: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("package: %w", err)
	}
	return out.Bytes(), nil
}

type device struct {
	Label    string `xml:"device_label,attr"`
	Category string `xml:"category,attr"`
	Coords   string `xml:"coords,attr"`
	Access   string `xml:"user_access_mode,attr"`
}

// contentXML lists every node that has a port as a device that the candidate sees.
func contentXML(t *topology.Topology) ([]byte, error) {
	var body struct {
		XMLName  xml.Name `xml:"lab_content"`
		Version  string   `xml:"version,attr"`
		Title    string   `xml:"title"`
		Exercise string   `xml:"exercise_type"`
		Sections []string `xml:"sections>section"`
		Devices  []device `xml:"device>device"`
	}
	body.Version, body.Title, body.Exercise = "3", t.Title, "Lablet"
	body.Sections = []string{"content/section_01.xml"}
	seen := map[string]bool{}
	for i, port := range t.PortTemplate().Ports {
		if seen[port.NodeLabel] {
			continue
		}
		seen[port.NodeLabel] = true
		body.Devices = append(body.Devices, device{
			Label: port.NodeLabel, Category: "NA", Coords: fmt.Sprintf("%d,10,%d,60", 60*i, 60*i+50), Access: "web",
		})
	}
	encoded, err := xml.MarshalIndent(body, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("content.xml: %w", err)
	}
	return encoded, nil
}

func metadata(now time.Time) []byte {
	return fmt.Appendf(nil, `{"Version":"1","DatePublished":%q,"InstanceName":"DEMO","FormId":"64b000000000000000000001","FormName":"1.0","Layout":"LDSv3","ModuleTypeName":"Lablet","Language":"ENU"}`,
		now.UTC().Format("2006-Jan-02 15:04:05"))
}

// gradeXML gives each node one check, two points each.
func gradeXML(t *topology.Topology) []byte {
	var out bytes.Buffer
	out.WriteString(`<grading-rules xmlns="http://www.w3.org/2009/grading"><lab title="Demo" version="1"/>`)
	out.WriteString(`<section index="0" tag="invariant" description="INVARIANT"/>`)
	for i, node := range t.Nodes {
		var label bytes.Buffer
		_ = xml.EscapeText(&label, []byte(node.Label))
		fmt.Fprintf(&out, `<section index="%d" points="2" description="Task %d"><subsection index="1" points="2" description="%s"><verify subject="commandOutput" device="%s" command="show version" match="/./" status="positive"/></subsection></section>`,
			i+1, i+1, label.String(), label.String())
	}
	out.WriteString(`</grading-rules>`)
	return out.Bytes()
}
