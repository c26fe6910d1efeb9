package relay

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBrokenMessagesAreErrors(t *testing.T) {
	good := withSequence(t, message(t, one("insert")), "documents", one("a"))
	_, err := parse(good)
	require.NoError(t, err)
	for cut := headerSize + 5; cut < len(good); cut++ {
		short := bytes.Clone(good[:cut])
		binary.LittleEndian.PutUint32(short, uint32(cut))
		f, err := readFrame(bytes.NewReader(short))
		require.NoError(t, err)
		if c, err := parse(f); err == nil {
			require.Equal(t, message(t, one("insert"))[4:], f[4:], "only a cut between sections leaves a message: %s", c.name)
		}
	}
	for reason, size := range map[string]uint32{"no content": headerSize, "too short": headerSize + 4, "too long": maxFrame + 1} {
		broken := bytes.Clone(good)
		binary.LittleEndian.PutUint32(broken, size)
		_, err := readFrame(bytes.NewReader(broken))
		require.Error(t, err, reason)
	}
}

// FuzzParse: no message makes the relay panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte(withSequence(f, message(f, one("insert")), "documents", one("a"))))
	f.Add([]byte(message(f, update(set("a", 1)))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < headerSize {
			return
		}
		data = bytes.Clone(data)
		binary.LittleEndian.PutUint32(data, uint32(len(data)))
		message, err := readFrame(bytes.NewReader(data))
		if err != nil || message.opcode() != opMsg {
			return
		}
		if c, err := parse(message); err == nil {
			_ = c.refusal()
		}
	})
}
