package ec2_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	sim "github.com/lablet-cloud-manager/lcm/deploy/sim/ec2"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// FuzzQuery sends hostile bodies: each is answered, none as a server error.
func FuzzQuery(f *testing.F) {
	launch := "&Version=2016-11-15&ImageId=" + cmlImage + "&InstanceType=t3.micro&MinCount=1&MaxCount=1"
	for _, seed := range []string{
		"Action=RunInstances" + launch,
		"Action=RunInstances" + launch + "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=a",
		"Action=RunInstances" + launch + "&BlockDeviceMapping.999.DeviceName=/dev/sdb",
		"Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag:a&Filter.1.Value.1=*[",
		"Action=DescribeInstances&Version=2016-11-15&Filter.-1.Name=x&Filter..=&NextToken=LTE",
		"Action=CreateTags&Version=2016-11-15&ResourceId.1=i-&Tag.1.Key=\xff",
		"Action=GetMetricStatistics&Version=2010-08-01&Period=99999999999",
		"%",
	} {
		f.Add(seed)
	}
	k, err := kit.New("", nil)
	require.NoError(f, err)
	s, err := sim.New(k, sim.Config{Limits: sim.Limits{Instances: 20}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		for _, service := range []string{"ec2", "monitoring"} {
			for _, path := range []string{"/", "/service/GraniteServiceVersion20100801/operation/GetMetricStatistics"} {
				req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
				req.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
				req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AK/20260102/us-east-1/"+service+"/aws4_request, x")
				w := httptest.NewRecorder()
				s.Handler().ServeHTTP(w, req)
				require.Less(t, w.Code, 500, "%s: %s", body, w.Body)
			}
		}
	})
}
