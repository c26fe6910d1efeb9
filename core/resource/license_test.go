package resource

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLicenseCovers(t *testing.T) {
	type l = []LicenseType
	cases := []struct {
		reason   string
		has      LicenseType
		affinity []LicenseType
		covers   bool
	}{
		{"nothing asked", LicensePersonal, nil, true},
		{"nothing asked, nothing there", "", nil, true},
		{"the same", LicensePersonal, l{LicensePersonal}, true},
		{"enterprise covers personal", LicenseEnterprise, l{LicensePersonal}, true},
		{"personal does not cover enterprise", LicensePersonal, l{LicenseEnterprise}, false},
		{"enterprise does not cover evaluation", LicenseEnterprise, l{LicenseEvaluation}, false},
		{"evaluation covers only itself", LicenseEvaluation, l{LicensePersonal, LicenseEnterprise}, false},
		{"one of several", LicenseEvaluation, l{LicensePersonal, LicenseEvaluation}, true},
		{"unknown covers nothing", "", l{LicensePersonal}, false},
	}
	for _, c := range cases {
		require.Equal(t, c.covers, c.has.Covers(c.affinity), c.reason)
	}
}

func TestNodeLimit(t *testing.T) {
	limit, known := LicensePersonal.NodeLimit()
	require.True(t, known)
	require.Equal(t, 20, limit)
	_, known = LicenseEnterprise.NodeLimit()
	require.False(t, known, "CML tells")
}

func TestParseLicenseType(t *testing.T) {
	for _, want := range LicenseTypes() {
		got, err := ParseLicenseType(" " + string(want) + " ")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	got, err := ParseLicenseType("ENTERPRISE")
	require.NoError(t, err)
	require.Equal(t, LicenseEnterprise, got)
	_, err = ParseLicenseType("gold")
	require.ErrorContains(t, err, `"gold"`)
}

func TestAMIRequirement(t *testing.T) {
	cases := []struct {
		reason string
		need   AMIRequirement
		has    Installation
		says   string
	}{
		{"nothing asked", AMIRequirement{}, Installation{}, ""},
		{"2.10 is above 2.9", AMIRequirement{CMLVersionMin: "2.9"}, Installation{CMLVersion: "2.10.0"}, ""},
		{"build metadata does not count", AMIRequirement{CMLVersionMin: "2.9.1", CMLVersionMax: "2.9.1"}, Installation{CMLVersion: "2.9.1+build.3"}, ""},
		{"too old", AMIRequirement{CMLVersionMin: "2.10"}, Installation{CMLVersion: "2.9.1"}, "older than 2.10"},
		{"too new", AMIRequirement{CMLVersionMax: "2.9"}, Installation{CMLVersion: "2.10.0"}, "newer than 2.9"},
		{"unknown is refused", AMIRequirement{CMLVersionMin: "2.9"}, Installation{}, "not known"},
		{"a bound that is no version is refused", AMIRequirement{CMLVersionMin: "latest"}, Installation{CMLVersion: "2.9.1"}, `"latest"`},
		{"an upper bound too", AMIRequirement{CMLVersionMax: "x"}, Installation{CMLVersion: "2.9.1"}, `"x"`},
		{"node definition", AMIRequirement{NodeDefinitionsRequired: []string{"iosv", "cat8000v"}}, Installation{NodeDefinitions: []string{"iosv"}}, `node definition "cat8000v"`},
		{"image definition", AMIRequirement{ImageDefinitionsRequired: []string{"i"}}, Installation{}, `image definition "i"`},
		{"all there", AMIRequirement{NodeDefinitionsRequired: []string{"iosv"}}, Installation{NodeDefinitions: []string{"iosv"}}, ""},
	}
	for _, c := range cases {
		refusal := c.need.Refusal(c.has)
		if c.says == "" {
			require.Empty(t, refusal, c.reason)
			continue
		}
		require.Contains(t, refusal, c.says, c.reason)
	}
}
