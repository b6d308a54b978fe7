package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// chart writes the Helm chart as an archive that `helm install` takes, with the version of the release in Chart.yaml.
func (r *Release) chart() error {
	root := filepath.Join(r.Source, "deploy/helm/liftgraph")
	files := map[string]file{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		if name == "Chart.yaml" {
			body = regexp.MustCompile(`(?m)^version: .*`).ReplaceAll(body, []byte("version: "+chartVersion(r.Version)))
			body = regexp.MustCompile(`(?m)^appVersion: .*`).ReplaceAll(body, []byte("appVersion: "+r.Version))
		}
		files["liftgraph/"+filepath.ToSlash(name)] = file{body: body, mode: 0o644}
		return err
	})
	if err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := writeTar(z, files, r.Time); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.Out, "liftgraph-"+chartVersion(r.Version)+".tgz"), b.Bytes(), 0o644)
}

// chartVersion returns a version as Helm wants it: a semantic one, without the v.
func chartVersion(version string) string {
	bare := strings.TrimPrefix(version, "v")
	if regexp.MustCompile(`^\d+\.\d+\.\d+`).MatchString(bare) {
		return bare
	}
	return "0.0.0-g" + bare // a commit's name might have a leading zero, which no number may
}
