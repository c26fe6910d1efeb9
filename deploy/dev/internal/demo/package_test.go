package demo

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/topology"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// untagged is a lab without port tags, with labels that XML has to escape.
const untagged = `lab: {version: 0.3.0, title: "A & B"}
nodes:
  - {id: n0, label: "r<1>", x: 0, y: 0, node_definition: iosv, interfaces: []}
  - {id: n1, label: 'pc "2"', x: 9, y: 9, node_definition: desktop, tags: [], interfaces: []}
  - {id: n2, label: cloud, x: 9, y: 9, node_definition: external_connector, interfaces: []}
links: []
`

// unpack reads a package.
func unpack(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		files[f.Name] = content
	}
	return files
}

func TestThePackageOfTheSample(t *testing.T) {
	archive, err := buildPackage([]byte(Sample()), noon)
	require.NoError(t, err)
	files := unpack(t, archive)
	require.Equal(t, Sample(), string(files["RCUv1/cml.yaml"]), "a lab with tags stays as it is, byte for byte")
	for _, name := range []string{"content.xml", "content/section_01.xml", "RCUv1/grade.xml"} {
		wellFormed(t, files[name])
	}
	for _, name := range []string{"mosaic_meta.json", "RCUv1/devices.json"} {
		require.True(t, json.Valid(files[name]), name)
	}
	var meta struct{ Version, DatePublished, FormID string }
	require.NoError(t, json.Unmarshal(files["mosaic_meta.json"], &meta))
	require.Equal(t, "2026-Mar-02 12:00:00", meta.DatePublished)
	require.Equal(t, []string{"edge", "desk"}, labels(t, files["content.xml"]))
	require.Equal(t, []string{"edge", "desk"}, checks(t, files["RCUv1/grade.xml"]))
}

func TestALabWithoutTagsGetsThem(t *testing.T) {
	archive, err := buildPackage([]byte(untagged), noon)
	require.NoError(t, err)
	files := unpack(t, archive)
	tagged, err := topology.Parse(files["RCUv1/cml.yaml"])
	require.NoError(t, err)
	var ports []string
	for _, port := range tagged.PortTemplate().Ports {
		ports = append(ports, port.NodeLabel+" "+port.Service)
	}
	require.Equal(t, []string{"r<1> serial", `pc "2" vnc`}, ports, "what has no console has no port")
	require.Equal(t, []string{"r<1>", `pc "2"`}, labels(t, files["content.xml"]), "what can be reached is shown")
	require.Equal(t, []string{"r<1>", `pc "2"`, "cloud"}, checks(t, files["RCUv1/grade.xml"]))
	wellFormed(t, files["RCUv1/grade.xml"])
}

func TestWhatIsNoLabIsNoPackage(t *testing.T) {
	_, err := buildPackage([]byte("nodes: 7"), noon)
	require.Error(t, err)
}

func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	require.NotEmpty(t, text)
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err, string(text))
	}
}

// labels are the devices that a content.xml shows: elements of that name with a label, at any depth.
func labels(t *testing.T, text []byte) []string {
	t.Helper()
	return attributes(t, text, "device", "device_label")
}

// checks are the devices that a grade.xml looks at.
func checks(t *testing.T, text []byte) []string {
	t.Helper()
	return attributes(t, text, "verify", "device")
}

func attributes(t *testing.T, text []byte, element, attribute string) (values []string) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return values
		}
		require.NoError(t, err)
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != element {
			continue
		}
		for _, a := range start.Attr {
			if a.Name.Local == attribute {
				values = append(values, a.Value)
			}
		}
	}
}
