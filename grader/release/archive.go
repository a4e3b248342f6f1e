package release

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"time"
)

// epoch is the time of every file in an archive. It is no time at all, so that
// archives of the same files are the same bytes.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// WriteArchive writes the files as a .tar.gz in a folder of the given name.
func (t Tree) WriteArchive(w io.Writer, folder string) error {
	zipped, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(zipped)
	for _, name := range t.paths() {
		head := &tar.Header{Typeflag: tar.TypeReg, Name: folder + "/" + name, Size: int64(len(t[name])), Mode: 0o644,
			ModTime: epoch, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(head); err != nil {
			return err
		}
		if _, err := archive.Write(t[name]); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return zipped.Close()
}
