package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is whom the image runs as; it isn't root and has no name.
const user = 65532

// data is the only directory that the image's user may write, as in the Containerfile, the CronJob and the chart.
const data = "/var/lib/liftgraph"

// image writes the container image of the platforms of Linux, as an archive of an OCI layout: `docker load`,
// `podman load`, `skopeo copy oci-archive:…` and `crane push` take it.
func (r *Release) image(binaries map[Platform]string) error {
	index := v1.ImageIndex(empty.Index)
	index = mutate.IndexMediaType(index, types.OCIImageIndex)
	for _, p := range slices.SortedFunc(maps.Keys(binaries), func(a, b Platform) int { return strings.Compare(a.OS+a.Arch, b.OS+b.Arch) }) {
		if p.OS != "linux" {
			continue
		}
		img, err := r.platformImage(p, binaries[p])
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{
			Platform:    &v1.Platform{OS: p.OS, Architecture: p.Arch},
			Annotations: map[string]string{"org.opencontainers.image.ref.name": r.Version},
		}})
	}
	dir, err := os.MkdirTemp("", "liftgraph-image-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if _, err := layout.Write(dir, index); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	files := map[string]file{}
	err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = file{body: body, mode: 0o644}
		return err
	})
	if err != nil {
		return err
	}
	out, err := os.Create(filepath.Join(r.Out, "liftgraph_"+r.Version+"_image.tar"))
	if err != nil {
		return err
	}
	if err := writeTar(out, files, r.Time); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// platformImage returns the image of one platform: the program, certificates to trust, and a directory that its user may write.
func (r *Release) platformImage(p Platform, binary string) (v1.Image, error) {
	body, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	var contents bytes.Buffer
	err = writeTar(&contents, map[string]file{
		"var":                               {mode: 0o755, dir: true},
		"var/lib":                           {mode: 0o755, dir: true},
		strings.TrimPrefix(data, "/"):       {mode: 0o700, uid: user, dir: true},
		"etc/ssl/certs/ca-certificates.crt": {body: certificates(), mode: 0o644},
		"liftgraph":                         {body: body, mode: 0o755},
		"usr/share/doc/liftgraph/LICENSE":   {body: []byte("SPDX-License-Identifier: Apache-2.0\n"), mode: 0o644},
	}, r.Time)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(contents.Bytes())), nil }, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if img, err = mutate.AppendLayers(img, layer); err != nil {
		return nil, err
	}
	return mutate.ConfigFile(img, r.configOf(img, p))
}

// configOf returns the configuration of an image.
func (r *Release) configOf(img v1.Image, p Platform) *v1.ConfigFile {
	c, err := img.ConfigFile()
	if err != nil {
		panic(err) // it is in memory
	}
	c = c.DeepCopy()
	c.OS, c.Architecture, c.Created = p.OS, p.Arch, v1.Time{Time: r.Time}
	for i := range c.History {
		c.History[i].Created = v1.Time{Time: r.Time}
	}
	c.Config = v1.Config{
		User: fmt.Sprintf("%d:%d", user, user), Entrypoint: []string{"/liftgraph"}, WorkingDir: data,
		Env: []string{"LIFTGRAPH_DATA=" + data, "TMPDIR=" + data}, Volumes: map[string]struct{}{data: {}},
		Labels: map[string]string{
			"org.opencontainers.image.title": "liftgraph", "org.opencontainers.image.version": r.Version,
			"org.opencontainers.image.revision": r.Commit, "org.opencontainers.image.licenses": "Apache-2.0",
		},
	}
	return c
}

// certificates returns the certificates of authorities that Mozilla trusts, as PEM. They come with a module, so that they
// don't depend on the machine that builds.
func certificates() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // into memory: it can't fail
	}
	return b.Bytes()
}
