package ec2

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// wire is an EC2 that answers what it is told to, and keeps what it was asked.
type wire struct {
	t *testing.T
	// answers are by action, oldest first; the last one stays.
	answers map[string][]answer
	asked   []url.Values
	headers []http.Header
	client  *Client
}

type answer struct {
	status int
	body   string
}

func ok(body string) answer { return answer{http.StatusOK, body} }

func refusal(status int, code string) answer {
	return answer{status, fmt.Sprintf(`<Response><Errors><Error><Code>%s</Code><Message>told by EC2</Message></Error></Errors><RequestID>r</RequestID></Response>`, code)}
}

func newWire(t *testing.T) *wire {
	t.Setenv("AWS_CONFIG_FILE", "/dev/null")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	w := &wire{t: t, answers: map[string][]answer{}}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	client, err := New(t.Context(), Config{
		Region: "us-east-1", AccessKeyID: secret.New("AKID"), SecretAccessKey: secret.New("hidden-key"), Endpoint: server.URL,
		Timeout: 10 * time.Second, Attempts: 1,
	})
	require.NoError(t, err)
	w.client = client
	return w
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	w.asked, w.headers = append(w.asked, r.PostForm), append(w.headers, r.Header)
	waiting := w.answers[r.PostForm.Get("Action")]
	if len(waiting) == 0 {
		http.Error(rw, "unexpected action", http.StatusTeapot)
		return
	}
	if len(waiting) > 1 {
		w.answers[r.PostForm.Get("Action")] = waiting[1:]
	}
	rw.Header().Set("Content-Type", "text/xml")
	rw.WriteHeader(waiting[0].status)
	_, _ = rw.Write([]byte(waiting[0].body))
}

func (w *wire) last() url.Values {
	w.t.Helper()
	require.NotEmpty(w.t, w.asked)
	return w.asked[len(w.asked)-1]
}

// region is the one that the last request was signed for.
func (w *wire) region() string {
	w.t.Helper()
	_, scope, _ := strings.Cut(w.headers[len(w.headers)-1].Get("Authorization"), "Credential=")
	return strings.Split(scope, "/")[2]
}

func instances(next string, items ...string) answer {
	return ok(`<DescribeInstancesResponse><requestId>r</requestId><reservationSet><item><reservationId>r-1</reservationId><instancesSet>` +
		strings.Join(items, "") + `</instancesSet></item></reservationSet><nextToken>` + next + `</nextToken></DescribeInstancesResponse>`)
}

func instance(id, state, tags string) string {
	return `<item><instanceId>` + id + `</instanceId><imageId>ami-1</imageId><instanceState><code>16</code><name>` + state + `</name></instanceState>
	<instanceType>m5zn.metal</instanceType><launchTime>2026-01-02T03:04:05.000Z</launchTime><privateIpAddress>10.0.0.5</privateIpAddress>
	<ipAddress>198.51.100.7</ipAddress><stateReason><code>Client.UserInitiatedShutdown</code><message>User initiated</message></stateReason>
	<tagSet>` + tags + `</tagSet></item>`
}

func tag(key, value string) string {
	return `<item><key>` + key + `</key><value>` + value + `</value></item>`
}

func images(next string, items ...string) answer {
	return ok(`<DescribeImagesResponse><requestId>r</requestId><imagesSet>` + strings.Join(items, "") + `</imagesSet><nextToken>` + next + `</nextToken></DescribeImagesResponse>`)
}

func image(id, name, created, state string) string {
	return `<item><imageId>` + id + `</imageId><name>` + name + `</name><imageState>` + state + `</imageState><creationDate>` + created + `</creationDate>
	<rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeSize>60</volumeSize></ebs></item></blockDeviceMapping></item>`
}
