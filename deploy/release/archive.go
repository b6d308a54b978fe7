package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// file is a file of an archive.
type file struct {
	body []byte
	mode int64
	uid  int
	dir  bool
}

// printedTexts returns the completions and manual pages, as the program prints them.
func printedTexts(ctx context.Context, binary, work string) (map[string]file, error) {
	texts := map[string]file{}
	for shell, name := range map[string]string{"bash": "liftgraph.bash", "zsh": "_liftgraph", "fish": "liftgraph.fish"} {
		out, err := exec.CommandContext(ctx, binary, "completion", shell).Output()
		if err != nil {
			return nil, fmt.Errorf("completion of %s: %w", shell, err)
		}
		texts["completions/"+name] = file{body: out, mode: 0o644}
	}
	man := filepath.Join(work, "man")
	if out, err := exec.CommandContext(ctx, binary, "man", "--dir", man).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("manual pages: %w: %s", err, out)
	}
	pages, err := os.ReadDir(man)
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		body, err := os.ReadFile(filepath.Join(man, p.Name()))
		if err != nil {
			return nil, err
		}
		texts["man/man1/"+p.Name()] = file{body: body, mode: 0o644}
	}
	return texts, nil
}

// besides are the files of the repository that every archive has too.
var besides = map[string]string{
	"LICENSE": "LICENSE", "README.md": "README.md", "CHANGELOG.md": "CHANGELOG.md", "SECURITY.md": "SECURITY.md",
	"deploy/nightly.yaml": "nightly.yaml", "deploy/systemd/liftgraph.service": "systemd/liftgraph.service",
	"deploy/systemd/liftgraph.timer": "systemd/liftgraph.timer", "deploy/prometheus/alerts.yaml": "prometheus/alerts.yaml",
}

// archive writes the archive of a platform.
func (r *Release) archive(p Platform, binary string, texts map[string]file) error {
	files := maps.Clone(texts)
	body, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	files["liftgraph"] = file{body: body, mode: 0o755}
	for from, to := range besides {
		body, err := os.ReadFile(filepath.Join(r.Source, from))
		if err != nil {
			return err
		}
		files[to] = file{body: body, mode: 0o644}
	}
	under := map[string]file{}
	for name, f := range files {
		under[r.name(p)+"/"+name] = f
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := writeTar(z, under, r.Time); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.Out, r.name(p)+".tar.gz"), b.Bytes(), 0o644)
}

// writeTar writes files in the order of their names, all with one time.
func writeTar(w io.Writer, files map[string]file, at time.Time) error {
	t := tar.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		h := &tar.Header{Name: name, Mode: f.mode, Uid: f.uid, Gid: f.uid, Size: int64(len(f.body)), ModTime: at, Format: tar.FormatPAX, Typeflag: tar.TypeReg}
		if f.dir {
			h.Typeflag, h.Name = tar.TypeDir, name+"/"
		}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if _, err := t.Write(f.body); err != nil {
			return err
		}
	}
	return t.Close()
}

// checksums writes SHA256SUMS of every file, which sha256sum -c reads.
func (r *Release) checksums() error {
	entries, err := os.ReadDir(r.Out) // sorted by name
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(r.Out, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(body), e.Name())
	}
	return os.WriteFile(filepath.Join(r.Out, "SHA256SUMS"), b.Bytes(), 0o644)
}
