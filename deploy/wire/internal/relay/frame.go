package relay

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The parts of a message of the wire protocol that the relay looks at.
const (
	headerSize = 16
	maxFrame   = 48_000_000 // MongoDB's maxMessageSizeBytes

	opQuery = 2004 // the first hello of a connection
	opMsg   = 2013

	flagChecksum   = 1 << 0
	flagMoreToCome = 1 << 1
)

// frame is one whole message, header included.
type frame []byte

func (f frame) requestID() uint32 { return binary.LittleEndian.Uint32(f[4:]) }
func (f frame) opcode() uint32    { return binary.LittleEndian.Uint32(f[12:]) }

// flags are those of an OP_MSG, which is at least 21 bytes long.
func (f frame) flags() uint32 { return binary.LittleEndian.Uint32(f[headerSize:]) }

// readFrame reads one message. io.EOF when the peer has closed the connection between two.
func readFrame(r io.Reader) (frame, error) {
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(header)
	if size <= headerSize || size > maxFrame {
		return nil, fmt.Errorf("message of %d bytes", size)
	}
	f := make(frame, size)
	copy(f, header)
	if _, err := io.ReadFull(r, f[headerSize:]); err != nil {
		return nil, fmt.Errorf("read message: %w", err)
	}
	if f.opcode() == opMsg && size < headerSize+5 {
		return nil, errors.New("message is too short")
	}
	return f, nil
}

// newFrame makes an OP_MSG of one document that answers the request.
func newFrame(to frame, document []byte) frame {
	f := make(frame, headerSize+5, headerSize+5+len(document))
	binary.LittleEndian.PutUint32(f[8:], to.requestID())
	binary.LittleEndian.PutUint32(f[12:], opMsg)
	f = append(f, document...)
	binary.LittleEndian.PutUint32(f, uint32(len(f)))
	return f
}
