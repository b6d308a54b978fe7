package objects

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, uri string) Store {
	t.Helper()
	s, err := Open(t.Context(), uri, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b.json")
	write(t, path, "body")
	for _, uri := range []string{path, "file://" + strings.ReplaceAll(path, " ", "%20"), "file://localhost" + path} {
		s := open(t, uri)
		o := one(t, s)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Object{URI: path, Key: "a b.json", Size: 4, Modified: info.ModTime().UnixNano()}); o != want {
			t.Errorf("%s: %+v", uri, o)
		}
		r, err := s.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, []byte("body")); err != nil {
			t.Error(err)
		}
		r.Close()
		if got, err := listed(s, func(k string) string { return k + "!" }); err != nil || len(got) != 0 {
			t.Error(got, err)
		}
	}
}

func TestDirectory(t *testing.T) {
	root := t.TempDir()
	var want []string
	for _, key := range []string{"a", "a-b/1", "a.b", "b/c/d/e", "b/c.d", "b-", "z/é", "z/z", "2024/01/31/x", "2024/02/01/y", ".hidden", "b/.hidden/x"} {
		write(t, filepath.Join(root, key), key)
		if !strings.Contains(key, ".hidden") {
			want = append(want, key)
		}
	}
	outside := t.TempDir()
	write(t, filepath.Join(outside, "linked"), "linked")
	for link, target := range map[string]string{
		"b/up": "..", "self": ".", "to-dir": outside, "to-file": "a", "z/nowhere": "missing", "z/round": "round",
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	want = append(want, "to-dir/linked", "to-file", "z/nowhere", "z/round")
	slices.Sort(want)
	for _, uri := range []string{root, root + "/", "file://" + root} {
		s := open(t, uri)
		objects, err := all(s, nil)
		var keys []string
		for _, o := range objects {
			keys = append(keys, o.Key)
			got, err := content(t.Context(), s, o)
			text := map[string]string{"to-dir/linked": "linked", "to-file": "a"}[o.Key]
			switch {
			case o.Key == "z/nowhere":
				isOf(t, o.Key, err, ErrNotFound, filepath.Join(root, "z/nowhere"))
			case o.Key == "z/round":
				isOf(t, o.Key, err, nil, filepath.Join(root, "z/round"))
			case err != nil || string(got) != o.Key && string(got) != text || o.URI != filepath.Join(root, o.Key):
				t.Errorf("%+v: %q %v", o, got, err)
			}
		}
		if err != nil || !slices.Equal(keys, want) {
			t.Errorf("%s:\n%q, not\n%q; %v", uri, keys, want, err)
		}
	}
	for range open(t, root).List(t.Context(), nil) {
		break
	}
}

func TestDirectoryPrunes(t *testing.T) {
	root := t.TempDir()
	keys := trail(40, 2)
	for _, k := range keys {
		write(t, filepath.Join(root, k), k)
	}
	prune := func(key string) string {
		if at := strings.Index(key, "/2024/"); key[at:] < "/2024/01/20" {
			return key[:at] + "/2024/01/20"
		}
		return ""
	}
	// A directory that is left out isn't even looked into.
	shut := filepath.Join(root, filepath.Dir(keys[6]))
	if err := os.Chmod(shut, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(shut, 0o700)
	got, err := listed(open(t, root), prune)
	if want := kept(keys, prune); err != nil || !slices.Equal(got, want) || len(want) != 42 {
		t.Errorf("%d keys, not %d; %v", len(got), len(want), err)
	}
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	got, err = listed(open(t, root), nil)
	isOf(t, "shut directory", err, ErrRefused, shut)
	rest := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return filepath.Dir(k) == filepath.Dir(keys[6]) })
	if !slices.Equal(got, rest) {
		t.Errorf("beside the shut directory: %d keys, not %d", len(got), len(rest))
	}
}

// A directory that can't be read costs no other: the error comes last.
func TestDirectoryGoesOn(t *testing.T) {
	root := t.TempDir()
	for _, k := range []string{"a/1", "b/1", "c/1"} {
		write(t, filepath.Join(root, k), k)
	}
	var got []string
	var last error
	for o, err := range open(t, root).List(t.Context(), nil) {
		if last = err; err != nil {
			continue
		}
		got = append(got, o.Key)
		if err := os.RemoveAll(filepath.Join(root, "b")); err != nil {
			t.Fatal(err)
		}
	}
	isOf(t, "a directory that is gone", last, ErrNotFound, filepath.Join(root, "b"))
	if !slices.Equal(got, []string{"a/1", "c/1"}) {
		t.Errorf("%q", got)
	}
}

// Whatever prune answers, the list has what Store says it has.
func TestDirectoryPrunesAtRandom(t *testing.T) {
	root := t.TempDir()
	keys := []string{"a", "a-b/1", "a.b", "a0", "b/c/d/e", "b/c/d/f", "b/c.d", "b/c-", "b-", "c/0", "c/1/2/3", "c/1/2/4", "c/1.2", "é/é", "z"}
	for _, k := range keys {
		write(t, filepath.Join(root, k), k)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		answers := map[string]string{}
		for _, k := range keys {
			if random.IntN(2) == 0 {
				target := keys[random.IntN(len(keys))]
				answers[k] = target[:1+random.IntN(len(target))] + []string{"", "/", "-", "~"}[random.IntN(4)]
			}
		}
		prune := func(k string) string { return answers[k] }
		got, err := listed(open(t, root), prune)
		if want := kept(keys, prune); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%q, not %q; %v", got, want, err)
		}
	}
}

func TestFileRefused(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, "body")
	s := open(t, path)
	o := one(t, s)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := s.Open(t.Context(), o)
	isOf(t, "file", err, ErrRefused, path)
}

func TestFileChanges(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "a")
	write(t, path, "some text")
	for _, uri := range []string{path, root} {
		for name, c := range map[string]struct {
			listed, open, read string // what is in it when
			want               error
		}{
			"removed":          {"some text", "", "", ErrNotFound},
			"grown before":     {"some text", "some text, and more", "", ErrChanged},
			"cut before":       {"some text", "some", "", ErrChanged},
			"cut while read":   {"some text", "some text", "some", ErrChanged},
			"grown while read": {"some text", "some text", "some text, and more", nil},
		} {
			write(t, path, c.listed)
			s := open(t, uri)
			o := one(t, s)
			if c.open == "" {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			} else {
				write(t, path, c.open)
			}
			r, err := s.Open(t.Context(), o)
			if err == nil {
				if c.read != "" {
					write(t, path, c.read)
				}
				var got []byte
				got, err = io.ReadAll(r)
				if err == nil && string(got) != c.listed {
					t.Errorf("%s: %q", name, got)
				}
				r.Close()
			}
			isOf(t, name, err, c.want)
		}
	}
}
