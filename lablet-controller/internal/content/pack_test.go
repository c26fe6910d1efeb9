package content

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

type file struct{ name, text string }

// pkg makes a zip of files in their order.
func pkg(t testing.TB, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, f := range files {
		entry, err := archive.Create(f.name)
		require.NoError(t, err)
		_, err = entry.Write([]byte(f.text))
		require.NoError(t, err)
	}
	require.NoError(t, archive.Close())
	return out.Bytes()
}

const contentXML = `<lab_content version="3"><title>Tiny</title>
  <device><device category="NA" device_label="R1" coords="1,1,2,2" user_access_mode="web"/><device device_label="R1"/></device></lab_content>`

func whole(t testing.TB) []byte {
	return pkg(t,
		file{"pkg/RCUv1/cloud_devices.json", `{"cloud_devices":[]}`}, file{"pkg/RCUv1/devices.json", `{"device_type":"cml"}`},
		file{"pkg/RCUv1/my-cml.yaml", "not this one"}, file{"pkg/RCUv1/cml.yaml", "lab: {version: 0.3.0}\n"},
		file{"pkg/RCUv1/grade.xml", "<grading-rules/>"}, file{"pkg/content.xml", contentXML},
		file{"pkg/mosaic_meta.json", `{"Version":"7","DatePublished":"2025-Oct-31 01:51:43","InstanceName":"DEMO","FormId":"64b0","OutstandingRatings":0}`},
	)
}

const lab = "lab: {}\n"

func TestWhichEntryIsTaken(t *testing.T) {
	cases := []struct {
		reason string
		files  []file
		want   string
	}{
		{"the first in the archive", []file{{"a/cml.yaml", "first"}, {"b/cml.yaml", "second"}}, "first"},
		{"either ending", []file{{"cml.yml", "first"}}, "first"},
		{"PAv1 wins", []file{{"RCUv1/cml.yaml", "old"}, {"x/PAv1/topology/cml.yaml", "new"}}, "new"},
		{"only as a folder of its own", []file{{"RCUv1/cml.yaml", "old"}, {"notPAv1/cml.yaml", "new"}}, "old"},
		{"whole names, not endings", []file{{"xcml.yaml", "no"}, {"cml.yaml", "yes"}}, "yes"},
		{"nothing from outside", []file{{"../cml.yaml", "no"}, {"/cml.yaml", "no"}, {`a\cml.yaml`, "no"}, {"a/../../cml.yaml", "no"}, {"ok/cml.yaml", "yes"}}, "yes"},
		{"no folders", []file{{"cml.yaml/", ""}, {"ok/cml.yaml", "yes"}}, "yes"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			p, err := open(pkg(t, c.files...))
			require.NoError(t, err)
			require.Equal(t, c.want, string(p.topology))
		})
	}
}

func TestHostilePackagesAreRefused(t *testing.T) {
	encryptedZip := pkg(t, file{"cml.yaml", lab})
	// The flags stand 6 bytes into the local header and 8 into the central one.
	central := bytes.Index(encryptedZip, []byte("PK\x01\x02"))
	encryptedZip[6] |= 1
	encryptedZip[central+8] |= 1
	broken := pkg(t, file{"cml.yaml", strings.Repeat("lab: {}\n", 100)})
	broken[45] ^= 0xff
	many := make([]file, maxEntries+1)
	for i := range many {
		many[i] = file{fmt.Sprintf("%d", i), ""}
	}
	cases := []struct {
		reason  string
		content []byte
		code    string
	}{
		{"a bomb", pkg(t, file{"cml.yaml", strings.Repeat("a", maxTopology+1)}), "package_too_large"},
		{"more entries than any lab has", pkg(t, many...), "package_too_large"},
		{"encrypted", encryptedZip, "bad_package"},
		{"damaged", broken, "bad_package"},
		{"empty", nil, "bad_package"},
		{"cut off", whole(t)[:200], "bad_package"},
		{"devices that are no JSON", pkg(t, file{"cml.yaml", lab}, file{"devices.json", "{"}), "bad_devices_json"},
		{"too many devices", pkg(t, file{"cml.yaml", lab}, file{"devices.json", `"` + strings.Repeat("x", maxDevices) + `"`}), "package_too_large"},
		{"a publish record that is none", pkg(t, file{"cml.yaml", lab}, file{"mosaic_meta.json", "[]"}), "bad_mosaic_meta"},
		{"XML that is none", pkg(t, file{"cml.yaml", lab}, file{"content.xml", "<a>"}), "bad_content_xml"},
		{"XML that is empty", pkg(t, file{"cml.yaml", lab}, file{"content.xml", ""}), "bad_content_xml"},
		{"XML with entities of its own", pkg(t, file{"cml.yaml", lab}, file{"content.xml", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`}), "bad_content_xml"},
		{"XML without a bottom", pkg(t, file{"cml.yaml", lab}, file{"content.xml", strings.Repeat("<a>", maxDepth+1)}), "bad_content_xml"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			_, err := open(c.content)
			require.Equal(t, c.code, failure.CodeOf(err))
		})
	}
}

func TestTooManyVisibleDevices(t *testing.T) {
	var text strings.Builder
	text.WriteString("<a>")
	for i := range maxVisible + 1 {
		fmt.Fprintf(&text, `<device device_label="%d"/>`, i)
	}
	text.WriteString("</a>")
	_, err := visibleDevices([]byte(text.String()))
	require.True(t, failure.Is(err, failure.TooLarge))
}

func FuzzOpen(f *testing.F) {
	f.Add(whole(f))
	f.Add(pkg(f, file{"PAv1/cml.yml", lab}, file{"content.xml", contentXML}))
	f.Fuzz(func(t *testing.T, content []byte) {
		p, err := open(content)
		if err != nil {
			require.NotEqual(t, failure.Internal, failure.KindOf(err), "what is in a package is never our defect")
			return
		}
		require.LessOrEqual(t, len(p.topology), maxTopology)
		require.LessOrEqual(t, len(p.visible), maxVisible)
		require.True(t, inside(p.topologyPath))
	})
}

func FuzzVisibleDevices(f *testing.F) {
	f.Add([]byte(contentXML))
	f.Add([]byte(`<device device_label="a">`))
	f.Fuzz(func(t *testing.T, text []byte) {
		devices, err := visibleDevices(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, device := range devices {
			require.NotEmpty(t, device.DeviceLabel)
			require.False(t, seen[device.DeviceLabel])
			seen[device.DeviceLabel] = true
		}
	})
}
