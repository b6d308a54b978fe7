package main

import (
	"debug/buildinfo"
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// The form of CycloneDX 1.6, as far as it is used.
type (
	bom struct {
		Format     string      `json:"bomFormat"`
		Spec       string      `json:"specVersion"`
		Version    int         `json:"version"`
		Metadata   metadata    `json:"metadata"`
		Components []component `json:"components"`
	}
	metadata struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type     string    `json:"type"`
		Ref      string    `json:"bom-ref,omitempty"`
		Name     string    `json:"name"`
		Version  string    `json:"version"`
		PURL     string    `json:"purl,omitempty"`
		Licenses []license `json:"licenses,omitempty"`
	}
	license struct {
		Expression string `json:"expression"`
	}
)

// components writes the list of the modules that a binary is made of, as the linker recorded them in it (CycloneDX).
func (r *Release) components(p Platform, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	b := bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: metadata{
		Timestamp: r.Time.Format(time.RFC3339),
		Component: component{Type: "application", Ref: "liftgraph", Name: "liftgraph", Version: r.Version, Licenses: []license{{"Apache-2.0"}}},
	}}
	b.Components = append(b.Components, module("std", info.GoVersion))
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Components = append(b.Components, module(m.Path, m.Version))
	}
	body, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.Out, r.name(p)+".cdx.json"), append(body, '\n'), 0o644)
}

func module(path, version string) component {
	purl := "pkg:golang/" + path + "@" + version
	return component{Type: "library", Ref: purl, Name: path, Version: version, PURL: purl}
}
