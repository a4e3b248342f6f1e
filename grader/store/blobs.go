package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// maxBlob is how large a blob may be, unpacked.
const maxBlob = 256 << 20

// Both are safe for use by several goroutines at once.
var (
	packer, _   = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) // the options are right
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlob))
)

// Digest names data by its SHA-256.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// PutBlob keeps data and returns its digest. What is kept already is not
// written again.
func (s *Store) PutBlob(ctx context.Context, data []byte) (digest string, err error) {
	digest = Digest(data)
	there, err := s.HasBlob(ctx, digest)
	if err != nil || there {
		return digest, err
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO grader_blobs (digest, size, data) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		digest, len(data), packer.EncodeAll(data, nil))
	return digest, err
}

// HasBlob reports whether data of that digest is kept.
func (s *Store) HasBlob(ctx context.Context, digest string) (bool, error) {
	var one int
	err := s.db.QueryRowContext(ctx, `SELECT 1 FROM grader_blobs WHERE digest = $1`, digest).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Blob returns the data of that digest, which it checks.
func (s *Store) Blob(ctx context.Context, digest string) ([]byte, error) {
	var packed []byte
	err := s.db.QueryRowContext(ctx, `SELECT data FROM grader_blobs WHERE digest = $1`, digest).Scan(&packed)
	if err != nil {
		return nil, fmt.Errorf("blob %.12s: %w", digest, err)
	}
	data, err := unpacker.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("blob %.12s: %w", digest, err)
	}
	if found := Digest(data); found != digest {
		return nil, fmt.Errorf("blob %.12s is not what it was: its digest is %.12s", digest, found)
	}
	return data, nil
}

// DropBlob forgets data.
func (s *Store) DropBlob(ctx context.Context, digest string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM grader_blobs WHERE digest = $1`, digest)
	return err
}
