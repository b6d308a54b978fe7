package verify

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"liftgraph/emit"
	"liftgraph/emit/csvfile"
	"liftgraph/emit/index"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/internal/dataset"
)

// layout sorts the files of the manifest by table: each has its header and its parts without a gap. Each part with
// rows has an index, or none has, as in directories of earlier versions. What belongs to no table lies beside
// them and holds no rows.
func layout(model *graph.Model, m *dataset.Manifest, f format) (map[*graph.Table][]dataset.File, error) {
	byPath := map[string]dataset.File{}
	for _, file := range m.Files {
		byPath[file.Path] = file
	}
	parts := map[*graph.Table][]dataset.File{}
	indexed := f.readBlocks != nil && slices.ContainsFunc(m.Files, func(f dataset.File) bool { return strings.HasPrefix(f.Path, index.Folder+"/") })
	for _, t := range model.Tables() {
		header := t.Folder() + "/header.csv"
		if _, ok := byPath[header]; !ok && f.complete {
			return nil, fmt.Errorf("%s is missing", header)
		}
		if f.complete {
			delete(byPath, header)
		}
		for n := 0; ; n++ {
			path := fmt.Sprintf("%s/part-%05d%s", t.Folder(), n, f.extension)
			file, ok := byPath[path]
			if !ok {
				if n == 0 && f.complete {
					return nil, fmt.Errorf("%s is missing", path)
				}
				break
			}
			parts[t] = append(parts[t], file)
			delete(byPath, path)
			if f.copied {
				delete(byPath, cypher.CopyPath(path))
			}
			if x := index.Path(path); indexed && file.Rows > 0 {
				if _, ok := byPath[x]; !ok {
					return nil, fmt.Errorf("%s is missing", x)
				}
				delete(byPath, x)
			}
		}
	}
	for path, file := range byPath {
		if strings.Contains(path, "/") || file.Rows != 0 {
			return nil, fmt.Errorf("%s belongs to no table of the model, or a part before it is missing", path)
		}
	}
	return parts, nil
}

// headers proves what says how the import tool reads the tables: their headers, and the options that name
// every part of a table with rows.
func headers(model *graph.Model, dir, stage string, parts map[*graph.Table][]dataset.File) error {
	headerOf := func(t *graph.Table) string { return csvfile.Header(t) + "\n" }
	if stage == "parquet" {
		headerOf = parquetfile.ImportHeader
	}
	var named []string
	for _, t := range model.Tables() {
		path := t.Folder() + "/header.csv"
		got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			return err
		}
		if want := headerOf(t); string(got) != want {
			return fmt.Errorf("%s says %q, but by the model it is %q: if another version of liftgraph wrote it, run `liftgraph emit` again from DATA/graph, or `liftgraph run`, or use that version", path, bytes.TrimSpace(got), strings.TrimSpace(want))
		}
		var rows int64
		list := "./" + path
		for _, p := range parts[t] {
			rows += p.Rows
			list += ",./" + p.Path
		}
		if rows > 0 {
			named = append(named, list)
		}
	}
	return checkArgs(dir, named)
}

// checkArgs proves that the options name these lists of files, in this order, and no others.
func checkArgs(dir string, named []string) error {
	b, err := os.ReadFile(filepath.Join(dir, emit.ArgsName))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "--nodes=") && !strings.HasPrefix(line, "--relationships=") {
			continue
		}
		got := line[strings.LastIndexByte(line, '=')+1:]
		if len(named) == 0 || got != named[0] {
			return fmt.Errorf("%s: %s isn't the next table with rows, or not all of it", emit.ArgsName, line)
		}
		named = named[1:]
	}
	if len(named) > 0 {
		return fmt.Errorf("%s doesn't name %s", emit.ArgsName, named[0])
	}
	return nil
}
